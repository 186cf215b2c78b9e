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
const { pluginFiles } = await import('../bundles/plugin-files.ts')
const assets = await pluginFiles()
if (words[0] === '--assets') writeAssets()
else await writeZip(resolve(words[0] ?? join(root, 'dist/dgos-wordpress.zip')))

function writeAssets() {
  mkdirSync(join(plugin, 'assets'), { recursive: true })
  for (const [name, bytes] of assets) writeFileSync(join(plugin, 'assets', name), bytes)
  console.log(`${assets.size} files built into ${join(plugin, 'assets')}`)
}

async function writeZip(path) {
  const { zipSync } = await import('fflate')
  const files = new Map()
  for (const entry of readdirSync(plugin, { recursive: true, withFileTypes: true })) {
    const name = join(entry.parentPath, entry.name).slice(plugin.length + 1)
    if (entry.isFile() && !notShipped.test(name)) files.set(name, readFileSync(join(plugin, name)))
  }
  for (const [name, bytes] of assets) files.set(`assets/${name}`, bytes)
  for (const name of ['kinds.json', 'walls.json'])
    files.set(`includes/protocol/${name}`, readFileSync(join(root, 'protocol', name)))
  files.set('license.txt', readFileSync(join(root, 'LICENSE')))
  const entries = [...files.keys()].sort().map((name) => [`dgos/${name}`, new Uint8Array(files.get(name))])
  // A zip bears times without a zone: the first that it can say, as this machine's own clock would show it.
  const zip = zipSync(Object.fromEntries(entries), { level: 9, mtime: new Date(1980, 0, 1) })
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, zip)
  console.log(
    `${path}: ${entries.length} files, ${zip.length} bytes, sha256 ${createHash('sha256').update(zip).digest('hex')}`,
  )
}
