/** What vouchers make of a WordPress that joins: only those that count may make its place. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '../../lib/clock.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { systemRandom } from '../../lib/random.ts'
import { foundNetwork, vouch } from '../../network/founding.ts'
import { open } from '../../protocol/envelope.ts'
import { rosterOf } from '../../protocol/membership.ts'
import type { Envelope } from '../../protocol/objects.ts'
import { realComponent } from '../support/real-component.ts'
import { signerOf } from '../support/small-network.ts'
import { memberSite } from './member-site.ts'

const deps = { clock: systemClock, random: systemRandom, sha256: nodePlatform.sha256 }
const plugin = 'DGOS_Plugin::instance()'

test('a WordPress that one operator vouched for twice is a member, and mends a record that made it none', async (t) => {
  if (realComponent(t, 'php') === null) return
  const site = await memberSite(t, { permalinks: '/%postname%/', fast: true, loopback: true })
  const founders = ['o0', 'o1'].map((name) => signerOf(name).key)
  const network = await foundNetwork(deps, signerOf('o0'), { name: 'Twice', founders, loopback: true })
  const [member, operator] = (
    await site.eval(`$keys = ${plugin}->keys(); echo $keys->get( 'member' )->key, ' ', $keys->get( 'operator' )->key;`)
  ).split(' ') as [string, string]
  const place = { invited: member, operator, region: 'unknown', block: '10.0.0.0/16' }
  const vouchers = []
  for (const by of ['o0', 'o0', 'o1']) vouchers.push(await vouch(deps, network, signerOf(by), place))
  const known = { network: network.envelope, vouchers: vouchers.map((voucher) => voucher.envelope) }
  await writeFile(join(site.site, 'known.json'), JSON.stringify(known))

  const adopt = `$known = json_decode( file_get_contents( ABSPATH . 'known.json' ) ); $member = ${plugin}->membership();
$member->adopt( DGOS_Envelope::open( $known->network ), $known->vouchers );`
  assert.equal(await site.eval(`${adopt} var_export( $member->finish() );`), 'true')
  const view = async () => {
    const found = (await (await fetch(`${site.url}dgos/v1/members`)).json()) as { objects: Envelope[] }
    const opened = await Promise.all(found.objects.map((envelope) => open(envelope, nodePlatform)))
    const objects = opened.flatMap((result) => (result.ok ? [result.value] : []))
    return rosterOf(network, objects, Date.now(), nodePlatform.sha256).memberOf(member)
  }
  const first = await view()
  assert.equal(first?.standing, 'full')
  const named = first?.record.payload.vouchers ?? []
  const [entry, same, other] = vouchers.map((voucher) => named.includes(voucher.id))
  assert.deepEqual([named.length, entry !== same, other], [2, true, true], 'one voucher of each operator')

  const wrong = `$record = (array) ${plugin}->ledger()->roster()->member_of( '${member}' )->record->payload;
unset( $record['key'], $record['time'] ); $record['placement'] = str_repeat( 'ab', 32 ); ${plugin}->ledger()->publish( 'member', $record, 'member' );`
  await site.eval(wrong)
  assert.equal(await view(), null)
  assert.equal(await site.eval(`var_export( ${plugin}->membership()->keep() );`), 'true')
  assert.equal((await view())?.placement, first?.placement)
})
