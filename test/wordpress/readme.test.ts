/** The plugin's page on wordpress.org is made of readme.txt: its rules, and that it says what dgos.php says. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { unpacked } from '../sites/workshop.ts'
import { plugin } from './php.ts'

const sections = [
  'Description',
  'Installation',
  'Frequently Asked Questions',
  'External services',
  'Privacy',
  'Changelog',
]

type Readme = {
  readonly name: string
  readonly fields: ReadonlyMap<string, string>
  readonly short: string
  readonly sections: ReadonlyMap<string, string>
}

/** As wordpress.org's own parser reads it: title, fields up to the first empty line, one line, sections. */
function parse(text: string): Readme {
  const [head = '', ...rest] = text.split(/^== (?=[^=])/m)
  const [top = '', short = ''] = head.trim().split(/\n\n/)
  const [title = '', ...fields] = top.split('\n')
  return {
    name: /^=== (.+) ===$/.exec(title)?.[1] ?? '',
    fields: new Map(fields.map((line) => [line.split(':', 1)[0]!, line.slice(line.indexOf(':') + 1).trim()])),
    short,
    sections: new Map(
      rest.map((section) => [section.slice(0, section.indexOf(' ==')), section.slice(section.indexOf('\n')).trim()]),
    ),
  }
}

async function headerOf(): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(plugin, 'dgos.php'), 'utf8')
  return new Map([...text.matchAll(/^ \* ([A-Z][A-Za-z ]+): +(.+)$/gm)].map(([, name, value]) => [name!, value!]))
}

test('readme.txt keeps to the rules of wordpress.org', async () => {
  const text = await readFile(join(plugin, 'readme.txt'), 'utf8')
  const readme = parse(text)
  assert.equal(readme.name, 'DGOS')
  assert.ok(readme.short.length > 0 && readme.short.length <= 150, `${readme.short.length} characters of 150`)
  assert.doesNotMatch(readme.short, /[*_`<>]/, 'no markup in the short description')
  assert.ok(!readme.short.includes('\n'), 'one line')
  const tags = readme.fields.get('Tags')!.split(', ')
  assert.ok(tags.length >= 1 && tags.length <= 5, 'more than five tags are ignored')
  for (const name of ['Contributors', 'Stable tag', 'License', 'License URI', 'Tested up to'])
    assert.ok(readme.fields.get(name), name)
  assert.match(readme.fields.get('Tested up to')!, /^\d+\.\d+$/, 'without the number of the patch')
  assert.match(readme.fields.get('Contributors')!, /^[a-z0-9]+(, [a-z0-9]+)*$/)
  assert.deepEqual([...readme.sections.keys()], sections)
  for (const [name, body] of readme.sections) assert.ok(body.length > 10, `${name} is empty`)
  assert.ok(Buffer.byteLength(text) < 20_000, 'a longer one is cut')
  const versions = [...readme.sections.get('Changelog')!.matchAll(/^= (\S+) =$/gm)].map((match) => match[1])
  assert.equal(versions[0], readme.fields.get('Stable tag'), 'the newest version stands first')
})

test('readme.txt and dgos.php say the same', async () => {
  const [text, header] = await Promise.all([readFile(join(plugin, 'readme.txt'), 'utf8'), headerOf()])
  const { name, fields, short } = parse(text)
  assert.equal(header.get('Plugin Name'), name)
  assert.equal(header.get('Description'), short)
  assert.equal(header.get('Version'), fields.get('Stable tag'))
  for (const same of ['Requires at least', 'Requires PHP', 'License', 'License URI'])
    assert.equal(header.get(same), fields.get(same), same)
  const code = await readFile(join(plugin, 'dgos.php'), 'utf8')
  assert.match(code, new RegExp(`define\\( 'DGOS_VERSION', '${fields.get('Stable tag')}' \\)`))
})

test('the WordPress up to which readme.txt is tested is the one that the tests run', async () => {
  const files = await unpacked('wp-studio', '1.22.0', 'package/dist/cli/wp-files')
  const code = await readFile(join(files, 'latest', 'wordpress', 'wp-includes', 'version.php'), 'utf8')
  const version = /\$wp_version = '(\d+\.\d+)/.exec(code)![1]
  assert.equal(parse(await readFile(join(plugin, 'readme.txt'), 'utf8')).fields.get('Tested up to'), version)
})

test('a readme without a section, or with a long first line, is seen', () => {
  const readme = parse(`=== X ===\nTags: a\n\n${'x'.repeat(151)}\n\n== Description ==\n\ntext`)
  assert.equal(readme.short.length, 151)
  assert.deepEqual([...readme.sections.keys()], ['Description'])
})
