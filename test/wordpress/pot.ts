/**
 * `npm run build:wordpress:pot` writes plugins/wordpress/languages/dgos.pot with WP-CLI's own `i18n make-pot`, from the
 * WordPress of the tests. Without places and dates, so that it changes only where a text does.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unpacked } from '../sites/workshop.ts'
import { php, plugin } from './php.ts'

export const potFile = join(plugin, 'languages', 'dgos.pot')

/** The template as it should be, and what WP-CLI warned of (placeholders without a comment for translators, …). */
export async function potOf(folder: string): Promise<{ readonly text: string; readonly warnings: readonly string[] }> {
  const files = await unpacked('wp-studio', '1.22.0', 'package/dist/cli/wp-files')
  const dir = await mkdtemp(join(tmpdir(), 'dgos-pot-'))
  try {
    const file = join(dir, 'dgos.pot')
    const headers = JSON.stringify({ 'Report-Msgid-Bugs-To': '', 'POT-Creation-Date': '' })
    const words = ['i18n', 'make-pot', folder, file, '--slug=dgos', '--domain=dgos', '--exclude=tests,assets']
    // Of blocks it would ask wordpress.org which of their fields are texts.
    const more = ['--skip-block-json', '--no-location', '--file-comment=', `--headers=${headers}`]
    const phar = join(files, 'wp-cli', 'wp-cli.phar')
    const said = await php(['-d', 'memory_limit=512M', phar, '--allow-root', ...words, ...more])
    if (said.status !== 0) throw new Error(`make-pot failed: ${said.text.slice(-1000)}`)
    const made = (await readFile(file, 'utf8')).replace(/^"POT-Creation-Date:.*\n/m, '')
    const text = [made.trimEnd(), ...(await blockTexts(folder))].join('\n\n').concat('\n')
    return { text, warnings: said.text.split('\n').filter((line) => line.startsWith('Warning:')) }
  } finally {
    await rm(dir, { recursive: true })
  }
}

/** Texts of blocks/<name>/block.json, under the contexts of WordPress's own block-i18n.json. */
async function blockTexts(folder: string): Promise<readonly string[]> {
  const blocks = join(folder, 'blocks')
  const names = existsSync(blocks) ? (await readdir(blocks)).sort() : []
  const texts = new Set<string>()
  for (const name of names) {
    const { title, description, keywords } = JSON.parse(
      await readFile(join(blocks, name, 'block.json'), 'utf8'),
    ) as Block
    const entry = (what: string, text: string) => `msgctxt "block ${what}"\nmsgid ${JSON.stringify(text)}\nmsgstr ""`
    texts.add(entry('title', title)).add(entry('description', description))
    for (const keyword of keywords) texts.add(entry('keyword', keyword))
  }
  return [...texts]
}

type Block = { readonly title: string; readonly description: string; readonly keywords: readonly string[] }

if (import.meta.main) {
  await writeFile(potFile, (await potOf(plugin)).text)
  console.log(potFile)
}
