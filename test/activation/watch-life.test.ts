import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fetchLife, lifeTimeMs } from '../../activation/watch/life.ts'
import { nodePlatform, nodeSigner } from '../../lib/platform.ts'
import { seededRandom } from '../../lib/random.ts'
import type { Web, WebAnswer } from '../../lib/web.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { seal } from '../../protocol/envelope.ts'
import type { Life } from '../../protocol/objects.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

const online = nodeSigner(new Uint8Array(32).fill(7))
const stranger = nodeSigner(new Uint8Array(32).fill(8))
const network = '11'.repeat(32)
const blog = '22'.repeat(32)
const address = 'https://ana.example/'

type Ways = { over?: Partial<Life>; signer?: typeof online; status?: number; lateMs?: number; text?: string }

/** Asks a blog that answers in the given way. */
async function ask({ over = {}, signer = online, status = 200, lateMs = 0, text }: Ways = {}) {
  const clock = new VirtualClock()
  const urls: string[] = []
  const web: Web = {
    async fetch({ url }): Promise<WebAnswer> {
      urls.push(url)
      const nonce = new URL(url).searchParams.get('nonce')!
      const fields = { network, time: clock.nowMs(), blog, address, nonce, ...over }
      const { envelope } = await seal('life', fields, signer, nodePlatform.sha256)
      await new Promise<void>((resolve) => clock.after(lateMs, resolve))
      return { ok: true, status, headers: {}, body: utf8(text ?? JSON.stringify(envelope)), url }
    },
  }
  const deps = { web, clock, random: seededRandom(1), platform: nodePlatform }
  const question = { network, blog, address, url: `${address}life?x=1`, online: online.key }
  const asked = fetchLife(deps, question, 'test')
  await clock.advance(lifeTimeMs + 1)
  return { life: await asked, urls }
}

test('a life signed for this nonce by the online key is taken', async () => {
  const { life, urls } = await ask()
  assert.notEqual(life, null)
  assert.match(urls[0]!, /^https:\/\/ana\.example\/life\?x=1&nonce=[0-9a-f]{64}$/)
})

test('an old nonce, another key, blog, address, network or time is no proof', async () => {
  const hash = '33'.repeat(32)
  const wrong: Ways[] = [
    { over: { nonce: hash } },
    { over: { blog: hash } },
    { over: { network: hash } },
    { over: { address: 'https://other.example/' } },
    { over: { time: 1 } },
    { signer: stranger },
    { status: 500 },
    { text: '' },
    { text: 'null' },
    { text: '{"payload":"x"}' },
  ]
  for (const ways of wrong) assert.equal((await ask(ways)).life, null, JSON.stringify(ways))
})

test('an answer after ten seconds is no proof', async () => {
  assert.notEqual((await ask({ lateMs: lifeTimeMs - 1 })).life, null)
  assert.equal((await ask({ lateMs: lifeTimeMs + 1 })).life, null)
})
