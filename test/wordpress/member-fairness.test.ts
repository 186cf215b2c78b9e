/** What a WordPress member asks of other mirrors, and how many blogs a sponsor may bring to it. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { type TestContext, test } from 'node:test'
import { overQuota, type SponsoredBlog } from '../../network/quotas.ts'
import { listen } from '../sites/workshop.ts'
import { diceOf } from './dice.ts'
import { memberSite } from './member-site.ts'
import { hasPhp } from './php.ts'

const skip = hasPhp() || process.env.CI === 'true' ? false : 'php is missing'
const bytes = 'the bytes of a copy, long enough to ask for a part of them'
const key = 'cd'.repeat(32)

type Question = { readonly blob: string; readonly from: number; readonly to: number; readonly nonce: string }
type Answer = (question: Question) => { readonly status: number; readonly hash: string } | null

/** A mirror that answers audits as the test says; null: it takes the connection and says nothing. */
async function mirror(t: TestContext) {
  const found = { url: '', answer: (() => null) as Answer, asked: [] as Question[] }
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (part) => {
      text += part
    })
    request.on('end', () => {
      const question = JSON.parse(text) as Question
      found.asked.push(question)
      const answer = found.answer(question)
      if (answer !== null) response.writeHead(answer.status).end(JSON.stringify({ hash: answer.hash }))
    })
  })
  found.url = await listen(server)
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return found
}

const honest: Answer = ({ from, to, nonce }) => {
  const part = Buffer.from(bytes).subarray(from, to)
  return { status: 200, hash: createHash('sha256').update(Buffer.from(nonce, 'hex')).update(part).digest('hex') }
}

test('a WordPress member leaves a mirror out of its lists that three times cannot prove its copy, and takes it back', {
  skip,
}, async (t) => {
  const site = await memberSite(t, { permalinks: '', fast: false, loopback: true })
  const other = await mirror(t)
  const blob = await site.eval(`echo DGOS_Plugin::instance()->blobs()->put( '${bytes}' );`)
  const ask = async (blobAsked = blob) => {
    const member = `(object) array( 'id' => '${key}', 'url' => '${other.url}' )`
    const code = `$a = DGOS_Plugin::instance()->audits(); DGOS_Plugin::instance()->deadline()->set( DGOS_Plugin::instance()->clock()->running_ms() + 900 );
      echo wp_json_encode( array( $a->ask( ${member}, '${blobAsked}' ), $a->is_trusted( '${key}' ) ) );`
    return JSON.parse(await site.eval(code)) as [boolean | null, boolean]
  }
  other.answer = honest
  assert.deepEqual(await ask(), [true, true])
  const [{ from, to, nonce }] = other.asked as [Question]
  assert.ok(from >= 0 && to > from && to <= bytes.length && /^[0-9a-f]{64}$/.test(nonce))

  other.answer = () => ({ status: 200, hash: 'ab'.repeat(32) })
  assert.deepEqual(await ask(), [false, true])
  other.answer = () => ({ status: 404, hash: '' })
  assert.deepEqual(await ask(), [false, true])
  other.answer = () => ({ status: 500, hash: '' })
  assert.deepEqual(await ask(), [null, true], 'an ill mirror has not failed')
  other.answer = () => null
  assert.deepEqual(await ask(), [null, true], 'nor has a silent one')
  other.answer = () => ({ status: 200, hash: 'ab'.repeat(32) })
  assert.deepEqual(await ask(), [false, false])
  assert.deepEqual(await ask('ef'.repeat(32)), [null, false], 'what is not here cannot be asked for')
  other.answer = honest
  assert.deepEqual(await ask(), [true, true])
  const nonces = new Set(other.asked.map((asked) => asked.nonce))
  assert.equal(nonces.size, other.asked.length, 'no nonce comes twice')
})

test('WordPress and Node members grant sponsors the same blogs', { skip }, async (t) => {
  const site = await memberSite(t, { permalinks: '', fast: false, loopback: true })
  const dice = diceOf('sponsors')
  const sponsors = ['ana', 'ben', 'cleo', 'dora']
  const networks: SponsoredBlog[][] = Array.from({ length: 60 }, () =>
    Array.from({ length: dice.below(40) }, (_, i) => ({
      blog: `${dice.one(['1e', '10', 'b'])}${i}`, // PHP would take some of them for numbers
      since: dice.below(5),
      sponsor: dice.one(sponsors),
      mirrors: sponsors.filter(() => dice.once(2)),
    })),
  )
  const json = Buffer.from(JSON.stringify(networks)).toString('base64')
  const code = `foreach ( json_decode( base64_decode( '${json}' ), true ) as $blogs ) { $over = array_map( 'strval', array_keys( DGOS_Quotas::over( $blogs, 3 ) ) ); sort( $over, SORT_STRING ); $all[] = $over; } echo wp_json_encode( $all );`
  const found = JSON.parse(await site.eval(code)) as string[][]
  const wanted = networks.map((blogs) => [...overQuota(blogs, 3)].sort())
  assert.deepEqual(found, wanted)
  assert.ok(wanted.flat().length > 50, 'some are over')
  assert.ok(
    wanted.some((hashes) => hashes.length === 0),
    'some are not',
  )
})
