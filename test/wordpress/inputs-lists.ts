/** Generated questions about lists between members: reconciliation and outage lists. */
import { nodePlatform, nodeSigner } from '../../lib/platform.ts'
import { encodeBase64 } from '../../protocol/base64.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { signedBytes } from '../../protocol/envelope.ts'
import { addressHash, type OutageEntry, outagesType, sealList } from '../../protocol/outage-list.ts'
import { answer, firstMessage } from '../../protocol/reconcile.ts'
import { type Dice, spoiled } from './dice.ts'
import type { Question } from './inputs-bytes.ts'

const { sha256 } = nodePlatform
const nowMs = 1_800_000_000_000
const network = '9'.repeat(64)
const signers = ['1', '2', '3'].map((seed) => nodeSigner(sha256(utf8(seed))))

export function listQuestion(dice: Dice): Question | Promise<Question> {
  return dice.once(2) ? reconcileQuestion(dice) : outagesQuestion(dice)
}

/** Two sets that differ, some messages into their talk. */
function reconcileQuestion(dice: Dice): Question {
  const common = Array.from({ length: dice.one([0, 3, 30, 100, 600]) }, () => dice.hash())
  const more = () => [...common, ...Array.from({ length: dice.below(40) }, () => dice.hash())].sort()
  const [mine, theirs] = [more(), more()]
  if (dice.once(6)) return { rule: 'fingerprint', input: { ids: mine } }
  if (dice.once(6)) return { rule: 'reconcile', input: { ids: mine } }
  let message = firstMessage(theirs, sha256)
  for (let left = dice.below(3); left > 0; left--) {
    message = answer(mine, message, sha256).reply
    message = answer(theirs, message, sha256).reply
  }
  const wrong = dice.once(3) ? JSON.parse(safe(dice, JSON.stringify(message))) : message
  return { rule: 'reconcile', input: { ids: mine, message: wrong } }
}

/** The text with a few places changed, where it is still JSON. */
function safe(dice: Dice, text: string): string {
  for (let tries = 0; tries < 5; tries++) {
    const other = spoiled(dice, text, ['f', '0', ',', '""', '{}', 'null', '1', '"fp":"",'])
    try {
      JSON.parse(other)
      return other
    } catch {} // not JSON: another try
  }
  return text
}

const hosts = ['example.org', 'example.org/~ana', 'a.example']

async function outageList(dice: Dice): Promise<unknown> {
  const [signer, keys] = [dice.one(signers), ['a', 'b', 'c'].map((letter) => letter.repeat(64))]
  const mirrors = () => dice.some(keys, 2).map((key) => ({ key, url: `https://${key[0]}.example/` }))
  const entries = (dice.once(3) ? dice.some(hosts) : hosts).map((host) => ({
    address: addressHash(host, sha256),
    blog: (dice.once(6) ? '4' : '5').repeat(64),
    declaration: (dice.once(6) ? '6' : '7').repeat(32),
    state: dice.once(4) ? dice.one(['disputed', 'returning', 'exercise'] as const) : 'down',
    mirrors: mirrors(),
  })) as OutageEntry[]
  const time = nowMs + dice.one([0, 0, 0, 0, 0, 14, 16, -14, -16]) * 60_000
  const bucket = entries.length === 0 ? dice.one(['all', 'split', 'pins']) : dice.one(['all', '0f'])
  const rows = bucket === 'pins' ? mirrors().map((mirror) => ({ ...mirror, operator: keys[0]! })) : []
  const where = dice.once(20) ? '8'.repeat(64) : network
  const list = await sealList({ network: where, time, bucket, entries, members: rows }, signer)
  if (!dice.once(4)) return list
  if (dice.once(3)) return JSON.parse(safe(dice, JSON.stringify(list)))
  const text = Buffer.from(list.payload, 'base64').toString('utf8')
  const pieces = ['-', ' ', '0', '1', 'd', '"x":[],', '1.0', 'e3', '"time":1,', '\\u0041']
  const bytes = utf8(spoiled(dice, text, pieces))
  const sig = encodeBase64(await signer.sign(signedBytes(outagesType, bytes)))
  return { payload: encodeBase64(bytes), payloadType: outagesType, signatures: [{ keyid: signer.key, sig }] }
}

async function outagesQuestion(dice: Dice): Promise<Question> {
  const keys = dice.once(3) ? null : dice.some(signers.map((signer) => signer.key))
  const trust = { network, keys, nowMs }
  if (dice.once(2)) return { rule: 'outages', input: { list: await outageList(dice), trust } }
  const lists = [await outageList(dice), await outageList(dice), await outageList(dice)]
  return {
    rule: 'outages-agreed',
    input: { lists, trust: { ...trust, keys: null }, address: addressHash(dice.one(hosts), sha256) },
  }
}
