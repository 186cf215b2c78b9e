/** Sites made by other generators: of npm (lock file of this bench), and of Debian. */
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Origin, run, serveFolder, unpacked } from '../../test/sites/workshop.ts'
import { type Cleanup, temporaryFolder } from '../../test/support/temporary-folder.ts'
import { installedModules } from './installed.ts'
import type { FidelitySite } from './site.ts'
import { type FidelityPost, pictures, posts } from './writing.ts'

const post = 'the-long-path'
type Make = (dir: string, out: string, url: string) => Promise<void>

function site(name: string, pages: readonly string[], make: Make): FidelitySite {
  return { name, by: 'generator', pages, make: (t) => made(t, name, make) }
}

async function made(t: Cleanup, name: string, make: Make): Promise<Origin> {
  const dir = await temporaryFolder(t, name.replace(/[^a-z]+/g, '-'))
  const out = join(dir, 'public-html')
  await mkdir(out)
  const origin = await serveFolder(t, out)
  await make(dir, out, origin.url.slice(0, -1))
  return origin
}

/** Writes the posts as files of a folder, and the pictures into another. */
async function write(
  folder: string,
  images: string,
  name: (post: FidelityPost) => string,
  text: (post: FidelityPost) => string,
  src = '/images/',
): Promise<void> {
  await mkdir(folder, { recursive: true })
  await mkdir(images, { recursive: true })
  for (const entry of posts(src)) await writeFile(join(folder, name(entry)), text(entry))
  for (const picture of pictures) await writeFile(join(images, picture.name), picture.bytes())
}

const front = (lines: readonly string[]) => `---\n${lines.join('\n')}\n---\n`
const titled = (entry: FidelityPost) => `# ${entry.title}\n\n${entry.body}\n`

const jekyll: Make = async (dir, out, url) => {
  const lines = [
    'title: Ana in Jekyll',
    `url: "${url}"`,
    'theme: minima',
    'plugins: [jekyll-feed]',
    'show_excerpts: true',
  ]
  await writeFile(join(dir, '_config.yml'), `${lines.join('\n')}\nexclude: [public-html]\n`)
  await writeFile(join(dir, 'index.md'), '---\nlayout: home\n---\n')
  await write(
    join(dir, '_posts'),
    join(dir, 'images'),
    (entry) => `${entry.day}-${entry.name}.md`,
    (entry) => front([`title: ${entry.title}`, 'layout: post']) + entry.body,
  )
  await run('jekyll', ['build', '--source', dir, '--destination', out], dir)
}

const pelican =
  (theme: string): Make =>
  async (dir, out, url) => {
    const lines = [`SITENAME = "Ana in Pelican"`, `SITEURL = "${url}"`, `FEED_ALL_ATOM = "feeds/all.atom.xml"`]
    const more = [`TIMEZONE = "UTC"`, `STATIC_PATHS = ["images"]`, `THEME = "${theme}"`, `AUTHOR = "Ana"`]
    await writeFile(join(dir, 'conf.py'), [...lines, ...more].join('\n'))
    const content = join(dir, 'content')
    await write(
      content,
      join(content, 'images'),
      (entry) => `${entry.name}.md`,
      (entry) =>
        `Title: ${entry.title}\nDate: ${entry.day} 10:00\nCategory: garden\nTags: ${entry.tags.join(', ')}\nSlug: ${entry.name}\n\n${entry.body}\n`,
    )
    await run('pelican', [content, '-o', out, '-s', join(dir, 'conf.py')], dir)
  }

/** Hugo's own skeleton of a theme, as `hugo new theme` of its handbook has it, with what a blog needs. */
const hugo: Make = async (dir, out, url) => {
  await writeFile(join(dir, 'config.toml'), `baseURL = "${url}/"\ntitle = "Ana in Hugo"\nlanguageCode = "en"\n`)
  const layouts = join(dir, 'layouts', '_default')
  await mkdir(layouts, { recursive: true })
  const base = `<!doctype html><html lang="{{ .Site.LanguageCode }}"><head><meta charset="utf-8"><title>{{ .Title }}</title>{{ range .AlternativeOutputFormats }}{{ printf "<link rel=%q type=%q href=%q>" .Rel .MediaType.Type .Permalink | safeHTML }}{{ end }}<style>body{font:1rem/1.5 serif;max-width:42rem;margin:auto}img{max-width:100%}</style></head><body><header><a href="{{ .Site.BaseURL }}">{{ .Site.Title }}</a></header><main>{{ block "main" . }}{{ end }}</main></body></html>`
  await writeFile(join(layouts, 'baseof.html'), base)
  await writeFile(
    join(layouts, 'single.html'),
    '{{ define "main" }}<article><h1>{{ .Title }}</h1><time>{{ .Date.Format "2 January 2006" }}</time>{{ .TableOfContents }}{{ .Content }}</article>{{ end }}',
  )
  await writeFile(
    join(layouts, 'list.html'),
    '{{ define "main" }}{{ range .Site.RegularPages }}<article><h2><a href="{{ .RelPermalink }}">{{ .Title }}</a></h2>{{ .Content }}</article>{{ end }}{{ end }}',
  )
  await write(
    join(dir, 'content', 'posts'),
    join(dir, 'static', 'images'),
    (entry) => `${entry.name}.md`,
    (entry) => front([`title: ${entry.title}`, `date: ${entry.day}T10:00:00Z`]) + entry.body,
  )
  await run('hugo', ['--source', dir, '--destination', out], dir)
}

