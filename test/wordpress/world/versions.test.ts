/**
 * The plugin in every WordPress that it promises to run in. Each version stands once on SQLite and once on MariaDB, one of
 * the two behind PHP's own server and the other behind nginx with php-fpm, turn by turn: every pair of version and database,
 * of version and server, and of database and server is there. The two protect themselves, shelter each other beside a
 * Node member, and then let the plugin go.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WordPressVersion } from '../../sites/wordpress-files.ts'
import { realComponent } from '../../support/real-component.ts'
import { BlogWorld } from '../blog-world.ts'
import { memberSite } from '../member-site.ts'
import { Network } from '../node-network.ts'
import { mariaDb } from './mariadb.ts'
import { began, calledAtOnce, letGo, lookedAround } from './owner.ts'
import { cameHome, protects, wrote } from './shelter.ts'

type Server = 'php' | 'nginx'
const pairs: readonly (readonly [WordPressVersion, Server, Server])[] = [
  ['current', 'nginx', 'php'],
  ['6.5', 'php', 'nginx'],
  ['6.2', 'nginx', 'php'],
  ['6.1', 'php', 'nginx'],
]
const needed = ['php', 'php-fpm8.2', 'nginx', 'mariadbd', 'mariadb-install-db']
const permalinks = '/%year%/%monthnum%/%postname%/'

for (const [version, onSqlite, onMariaDb] of pairs)
  test(`WordPress ${version}: a member on SQLite behind ${onSqlite}, and one on MariaDB behind ${onMariaDb}`, async (t) => {
    for (const component of needed) if (realComponent(t, component) === null) return
    const options = { version, permalinks, fast: true, loopback: true }
    const [net, ...sites] = await Promise.all([
      Network.start(t, 1),
      memberSite(t, { ...options, server: onSqlite }),
      mariaDb(t).then((mariaDb) => memberSite(t, { ...options, server: onMariaDb, mariaDb })),
    ])
    for (const site of sites) await net.admit(site)
    const [first, second] = sites.map((site) => new BlogWorld(net, site, permalinks)) as [BlogWorld, BlogWorld]
    for (const world of [first, second]) await began(world, version)
    assert.match(await second.site.eval('global $wpdb; echo $wpdb->db_server_info();'), /MariaDB/)
    await Promise.all([first, second].map((world) => world.enrol()))
    await Promise.all([protects(first, second), protects(second, first)])
    await t.test('what an author writes through the other comes back as it went in, and home once', async () => {
      const both = await Promise.all([wrote(first, second), wrote(second, first)])
      await Promise.all([cameHome(first, second, both[0]), cameHome(second, first, both[1])])
    })
    await t.test('every screen of the owner is whole', async () => {
      await Promise.all([lookedAround(first), lookedAround(second)])
    })
    await t.test('one of many calls at once does the work', async () => {
      await Promise.all([calledAtOnce(first), calledAtOnce(second)])
    })
    await t.test('without the plugin the blog goes on', async () => {
      await Promise.all([letGo(first), letGo(second)])
    })
  })

test('a database that nobody serves is an error, not a WordPress', async (t) => {
  if (realComponent(t, 'php') === null) return
  const nobody = memberSite(t, { permalinks, fast: true, loopback: true, mariaDb: '127.0.0.1:1' })
  await assert.rejects(nobody, /database/i)
})
