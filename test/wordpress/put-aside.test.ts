/** A WordPress blog whose pages look wrong: the last good copy stays, and its owner is told why, since when, and what mends it. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { madeOfFeed } from '../../mirror/capture/article-page.ts'
import { realComponent } from '../support/real-component.ts'
import { SmallSite } from './small-site.ts'

/** Shows the page that the test wrote in the front page's place, with the blog's tag where it asks for it. */
const stage = (dir: string) => `<?php add_action( 'template_redirect', static function () {
  $page = is_front_page() || is_home() ? (string) @file_get_contents( '${dir}/front.html' ) : '';
  if ( '' !== $page ) { header( 'Content-Type: text/html; charset=UTF-8' ); echo str_replace( 'TAG', '<meta name="dgos" content="' . DGOS_Own_Blog::id() . '">', $page ); exit; }
}, 1 );`

type Round = {
  readonly outcome: string
  readonly pages: Readonly<Record<string, { readonly blob: string; readonly made?: boolean }>>
  readonly text: string
  readonly missing: readonly { readonly words: string; readonly next: string }[]
  readonly problem: {
    readonly reason: string
    readonly since: number
    readonly last: number
    readonly mend: string
  } | null
}

const hourMs = 3_600_000

test('what is no page of the blog is put aside and said, and what stays so is believed or replaced by the posts', async (t) => {
  if (realComponent(t, 'php') === null) return
  const small = await SmallSite.open(t, 3, () => 'http://127.0.0.1:9/')
  await small.enrol()
  const { dir, site } = small
  await small.run(
    `wp_insert_post( array( 'post_title' => 'High water', 'post_name' => 'high-water', 'post_content' => '<p>The river is high, we carried the books upstairs.</p>', 'post_status' => 'publish' ) ); echo '[]';`,
  )
  await mkdir(join(site.site, 'wp-content', 'mu-plugins'), { recursive: true })
  await writeFile(join(site.site, 'wp-content', 'mu-plugins', 'stage.php'), stage(dir))
  const round = async (front: string): Promise<Round> => {
    await writeFile(join(dir, 'front.html'), front)
    return small.run(`$p->capture_state()->turn_epoch(); $outcome = $p->capture_round()->work( 40000 );
      $pages = $p->capture_state()->pages(); $front = isset( $pages['/'] ) ? $p->blobs()->get( $pages['/']['blob'] ) : '';
      echo wp_json_encode( array( 'outcome' => $outcome, 'pages' => $pages, 'text' => $front, 'missing' => $p->setup()->troubles(), 'problem' => DGOS_Copy_Problems::first( $p->capture_state()->asides() ) ) );`)
  }
  const first = await round('')
  assert.deepEqual([first.outcome, first.problem, first.missing], ['done', null, []])
  assert.ok('/high-water/' in first.pages)

  const words = await round(
    '<head>TAG<title>Under construction</title></head><body><h1>Under construction</h1><p>Our new kitchen, day by day.</p>',
  )
  assert.deepEqual([words.problem, words.text.includes('day by day')], [null, true], 'a phrase keeps nothing out')

  const shell = await round('<head>TAG<title>Ana</title></head><body><div id=root></div><script src=app.js></script>')
  assert.equal(shell.problem?.reason, 'blank')
  assert.ok(shell.text.includes('day by day'), 'the last good copy stays')
  assert.match(
    shell.missing[0]!.words + shell.missing[0]!.next,
    /no words without scripts.*http.*last good copy stays/s,
  )
  await small.pass(25 * hourMs)
  const later = await round('<head>TAG<title>Ana</title></head><body><div id=root></div><script src=app.js></script>')
  assert.equal(later.problem?.since, shell.problem?.since)
  assert.ok(later.text.includes(madeOfFeed.blank) && later.text.includes('carried the books upstairs'))
  assert.ok(later.missing.some((lack) => /For 1 day now/.test(lack.words)))
  assert.ok(later.missing.some((lack) => /posts themselves stand in/.test(lack.words)))

  const notice = await round('<title>Maintenance</title><h1>Briefly unavailable for scheduled maintenance.</h1>')
  assert.equal(notice.problem?.reason, 'suspended')
  assert.ok(notice.text.includes('carried the books upstairs'))

  const untagged = `<title>Ana</title><h1>Ana</h1><p>A theme that prints no tags.</p><a href="${site.url}high-water/">High water</a><a href="${site.url}hello-world/">Hello world!</a>`
  assert.equal((await round(untagged)).problem?.reason, 'no-tag')
  await small.pass(25 * hourMs)
  const believed = await round(untagged)
  assert.deepEqual([believed.problem, believed.text.includes('prints no tags')], [null, true])

  const healed = await round('')
  assert.deepEqual([healed.problem, healed.missing], [null, []])
})

test('a page that is too large to be read is copied with its words, and its owner is told what lacks', async (t) => {
  if (realComponent(t, 'php') === null) return
  const small = await SmallSite.open(t, 3, () => 'http://127.0.0.1:9/')
  await small.enrol()
  const { dir, site } = small
  await mkdir(join(site.site, 'wp-content', 'mu-plugins'), { recursive: true })
  await writeFile(join(site.site, 'wp-content', 'mu-plugins', 'stage.php'), stage(dir))
  const round = async (front: string): Promise<Round> => {
    await writeFile(join(dir, 'front.html'), front)
    return small.run(`$p->capture_state()->turn_epoch(); $outcome = $p->capture_round()->work( 40000 );
      $pages = $p->capture_state()->pages();
      echo wp_json_encode( array( 'outcome' => $outcome, 'pages' => $pages, 'text' => '', 'missing' => $p->setup()->troubles(), 'problem' => DGOS_Copy_Problems::first( $p->capture_state()->asides() ) ) );`)
  }
  const large = await round(
    `<head>TAG<title>Ana</title></head><body>${'<p>The river rose again and we carried the books upstairs.</p>'.repeat(20_000)}`,
  )
  assert.deepEqual([large.outcome, large.problem], ['done', null])
  assert.match(large.missing[0]!.words, /too large to be read here/)
  const empty = await round(
    `<head>TAG<title>Ana</title></head><body><div id=root></div><script>${'x=1;'.repeat(300_000)}</script>`,
  )
  assert.equal(empty.problem?.reason, 'blank')
})