const mkdocs =
  (theme: string): Make =>
  async (dir, out, url) => {
    const docs = join(dir, 'docs')
    await writeFile(join(dir, 'mkdocs.yml'), `site_name: Ana in MkDocs\nsite_url: ${url}/\ntheme: ${theme}\n`)
    await write(docs, join(docs, 'images'), (entry) => `${entry.name}.md`, titled, 'images/')
    await writeFile(
      join(docs, 'index.md'),
      `# Ana\n\n${posts('images/')
        .map((entry) => entry.body)
        .join('\n\n')}`,
    )
    await run('mkdocs', ['build', '-q', '-d', out], dir)
  }

const sphinx =
  (theme: string): Make =>
  async (dir, out) => {
    await writeFile(
      join(dir, 'conf.py'),
      `project = "Ana in Sphinx"\nauthor = "Ana"\nhtml_theme = "${theme}"\nextensions = []\n`,
    )
    const source = (entry: FidelityPost) => {
      const title = `${entry.title}\n${'='.repeat(entry.title.length)}`
      const rows = '=====  ======\nbed    plant\n=====  ======\neast   beans\nwest   kale\n=====  ======'
      const code = '.. code-block:: js\n\n   const bed = { plant: "kale" }'
      return [
        title,
        'A garden does what it wants.',
        `.. image:: images/${entry.picture}`,
        '.. note:: Bring gloves.',
        'Morning\n-------',
        '- beans\n- peas, *early*',
        rows,
        code,
        '',
      ].join('\n\n')
    }
    await write(dir, join(dir, 'images'), (entry) => `${entry.name}.rst`, source)
    const names = posts('').map((entry) => `   ${entry.name}`)
    await writeFile(
      join(dir, 'index.rst'),
      `Ana\n===\n\nA garden and its weather.\n\n.. image:: images/picture-1.png\n\n.. toctree::\n\n${names.join('\n')}\n`,
    )
    await run('sphinx-build', ['-q', '-b', 'html', dir, out], dir)
  }

