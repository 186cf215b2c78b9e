/** The mirror page in PHP says what the Node member's says: same model from the same objects, same words from the same model. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { parse } from 'parse5'
import { nodePlatform } from '../../lib/platform.ts'
import { elementsOf, type styleText } from '../../mirror/capture/html-resources.ts'
import { blogFacts } from '../../mirror/pages/facts.ts'
import { atomFeed, jsonFeed } from '../../mirror/pages/feeds.ts'
import { type PageModel, pageModel } from '../../mirror/pages/model.ts'
import { mirrorPage, postPage } from '../../mirror/pages/page.ts'
import { pageStyle } from '../../mirror/pages/page-style.ts'
import { PageWorld } from '../mirror/pages-world.ts'
import { callPages } from './pages-php.ts'
import { hasPhp, plugin } from './php.ts'

const skip = hasPhp() ? false : 'php is not installed'
const base = 'https://birch.example/m/ana.example/'

/** PHP words: the model of the world in `$in`. */
const modelled = `
  $open = static fn ( $list ) => array_map( static fn ( $one ) => DGOS_Envelope::reopen( $one->id, $one->envelope ), $list );
  $network = $open( array( $in->network ) )[0];
  $roster = DGOS_Membership::roster_of( $network, $open( $in->members ), $in->now );
  $model = DGOS_Page_Model::of( new DGOS_Blog_Objects( $in->blog, $open( $in->objects ) ), $roster, $in->now, array( 'self' => $in->self, 'owned' => array( 'ana.example' ) ) );
  $look = (object) array( 'base' => '${base}', 'api' => 'https://birch.example/dgos/v1/', 'member' => 'Birch', 'memberUrl' => 'https://birch.example/', 'contact' => 'abuse@birch.example', 'form' => 'https://birch.example/post', 'places' => array( '/first/' => 'copy/first/' ), 'contents' => array( '/first/' => '<p>First</p>' ), 'copy' => '<p>&amp;"</p>' );`

async function said(world: PageWorld) {
  const plain = ({ id, envelope }: { id: string; envelope: unknown }) => ({ id, envelope })
  const self = world.members[0]!.payload.key
  const input = {
    network: plain(world.network),
    members: world.members.map(plain),
    objects: world.objects.map(plain),
    blog: world.blog,
    self,
    now: world.clock.nowMs(),
  }
  const roster = world.roster()
  const facts = blogFacts(world.known(), roster, input.now, nodePlatform.sha256)!
  const model = pageModel({ ...facts, name: 'ana.example' }, { self, url: 'https://birch.example/', contentUrl: null })
  const code = `${modelled} return array( 'model' => $model, 'page' => DGOS_Mirror_Page::blog( $model, $look ), 'post' => $model->posts ? DGOS_Mirror_Page::post( $model, $model->posts[0], $look ) : null,
    'atom' => DGOS_Page_Feeds::atom( $model, $look ), 'json' => DGOS_Page_Feeds::json( $model, $look ) );`
  const php = (await callPages(code, input)) as Record<'page' | 'post' | 'atom' | 'json', string> & { model: unknown }
  return { model, php }
}

/** What a reader reads, without the pieces that the two members have apart. */
function words(page: string): string {
  const text = [...elementsOf(parse(page))]
    .filter(({ tagName }) => /^(title|h1|h2|h3|p|li|dt|dd)$/.test(tagName))
    .map((element) => textOf(element))
    .filter((line) => !/^(Verify in your browser|Or by your own means|By your own means|Tell your readers)/.test(line))
  return text.join('').replace(/\s+/g, '')
}

function textOf(node: Parameters<typeof styleText>[0] | { value: string }): string {
  if ('value' in node) return node.value
  return node.childNodes.map((childNode) => textOf(childNode as never)).join('')
}

async function same(world: PageWorld) {
  const { model, php } = await said(world)
  assert.deepEqual(php.model, JSON.parse(JSON.stringify(model)))
  const look = {
    url: 'https://birch.example/',
    contentUrl: null,
    base: '/m/ana.example/',
    memberName: 'Birch',
    contact: 'abuse@birch.example',
    places: new Map([['/first/', 'copy/first/']]),
  }
  assert.equal(words(php.page), words(mirrorPage(model, look)))
  if (model.posts.length > 0) assert.equal(words(php.post), words(postPage(model, model.posts[0]!, look)))
  const feed = {
    url: 'https://birch.example/',
    base: 'm/ana.example/',
    places: look.places,
    contents: new Map([['/first/', '<p>First</p>']]),
  }
  assert.equal(php.atom, atomFeed(model, feed))
  assert.deepEqual(JSON.parse(php.json), JSON.parse(jsonFeed(model, feed)))
  assert.doesNotMatch(php.json, /</)
  return { model, php }
}

