/** A WordPress member whose clock was wrong: it works again as soon as the clock is right, and its owner hears of it. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { type TestContext, test } from 'node:test'
import { listen } from '../sites/workshop.ts'
import { hasPhp } from './php.ts'
import { SmallSite } from './small-site.ts'

const skip = hasPhp() || process.env.CI === 'true' ? false : 'php is missing'
const dayMs = 86_400_000

/** Another member, which tells the time in its answers and nothing else. */
async function teller(t: TestContext, nowMs: () => number) {
  const server = createServer((_, response) => {
    response.writeHead(200, { date: new Date(nowMs()).toUTCString(), 'content-type': 'application/json' }).end('{}')
  })
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return listen(server)
}

const missing = `array_column( $p->health_view()->missing(), 'words' )`

test('a clock that was ahead by ten days and is set back stops no work, no lock and no sender', { skip }, async (t) => {
  const small = await SmallSite.open(t, 3, (i) => `http://127.0.0.1:9/${i}/`)
  await small.enrol()
  const plan = `$r = $p->rates(); $m = $p->meta();
    $did = array( $p->wake()->called(), $m->lock( 'one', 60000 ), null !== $m->take( 'two', 60000 ), 0 === $r->take( '192.0.2.1', 3, 3 ) );
    echo wp_json_encode( array( $did, ${missing} ) );`
  await small.pass(10 * dayMs)
  const [ahead, before] = await small.run<[boolean[], string[]]>(plan)
  assert.deepEqual(ahead, [true, true, true, true])
  assert.doesNotMatch(before.join(), /clock/)

  await small.pass(-10 * dayMs)
  const [held, after] = await small.run<[boolean[], string[]]>(plan)
  assert.deepEqual(held.slice(1), [false, false, true], 'a lock lasts as long as it was taken for, and no longer')
  assert.match(after.join(), /The clock of this server was ahead by \d+ (week|day)s?, and has been set back/)
  await small.pass(60_000)
  const [free] = await small.run<[boolean[]]>(plan)
  assert.deepEqual(free, [true, true, true, true])
})

test('what is to end later ends as much earlier when the clock is set back, and what has no end stays', {
  skip,
}, async (t) => {
  const small = await SmallSite.open(t, 3, (i) => `http://127.0.0.1:9/${i}/`)
  await small.pass(5 * dayMs)
  await small.run(
    `$m = $p->meta(); $m->set( 'hour', 1, 3600000 ); $m->set( 'over', 1, -1 ); $m->set( 'ever', 1 ); echo wp_json_encode( $p->wake()->called() );`,
  )
  const known = `array( $p->meta()->get( 'hour' ), $p->meta()->get( 'over' ), $p->meta()->get( 'ever' ) )`
  await small.pass(-5 * dayMs)
  assert.deepEqual(await small.run(`$p->wake()->called(); echo wp_json_encode( ${known} );`), [1, null, 1])
  await small.pass(3_700_000)
  assert.deepEqual(await small.run(`echo wp_json_encode( ${known} );`), [null, null, 1])
})

test('health names a clock that two members do not agree with, and not for the word of one', { skip }, async (t) => {
  const apart = { ms: [-2 * 3_600_000, 0] as [number, number] }
  const now = { ms: 0 }
  const urls = [
    await teller(t, () => now.ms + apart.ms[0]),
    await teller(t, () => now.ms + apart.ms[1]),
    await teller(t, () => now.ms + apart.ms[0]),
  ]
  const small = await SmallSite.open(t, 3, (i) => urls[i]!)
  now.ms = small.nowMs
  await small.enrol()
  const ask = (at: readonly number[]) => {
    const calls = at.map((i) => `$p->peers()->post( '${urls[i]!}', 'dgos/v1/sync', array() );`)
    return small.run<string[]>(`${calls.join(' ')} echo wp_json_encode( ${missing} );`)
  }
  assert.doesNotMatch((await ask([0])).join(), /clock/, 'one alone may be wrong itself')
  assert.doesNotMatch((await ask([1])).join(), /clock/, 'one of two may be wrong itself')
  assert.match((await ask([2])).join(), /The clock of this server is ahead by 2 hours/)
  apart.ms = [0, 0]
  assert.doesNotMatch((await ask([0, 2])).join(), /clock/)
})
