/** The plugin can be translated: its template is up to date, every text has the domain, and WordPress loads a translation. */
import assert from 'node:assert/strict'
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { freshWordPress } from '../sites/wordpress.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { hasPhp, plugin } from './php.ts'
import { potFile, potOf } from './pot.ts'

const skip = hasPhp() || process.env.CI === 'true' ? false : 'php is missing'
/** They define nothing but names of classes, for plain PHP too. */
const loaders = ['includes/protocol.php', 'includes/pages.php']
const call = /(?<![\w>$:])(__|_e|_x|_ex|_n|_nx|esc_html__|esc_html_e|esc_html_x|esc_attr__|esc_attr_e|esc_attr_x)\(/g

test('the template for translators is the one that the texts make', { skip }, async () => {
  const { text, warnings } = await potOf(plugin)
  assert.deepEqual(warnings, [], 'WP-CLI has something to say about the texts')
  assert.equal(await readFile(potFile, 'utf8'), text, 'a text has changed: run `npm run build:wordpress:pot`')
  assert.ok(text.split('\nmsgid ').length > 100)
})

test('a placeholder without a comment for translators is seen', { skip }, async (t) => {
  const dir = await temporaryFolder(t, 'pot')
  await writeFile(
    join(dir, 'dgos.php'),
    `<?php\n/**\n * Plugin Name: DGOS\n */\n\nprintf( __( '%s of them', 'dgos' ), 1 );\n`,
  )
  assert.match((await potOf(dir)).warnings.join(), /%s of them.*no "translators:" comment/)
})

test('every text of the plugin has its domain', async () => {
  let texts = 0
  for (const [name, code] of await phpFiles()) {
    for (const { index } of code.matchAll(call)) {
      const whole = untilClosed(code, index)
      assert.match(whole, /, 'dgos' \)$/, `${name}: ${whole.slice(0, 120)}`)
      texts++
    }
  }
  assert.ok(texts > 100, `${texts} texts`)
})

test('WordPress shows a translation that lies in the plugin’s own folder', { skip }, async (t) => {
  const press = await freshWordPress(t)
  const folder = join(press.site, 'wp-content/plugins/dgos')
  await cp(plugin, folder, { recursive: true })
  await mkdir(join(folder, 'languages'), { recursive: true })
  const po = join(folder, 'languages', 'dgos-de_DE.po')
  const head = 'msgid ""\nmsgstr ""\n"Language: de_DE\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
  await writeFile(po, `${head}msgid "Mirroring for others"\nmsgstr "Andere beherbergen"\n`)
  await press.wp('i18n', 'make-mo', po)
  await press.wp('plugin', 'activate', 'dgos')
  const say = () => press.wp('eval', `echo __( 'Mirroring for others', 'dgos' );`)
  assert.equal(await say(), 'Mirroring for others')
  const must = join(press.site, 'wp-content/mu-plugins')
  await mkdir(must, { recursive: true })
  await writeFile(join(must, 'german.php'), `<?php add_filter( 'locale', static fn () => 'de_DE' );`)
  assert.equal(await say(), 'Andere beherbergen')
})

test('the PHP of the plugin is indented with tabs, and prints nothing unescaped without saying why', async () => {
  for (const [name, code] of await phpFiles()) {
    for (const [i, line] of code.split('\n').entries()) {
      const place = `${name}:${i + 1}: ${line.trim().slice(0, 100)}`
      assert.doesNotMatch(line, /^ {4}/, `${place} (spaces)`)
      assert.doesNotMatch(line, /[ \t]+$/, `${place} (white space at the end)`)
      if (/^\s*(echo|print)\b/.test(line) || /\becho \$/.test(line)) assert.ok(isEscaped(line), place)
    }
    assert.match(code, /^<\?php\n/, name)
    if (loaders.includes(name)) continue
    assert.match(code, /defined\( '(ABSPATH|DGOS_PROTOCOL|WP_UNINSTALL_PLUGIN)' \) \|\| exit;/, `${name} runs alone`)
  }
})

/** Escaped, or text alone, or with the reason in a comment. */
function isEscaped(line: string): boolean {
  if (/phpcs:(ignore|disable) .*EscapeOutput/.test(line)) return true
  const bare = line.replaceAll(/'[^']*'/g, '').replaceAll(/\b(esc_\w+|wp_kses\w*|absint|\(int\))\s*\(?/g, 'safe(')
  return !/\$/.test(bare) || /safe\(/.test(bare)
}

async function phpFiles(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(plugin, { recursive: true })) as string[]
  const own = names.filter((name) => name.endsWith('.php') && !name.startsWith('tests/'))
  return new Map(
    await Promise.all(own.map(async (name) => [name, await readFile(join(plugin, name), 'utf8')] as const)),
  )
}

/** The call that begins at a place, with its closing bracket. */
function untilClosed(code: string, from: number): string {
  let depth = 0
  let quote = ''
  for (let i = code.indexOf('(', from); i < code.length; i++) {
    const at = code[i]!
    if (quote !== '') {
      if (at === '\\') i++
      else if (at === quote) quote = ''
    } else if (at === "'" || at === '"') quote = at
    else if (at === '(') depth++
    else if (at === ')' && --depth === 0) return code.slice(from, i + 1)
  }
  return code.slice(from)
}
