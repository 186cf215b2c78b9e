// `npm run build:wordpress`: dist/dgos-wordpress.zip (or the file named), which WordPress installs as it is. The same tree
// gives the same bytes. With `--assets` only the browser files are built, into plugins/wordpress/assets: for working on the
// plugin from its folder.
import './require-node.js'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const plugin = join(root, 'plugins/wordpress')
const notShipped = /^(tests\/|DEVELOPING\.md$|generated\.ts$|node_modules\/)|(^|\/)\./
const words = process.argv.slice(2)
const unknown = words.find((word) => word.startsWith('-') && word !== '--assets')

if (unknown !== undefined || words.length > 1) {
  console.error(`Not an option: ${unknown ?? words[1]}\nUse: npm run build:wordpress [-- --assets | -- <file>.zip]`)
  process.exit(1)
}
const assets = await browserFiles()
if (words[0] === '--assets') writeAssets()
else await writeZip(resolve(words[0] ?? join(root, 'dist/dgos-wordpress.zip')))

/** What browsers get from this plugin, by name: the beacon and its parts, service worker, kit, form, and the check. */
async function browserFiles() {
  const { buildBeacon } = await import('../../embed-beacon/build.ts')
  const { pluginFormFiles } = await import('../bundles/form-files.ts')
  const { verifyFile } = await import('../bundles/verify-file.ts')
  const { kitFiles } = await import('../bundles/kit-files.ts')
  const files = new Map((await buildBeacon()).files.map((one) => [one.name, one.bytes]))
  for (const [name, bytes] of await pluginFormFiles()) files.set(name, bytes)
  files.set('verify.js', (await verifyFile()).bytes)
  files.set('kit.html', Buffer.from((await kitFiles()).program))
  return files
}

function writeAssets() {
  mkdirSync(join(plugin, 'assets'), { recursive: true })
  for (const [name, bytes] of assets) writeFileSync(join(plugin, 'assets', name), bytes)
  console.log(`${assets.size} files built into ${join(plugin, 'assets')}`)
}

async function writeZip(path) {
  const { zipOf } = await import('../cli/zip.ts')
  const files = new Map()
  for (const entry of readdirSync(plugin, { recursive: true, withFileTypes: true })) {
    const name = join(entry.parentPath, entry.name).slice(plugin.length + 1)
    if (entry.isFile() && !notShipped.test(name)) files.set(name, readFileSync(join(plugin, name)))
  }
  for (const [name, bytes] of assets) files.set(`assets/${name}`, bytes)
  files.set('includes/protocol/kinds.json', readFileSync(join(root, 'protocol/kinds.json')))
  files.set('license.txt', readFileSync(join(root, 'LICENSE')))
  const entries = [...files.keys()]
    .sort()
    .map((name) => ({ name: `dgos/${name}`, bytes: files.get(name), packed: true }))
  const zip = zipOf(entries, 0)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, zip)
  console.log(
    `${path}: ${entries.length} files, ${zip.length} bytes, sha256 ${createHash('sha256').update(zip).digest('hex')}`,
  )
}