const feed = [
  {
    id: 'https://ana.example/?p=1',
    url: 'https://ana.example/first/',
    path: '/first/',
    title: 'First & <b>',
    published: Date.UTC(2026, 10, 1),
  },
]

test('a blog that is up, then down, posting, and back: the same page and feeds as a Node member', {
  skip,
}, async () => {
  const world = await PageWorld.create()
  const states: PageModel['state']['state'][] = []
  states.push((await same(world)).model.state.state)
  await world.capture(
    [
      { path: '/', html: '<h1>Garden</h1>' },
      { path: '/first/', html: '<h1>First</h1>' },
    ],
    [],
    feed,
  )
  states.push((await same(world)).model.state.state)
  await world.fall()
  const quiet = await same(world)
  states.push(quiet.model.state.state)
  assert.match(quiet.php.page, /The author has not posted since/)
  const post = await world.post(
    '<p>We are “still” here &amp; <a href="https://x.example/?a=1&amp;b=2">well</a>.<sup id="fr-1"><a href="#fn-1">1</a></sup></p><ol><li id="fn-1">Note</li></ol>',
    { title: 'Day <one>' },
  )
  await world.receipts(post.id, 4)
  await world.checkpoints(6)
  await world.post(`<p>${'Long words of the second day. '.repeat(20)}</p>`, { language: 'ar', prevs: [post.id] })
  const { model, php } = await same(world)
  states.push(model.state.state)
  assert.match(php.page, /Day &lt;one&gt;/)
  assert.match(php.page, /<iframe srcdoc="&lt;p>&amp;amp;&quot;&lt;\/p>" title="[^"]*" sandbox="allow-popups /)
  assert.deepEqual(states, ['up', 'up', 'down', 'down'])
})

test('the style is the one of every member: copy it again where this fails', async () => {
  assert.equal(await readFile(`${plugin}includes/pages/page-style.txt`, 'utf8'), pageStyle)
})

test('a blog without a root has no page', { skip }, async () => {
  const world = await PageWorld.create()
  const input = { network: world.network, members: world.members, objects: [], blog: world.blog, self: '', now: 0 }
  assert.equal(await callPages(`${modelled} return $model;`, input), null)
})

test('addresses of blogs with and without a path, and ids, are read; everything else is not ours', {
  skip,
}, async () => {
  const id = 'ab'.repeat(32)
  const code = `define( 'ABSPATH', '' ); require '${plugin}includes/http/class-dgos-request-path.php'; return array_map( array( 'DGOS_Request_Path', 'read_blog' ), $in );`
  const read = await callPages(code, [
    'ana.example/',
    'ANA.example/~garden+north/p/x',
    'ana.example/%7Egarden/',
    'ana.example:8080/feed.xml',
    `${id}/copy/`,
    'ana.example',
    '../x',
    'ana.example/~<b>/',
    '%2e%2e/wp-config.php',
  ])
  assert.deepEqual(read, [
    ['ana.example', '/'],
    ['ana.example/~garden+north', '/p/x'],
    ['ana.example/~garden', '/'],
    ['ana.example:8080', '/feed.xml'],
    [id, '/copy/'],
    ['ana.example', null],
    null,
    null,
    null,
  ])
})

test('inert copies are kept, made anew where a file was changed, never more than fit, and none where none may be', {
  skip,
}, async () => {
  const code = `$root = sys_get_temp_dir() . '/dgos-copies-' . bin2hex( random_bytes( 6 ) ); mkdir( $root . '/v1', 0700, true );
    $cache = new DGOS_Copy_Cache( $root, static function () use ( &$may ) { return $may; } ); $may = true; $made = 0; $make = static function () use ( &$made ) { return 'page ' . ++$made; };
    $out = array( $cache->remember( array( 'a' ), $make ), $cache->remember( array( 'a' ), $make ) );
    file_put_contents( glob( $root . '/v1/copies/*' )[0], str_repeat( '0', 64 ) . '<script>' );
    $out[] = $cache->remember( array( 'a' ), $make );
    $out[] = $cache->remember( array( 'none' ), static fn () => null );
    for ( $i = 0; $i < 80; $i++ ) { $cache->remember( array( $i ), $make ); }
    $out[] = count( glob( $root . '/v1/copies/*' ) );
    $may = false; array_push( $out, $cache->remember( array( 79 ), $make ), $cache->remember( array( 80 ), $make ) );
    array_map( 'unlink', glob( $root . '/v1/copies/*' ) ); rmdir( $root . '/v1/copies' ); rmdir( $root . '/v1' ); rmdir( $root );
    return $out;`
  assert.deepEqual(await callPages(code, null), ['page 1', 'page 1', 'page 2', null, 48, 'page 82', null])
})
