/** A site made by Jekyll with the theme that `jekyll new` chooses (minima) and its feed plugin. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Cleanup, temporaryFolder } from '../support/temporary-folder.ts'
import { type Origin, run, serveFolder } from './workshop.ts'
import { markdown, pictureOf, writings } from './writing.ts'

export async function jekyllSite(t: Cleanup): Promise<Origin> {
  const dir = await temporaryFolder(t, 'jekyll')
  const out = join(dir, '_site')
  await mkdir(out)
  const origin = await serveFolder(t, out)
  const url = origin.url.slice(0, -1)
  const config = `title: Ana in Jekyll\nemail: ana@example.org\ndescription: A garden\nurl: "${url}"\ntheme: minima\nplugins: [jekyll-feed]\n`
  await writeFile(join(dir, '_config.yml'), config)
  await writeFile(join(dir, 'index.md'), '---\nlayout: home\n---\n![The garden](/assets/picture-1.png)\n')
  await writeFile(join(dir, 'about.md'), '---\nlayout: page\ntitle: About\npermalink: /about/\n---\nAna gardens.\n')
  await mkdir(join(dir, '_posts'))
  await mkdir(join(dir, 'assets'))
  for (const [i, writing] of writings.entries()) {
    await writeFile(join(dir, '_posts', `${writing.day}-${writing.name}.md`), markdown(writing, 'post', '/assets/'))
    await writeFile(join(dir, 'assets', writing.picture), pictureOf(i))
  }
  await run('jekyll', ['build', '--source', dir, '--destination', out], dir)
  return origin
}
