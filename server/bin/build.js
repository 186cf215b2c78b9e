// `npm run build`: the program as JavaScript in dist/ (or the folder named), a package of its own. Node runs .ts only
// outside node_modules, so packages and containers ship this.
import './require-node.js'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const out = resolve(process.argv[2] ?? join(root, 'dist'))
const folders = ['protocol', 'lib', 'ledger', 'mirror', 'network', 'activation', 'naming', 'server']

rmSync(out, { recursive: true, force: true })
compile()
copyWhatIsNotCompiled()
await bundleForBrowsers()
writePackage()
console.log(`Built into ${out}`)

function compile() {
  const tsc = join(root, 'node_modules/.bin/tsc')
  const run = spawnSync(tsc, ['-p', 'tsconfig.build.json', '--outDir', out], { cwd: root, stdio: 'inherit' })
  if (run.status !== 0) process.exit(run.status ?? 1)
}

/** Plain JavaScript, JSON, styles and pages go as they are. */
function copyWhatIsNotCompiled() {
  for (const folder of folders) {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      const isSource = /\.ts$|(^|\/)\.|^vectors(\/|$)/.test(name) || !/\.[a-z0-9]+$/.test(name)
      if (!isSource) cpSync(join(root, folder, name), join(out, folder, name), { recursive: true })
    }
  }
  for (const name of ['LICENSE', 'README.md']) {
    if (existsSync(join(root, name))) cpSync(join(root, name), join(out, name))
  }
}

/** What members serve to browsers, so that a package needs no bundler: in `server/built`, where the server looks first. */
async function bundleForBrowsers() {
  const { allBrowserFiles } = await import('../bundles/browser-files.ts')
  mkdirSync(join(out, 'server/built'), { recursive: true })
  for (const { name, bytes, integrity } of await allBrowserFiles()) {
    writeFileSync(join(out, 'server/built', name), bytes)
    console.log(`${name} ${bytes.length} bytes, gzip ${gzipSync(bytes, { level: 9 }).length}, ${integrity}`)
  }
}

/** Without what only development needs. A host brings its own Node: `require-node.js` says so where it is too old. */
function writePackage() {
  const { name, version, description, license, type, engines, bin, dependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  )
  const whole = { name, version, description, license, type, engines, bin, dependencies }
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(whole, null, 2)}\n`)
}
