/** A site made by Eleventy from its official starter, eleventy-base-blog, with our posts in place of the samples. */
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Cleanup, temporaryFolder } from '../support/temporary-folder.ts'
import { generators, type Origin, run, serveFolder, unpacked } from './workshop.ts'
import { markdown, pictureOf, writings } from './writing.ts'

export async function eleventySite(t: Cleanup): Promise<Origin> {
  const [modules, starter] = [await generators(), await unpacked('eleventy-base-blog', '5.0.2')]
  const dir = await temporaryFolder(t, 'eleventy')
  await cp(starter, dir, { recursive: true })
  const out = join(dir, '_site')
  await mkdir(out)
  const origin = await serveFolder(t, out)
  await symlink(modules, join(dir, 'node_modules'))
  await settle(dir, origin.url.slice(0, -1))
  for (const [i, writing] of writings.entries()) {
    const text = markdown(writing, 'layouts/post.njk', '/img/').replace(/^---\n/, '---\ndescription: A post\n')
    await writeFile(join(dir, 'posts', `${writing.name}.md`), text)
    await writeFile(join(dir, 'img', writing.picture), pictureOf(i))
  }
  await run(process.execPath, [join(modules, '@11ty', 'eleventy', 'cmd.cjs')], dir)
  return origin
}

/** The starter was written for Eleventy 0.11: its hooks into the development server are gone in 3. */
async function settle(dir: string, url: string): Promise<void> {
  const config = await readFile(join(dir, '.eleventy.js'), 'utf8')
  const stub = 'eleventyConfig.setBrowserSyncConfig ??= () => {};\n  eleventyConfig.setDataDeepMerge ??= () => {};\n'
  await writeFile(join(dir, '.eleventy.js'), config.replace('eleventyConfig.addPlugin(pluginRss);', `${stub}  $&`))
  const data = JSON.parse(await readFile(join(dir, '_data', 'metadata.json'), 'utf8'))
  const feed = { ...data.feed, url: `${url}/feed/feed.xml`, id: `${url}/` }
  await writeFile(join(dir, '_data', 'metadata.json'), JSON.stringify({ ...data, title: 'Ana in Eleventy', url, feed }))
  await rm(join(dir, 'posts', 'backend-devs-dont-upgrade-to-apple-silicon-yet.md'))
  await writeFile(join(dir, 'package.json'), '{"type":"commonjs"}')
}
