/** Sites made by Hexo, one for each theme. */
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Origin, run, serveFolder } from '../../test/sites/workshop.ts'
import { type Cleanup, temporaryFolder } from '../../test/support/temporary-folder.ts'
import { installedModules } from './installed.ts'
import type { FidelitySite } from './site.ts'
import { pictures, posts } from './writing.ts'

const themes = ['landscape', 'butterfly', 'next', 'fluid', 'keep', 'redefine', 'a4', 'async', 'kratos-rebirth'] as const
const plugins = [
  'hexo-generator-archive',
  'hexo-generator-category',
  'hexo-generator-feed',
  'hexo-generator-index',
  'hexo-generator-tag',
  'hexo-renderer-ejs',
  'hexo-renderer-marked',
  'hexo-renderer-pug',
  'hexo-renderer-stylus',
]

export const hexoSites: readonly FidelitySite[] = themes.map((theme) => ({
  name: `hexo ${theme}`,
  by: 'generator',
  make: (t) => hexoSite(t, theme),
  pages: ['', '2026/10/06/the-long-path/'],
}))

async function hexoSite(t: Cleanup, theme: string): Promise<Origin> {
  const modules = await installedModules()
  const dir = await temporaryFolder(t, 'hexo')
  const out = join(dir, 'public')
  await mkdir(out)
  const origin = await serveFolder(t, out)
  await symlink(modules, join(dir, 'node_modules'))
  const dependencies = Object.fromEntries(['hexo', ...plugins, `hexo-theme-${theme}`].map((name) => [name, '*']))
  const { version } = createRequire(join(modules, 'hexo', 'x'))('./package.json') as { version: string }
  await writeFile(join(dir, 'package.json'), JSON.stringify({ name: 'ana', hexo: { version }, dependencies }))
  const lines = [
    `title: Ana in ${theme}`,
    'author: Ana',
    'description: A garden and its weather',
    'language: en',
    `url: ${origin.url.slice(0, -1)}`,
    'permalink: :year/:month/:day/:title/',
    `theme: ${theme}`,
    'feed: { type: atom, path: atom.xml, limit: 20 }',
  ]
  await writeFile(join(dir, '_config.yml'), `${lines.join('\n')}\n`)
  await mkdir(join(dir, 'source', '_posts'), { recursive: true })
  await mkdir(join(dir, 'source', 'images'))
  for (const post of posts('/images/')) {
    const front = `title: "${post.title}"\ndate: ${post.day} 10:00:00\ntags: [${post.tags.join(', ')}]`
    await writeFile(join(dir, 'source', '_posts', `${post.name}.md`), `---\n${front}\n---\n${post.body}\n`)
  }
  for (const { name, bytes } of pictures) await writeFile(join(dir, 'source', 'images', name), bytes())
  await run(process.execPath, [join(modules, 'hexo', 'bin', 'hexo'), 'generate'], dir)
  return origin
}
