/** WordPress with block themes that it ships, and with the classic theme that Debian keeps. */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type FreshWordPress, freshWordPress } from '../../test/sites/wordpress.ts'
import { cached, type Origin, run } from '../../test/sites/workshop.ts'
import type { Cleanup } from '../../test/support/temporary-folder.ts'
import type { FidelitySite } from './site.ts'
import { pictures } from './writing.ts'

const themes = [
  'twentytwentyfive',
  'twentytwentyfour',
  'twentytwentythree',
  'twentytwentytwo',
  'twentytwentyone',
] as const
const ofDebian = new Set(['twentytwentytwo', 'twentytwentyone'])

export const wordPressSites: readonly FidelitySite[] = themes.map((theme) => ({
  name: `wordpress ${theme}`,
  by: 'generator',
  pages: ['', '2026/10/post-6/'],
  make: (t) => wordPressSite(t, theme),
}))

async function wordPressSite(t: Cleanup, theme: string): Promise<Origin> {
  const fresh = await freshWordPress(t, { title: `Ana in ${theme}` })
  if (ofDebian.has(theme))
    await run('cp', ['-r', await debianTheme(theme), join(fresh.site, 'wp-content', 'themes', theme)], fresh.dir)
  await fresh.wp('theme', 'activate', theme)
  await write(fresh)
  return fresh.serve()
}

async function debianTheme(theme: string): Promise<string> {
  const folder = await cached(`theme-${theme}`, async (work) => {
    await run('apt-get', ['download', '-q', `wordpress-theme-${theme}`], work)
    for (const name of await readdir(work)) await run('dpkg-deb', ['-x', name, work], work)
  })
  const paths = (await run('find', [folder, '-type', 'd', '-name', theme], folder)).trim().split('\n')
  return paths[0]!
}

const block = (name: string, inner: string, attributes = '') =>
  `<!-- wp:${name}${attributes} -->${inner}<!-- /wp:${name} -->`

/** Posts of the blocks that bloggers use, a menu page, and a picture in each. */
async function write({ wp, dir }: FreshWordPress): Promise<void> {
  const media = join(dir, 'media')
  await mkdir(media)
  await wp(
    'post',
    'create',
    '--post_type=page',
    '--post_title=About',
    '--post_status=publish',
    '--post_content=Ana gardens.',
  )
  for (const [i, picture] of pictures.entries()) {
    await writeFile(join(media, picture.name), picture.bytes())
    const image = (
      await wp('media', 'import', join(media, picture.name), `--title=Picture ${i + 1}`, '--porcelain')
    ).trim()
    const shown = (
      await wp('eval', `echo wp_get_attachment_image(${image}, 'large', false, ['class' => 'wp-image-${image}']);`)
    ).trim()
    const parts = [
      block('paragraph', '<p>The garden does what it wants, and I write it down.</p>'),
      block(
        'image',
        `<figure class="wp-block-image size-large">${shown}<figcaption class="wp-element-caption">Caption ${i + 1}</figcaption></figure>`,
        ` {"id":${image},"sizeSlug":"large"}`,
      ),
      block('heading', '<h2 class="wp-block-heading">In the morning</h2>'),
      block('list', '<ul class="wp-block-list"><li>beans</li><li>peas</li></ul>'),
      block('quote', '<blockquote class="wp-block-quote"><p>A garden is a slow conversation.</p></blockquote>'),
      block(
        'table',
        '<figure class="wp-block-table"><table><tbody><tr><td>east</td><td>beans</td></tr></tbody></table></figure>',
      ),
      block(
        'details',
        '<details class="wp-block-details"><summary>More of it</summary><p>Hidden until it is asked for.</p></details>',
      ),
      block('code', '<pre class="wp-block-code"><code>const bed = 1</code></pre>'),
      block(
        'buttons',
        '<div class="wp-block-buttons"><div class="wp-block-button"><a class="wp-block-button__link wp-element-button" href="https://example.org/">Read more</a></div></div>',
      ),
    ]
    const file = join(media, `${i}.html`)
    await writeFile(file, parts.join('\n'))
    const fields = [`--post_title=Post ${i + 1}`, '--post_status=publish', `--post_date=2026-10-0${i + 1} 10:00:00`]
    const id = (await wp('post', 'create', file, ...fields, '--porcelain')).trim()
    await wp('post', 'meta', 'set', id, '_thumbnail_id', image)
  }
}
