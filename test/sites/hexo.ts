/** A site made by Hexo with its default theme, landscape, and its feed plugin. */
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Cleanup, temporaryFolder } from '../support/temporary-folder.ts'
import { generators, type Origin, run, serveFolder } from './workshop.ts'
import { markdown, pictureOf, writings } from './writing.ts'

const plugins = [
  'hexo-generator-archive',
  'hexo-generator-category',
  'hexo-generator-feed',
  'hexo-generator-index',
  'hexo-generator-tag',
  'hexo-renderer-ejs',
  'hexo-renderer-marked',
  'hexo-renderer-stylus',
  'hexo-theme-landscape',
]

export async function hexoSite(t: Cleanup): Promise<Origin> {
  const modules = await generators()
  const dir = await temporaryFolder(t, 'hexo')
  const out = join(dir, 'public')
  await mkdir(out)
  const origin = await serveFolder(t, out)
  await symlink(modules, join(dir, 'node_modules'))
  const dependencies = Object.fromEntries(['hexo', ...plugins].map((name) => [name, '*']))
  const { version } = createRequire(join(modules, 'hexo', 'x'))('./package.json') as { version: string }
  await writeFile(join(dir, 'package.json'), JSON.stringify({ name: 'ana', hexo: { version }, dependencies }))
  await writeFile(join(dir, '_config.yml'), config(origin.url))
  await mkdir(join(dir, 'source', '_posts'), { recursive: true })
  await mkdir(join(dir, 'source', 'images'))
  for (const [i, writing] of writings.entries()) {
    await writeFile(join(dir, 'source', '_posts', `${writing.name}.md`), markdown(writing, 'post', '/images/'))
    await writeFile(join(dir, 'source', 'images', writing.picture), pictureOf(i))
  }
  await run(process.execPath, [join(modules, 'hexo', 'bin', 'hexo'), 'generate'], dir)
  return origin
}

const config = (url: string) => `title: Ana in Hexo
author: Ana
language: en
url: ${url}
permalink: :year/:month/:day/:title/
theme: landscape
index_generator: { path: '', per_page: 10, order_by: -date }
feed: { type: atom, path: atom.xml, limit: 20 }
`