const chronicle: Make = async (dir, out, url) => {
  const input = join(dir, 'input')
  await write(
    input,
    join(out, 'images'),
    (entry) => `${entry.name}.txt`,
    (entry) =>
      `Title: ${entry.title}\nDate: ${entry.day} 10:00\nTags: ${entry.tags.join(', ')}\nFormat: markdown\n\n${entry.body.replace(/```\w*/g, '')}\n`,
  )
  await run(
    'chronicle',
    [`--input=${input}`, `--output=${out}`, `--url-prefix=${url}/`, '--theme=default', '--blog-title=Ana in Chronicle'],
    dir,
  )
}

const ikiwiki: Make = async (dir, out, url) => {
  const input = join(dir, 'input')
  await write(
    join(input, 'posts'),
    join(input, 'images'),
    (entry) => `${entry.name}.mdwn`,
    (entry) => `[[!meta title="${entry.title}"]]\n[[!meta date="${entry.day} 10:00"]]\n\n${entry.body}\n`,
  )
  await writeFile(join(input, 'index.mdwn'), '[[!inline pages="posts/*" rss="yes" atom="yes"]]\n')
  await run(
    'ikiwiki',
    ['--wikiname', 'Ana in Ikiwiki', '--plugin', 'goodstuff', '--rss', '--atom', '--url', url, input, out],
    dir,
  )
}

const eleventy: Make = async (dir, out, url) => {
  const modules = await installedModules()
  await cp(await unpacked('eleventy-base-blog', '5.0.2'), dir, { recursive: true })
  await symlink(modules, join(dir, 'node_modules'))
  const config = await readFile(join(dir, '.eleventy.js'), 'utf8')
  const stub = 'eleventyConfig.setBrowserSyncConfig ??= () => {};\n  eleventyConfig.setDataDeepMerge ??= () => {};\n'
  await writeFile(join(dir, '.eleventy.js'), config.replace('eleventyConfig.addPlugin(pluginRss);', `${stub}  $&`))
  const data = JSON.parse(await readFile(join(dir, '_data', 'metadata.json'), 'utf8'))
  const feed = { ...data.feed, url: `${url}/feed/feed.xml`, id: `${url}/` }
  await writeFile(join(dir, '_data', 'metadata.json'), JSON.stringify({ ...data, title: 'Ana in Eleventy', url, feed }))
  await rm(join(dir, 'posts', 'backend-devs-dont-upgrade-to-apple-silicon-yet.md'))
  await writeFile(join(dir, 'package.json'), '{"type":"commonjs"}')
  await write(
    join(dir, 'posts'),
    join(out, 'img'),
    (entry) => `${entry.name}.md`,
    (entry) =>
      front([`title: ${entry.title}`, `date: ${entry.day}`, 'description: A post', 'layout: layouts/post.njk']) +
      entry.body,
    '/img/',
  )
  await run(process.execPath, [join(modules, '@11ty', 'eleventy', 'cmd.cjs'), `--output=${out}`], dir)
}

const vitepress: Make = async (dir, out) => {
  const modules = await installedModules()
  await symlink(modules, join(dir, 'node_modules'))
  await writeFile(join(dir, 'package.json'), '{"type":"module"}')
  await write(dir, join(dir, 'public', 'images'), (entry) => `${entry.name}.md`, titled)
  await mkdir(join(dir, '.vitepress'), { recursive: true })
  const links = posts('').map((entry) => ({ text: entry.title, link: `/${entry.name}` }))
  const config = {
    title: 'Ana in VitePress',
    outDir: out,
    srcExclude: ['public-html/**'],
    themeConfig: { sidebar: links, nav: links.slice(0, 2) },
  }
  await writeFile(join(dir, '.vitepress', 'config.mjs'), `export default ${JSON.stringify(config)}`)
  await writeFile(
    join(dir, 'index.md'),
    `# Ana\n\n${posts('/images/')
      .map((entry) => entry.body)
      .join('\n\n')}`,
  )
  await run(process.execPath, [join(modules, 'vitepress', 'bin', 'vitepress.js'), 'build', dir], dir)
}

const docusaurus: Make = async (dir, out, url) => {
  const modules = await installedModules()
  await symlink(modules, join(dir, 'node_modules'))
  await writeFile(join(dir, 'package.json'), '{"name":"ana","private":true}')
  const preset = [
    'classic',
    {
      docs: false,
      blog: { routeBasePath: '/', showReadingTime: true, onUntruncatedBlogPosts: 'ignore' },
      pages: false,
    },
  ]
  const config = { title: 'Ana in Docusaurus', url, baseUrl: '/', presets: [preset], onBrokenLinks: 'ignore' }
  await writeFile(join(dir, 'docusaurus.config.js'), `module.exports = ${JSON.stringify(config)}`)
  await write(
    join(dir, 'blog'),
    join(dir, 'static', 'images'),
    (entry) => `${entry.day}-${entry.name}.md`,
    (entry) => front([`title: ${entry.title}`, `slug: ${entry.name}`, `tags: [${entry.tags.join(', ')}]`]) + entry.body,
  )
  await run(
    process.execPath,
    [join(modules, '@docusaurus', 'core', 'bin', 'docusaurus.mjs'), 'build', '--out-dir', out],
    dir,
  )
}

const honkit: Make = async (dir, out) => {
  const modules = await installedModules()
  const book = join(dir, 'book')
  await write(book, join(book, 'images'), (entry) => `${entry.name}.md`, titled, 'images/')
  await writeFile(
    join(book, 'README.md'),
    `# Ana\n\n${posts('images/')
      .map((entry) => entry.body)
      .join('\n\n')}`,
  )
  const summary = posts('').map((entry) => `- [${entry.title}](${entry.name}.md)`)
  await writeFile(join(book, 'SUMMARY.md'), `# Summary\n\n${summary.join('\n')}\n`)
  await run(process.execPath, [join(modules, 'honkit', 'bin', 'honkit.js'), 'build', book, join(dir, 'built')], dir)
  for (const name of await readdir(join(dir, 'built')))
    await cp(join(dir, 'built', name), join(out, name), { recursive: true })
}

export const debianPrograms = {
  jekyll: 'jekyll jekyll-theme-minima ruby-jekyll-feed',
  pelican: 'pelican',
  hugo: 'hugo',
  mkdocs: 'mkdocs mkdocs-material',
  'sphinx-build': 'python3-sphinx python3-sphinx-rtd-theme furo python3-pydata-sphinx-theme',
  chronicle: 'chronicle',
  ikiwiki: 'ikiwiki',
  php: 'php-cli php-sqlite3 php-gd php-xml php-mbstring',
  chromium: 'chromium',
} as const

export const generatedSites: readonly FidelitySite[] = [
  site('jekyll minima', ['', `2026/10/06/${post}.html`], jekyll),
  site('pelican simple', ['', `${post}.html`], pelican('simple')),
  site('hugo skeleton', ['', `posts/${post}/`], hugo),
  site('mkdocs mkdocs', [''], mkdocs('mkdocs')),
  site('mkdocs readthedocs', [''], mkdocs('readthedocs')),
  site('mkdocs material', [''], mkdocs('material')),
  site('sphinx alabaster', [''], sphinx('alabaster')),
  site('sphinx furo', [''], sphinx('furo')),
  site('sphinx rtd', [''], sphinx('sphinx_rtd_theme')),
  site('sphinx pydata', [''], sphinx('pydata_sphinx_theme')),
  site('chronicle default', [''], chronicle),
  site('ikiwiki default', ['', `posts/${post}/`], ikiwiki),
  site('eleventy base blog', ['', `posts/${post}/`], eleventy),
  site('vitepress default', [''], vitepress),
  site('docusaurus classic', ['', post], docusaurus),
  site('honkit default', [''], honkit),
]
