import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freshWordPress } from '../sites/wordpress.ts'
import { run } from '../sites/workshop.ts'
import { realComponent } from '../support/real-component.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { openAdmin, shoot } from './admin.ts'
import { hasPhp } from './php.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const build = (path: string) => run(process.execPath, [join(root, 'server/bin/build-wordpress.js'), path], root)

test('the zip is the same bytes each time, whole and without tests, and installs through the admin screen without a notice', async (t) => {
  if (!hasPhp()) return t.skip('php is not installed')
  if (realComponent(t, 'chromium') === null) return
  const dir = await temporaryFolder(t, 'zip')
  const [zip, again] = [join(dir, 'dgos-wordpress.zip'), join(dir, 'again.zip')]
  t.diagnostic((await build(zip)).trim())
  await build(again)
  assert.ok((await readFile(zip)).equals(await readFile(again)), 'two builds of one tree differ')

  const press = await freshWordPress(t)
  const log = join(press.dir, 'debug.log')
  await press.wp('config', 'set', 'WP_DEBUG', 'true', '--raw')
  await press.wp('config', 'set', 'WP_DEBUG_LOG', log)
  await press.wp('config', 'set', 'WP_DEBUG_DISPLAY', 'true', '--raw')
  await press.serve()
  const page = await openAdmin(t, press.url)
  await page.goto(`${press.url}/wp-admin/plugin-install.php?tab=upload`)
  await page.setInputFiles('#pluginzip', zip)
  await Promise.all([page.waitForURL(/action=upload-plugin/), page.click('#install-plugin-submit')])
  assert.match(await page.innerText('.wrap'), /Plugin installed successfully/)
  await Promise.all([page.waitForURL(/plugins\.php/), page.click('text=Activate Plugin')])
  assert.match(await page.innerText('#message'), /Plugin activated/)
  await shoot(page, 'activated')
  await page.goto(`${press.url}/wp-admin/admin.php?page=dgos`)
  assert.match(await page.innerText('.wrap h1'), /DGOS/)
  for (const path of ['', 'wp-admin/', 'wp-admin/site-health.php', 'wp-json/dgos/v1/ping']) {
    const answer = await page.goto(`${press.url}/${path}`)
    assert.ok(answer!.status() < 500, path)
  }
  const said = existsSync(log)
    ? (await readFile(log, 'utf8')).split('\n').filter((line) => /plugins\/dgos|dgos_/i.test(line))
    : []
  assert.deepEqual(said, [], 'notices of the plugin')

  const installed = join(press.site, 'wp-content/plugins/dgos')
  assert.ok(!existsSync(join(installed, 'tests')))
  for (const name of [
    'dgos.php',
    'includes/protocol/kinds.json',
    'includes/protocol/walls.json',
    'assets/beacon.js',
    'assets/form.html',
    'assets/dgos-sw.js',
    'assets/kit.html',
    'license.txt',
  ]) {
    assert.ok(existsSync(join(installed, name)), name)
  }
})

test('a misspelt option builds nothing', async (t) => {
  const dir = await temporaryFolder(t, 'zip')
  await assert.rejects(build('--asets'), /Not an option: --asets/)
  assert.ok(!existsSync(join(dir, 'dgos-wordpress.zip')))
})
