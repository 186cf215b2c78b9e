import assert from 'node:assert/strict'
import test from 'node:test'
import { makeKeys, makeOutageDelegation, makeRoot } from '../../activation/doors/enrol.ts'
import { openVault, sealVault } from '../../activation/doors/vault.ts'
import { formPartOf, isKitPhrase, newKitPhrase, newPassphrase, words } from '../../activation/doors/wordlist.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { seededRandom } from '../../lib/random.ts'
import { open } from '../../protocol/envelope.ts'
import { badField } from '../../protocol/kinds.ts'

const random = seededRandom('vault')
const quick = { n: 1024, r: 8, p: 1 }

test('a vault opens under its passphrase only, however it is spaced or capitalised', async () => {
  const seed = random.bytes(32)
  const vault = await sealVault(seed, 'correct horse battery staple', random, quick)
  assert.deepEqual(await openVault(vault, '  Correct  horse-battery staple'), { ok: true, seed })
  assert.deepEqual(await openVault(vault, 'correct horse battery stable'), { ok: false, reason: 'wrong-passphrase' })
})

test('a damaged vault is not taken for a wrong passphrase', async () => {
  const vault = await sealVault(random.bytes(32), 'words', random, quick)
  const damaged = { ...vault, sealed: `${vault.sealed.slice(0, -2)}${vault.sealed.endsWith('00') ? '01' : '00'}` }
  assert.deepEqual(await openVault(damaged, 'words'), { ok: false, reason: 'damaged' })
  assert.deepEqual(await openVault({ ...vault, n: 1048576, r: 16 }, 'words'), { ok: false, reason: 'damaged' })
  assert.deepEqual(await openVault({ ...vault, n: 1025 }, 'words'), { ok: false, reason: 'damaged' })
})

test('the real cost works, tells its progress and keeps the event loop alive', async () => {
  const seed = random.bytes(32)
  const vault = await sealVault(seed, 'words', random)
  const parts: number[] = []
  let turns = 0
  let over = false
  const turn = () => {
    turns++
    if (!over) setImmediate(turn)
  }
  setImmediate(turn)
  const opened = await openVault(vault, 'words', { onProgress: (part) => parts.push(part) })
  over = true
  assert.deepEqual(opened, { ok: true, seed })
  assert.ok(parts.length > 10 && parts.at(-1) === 1)
  assert.ok(turns > 3, `${turns} turns`)
})

test('generated passphrases are six of at least 1296 distinct short words', () => {
  assert.ok(words.length >= 1296)
  assert.equal(new Set(words).size, words.length)
  assert.ok(words.every((word) => /^[a-z]{2,8}$/.test(word)))
  assert.match(newPassphrase(random), /^([a-z]+ ){5}[a-z]+$/)
  assert.notEqual(newPassphrase(random), newPassphrase(random))
  const line = newKitPhrase(random)
  assert.match(line, /^([a-z]+ ){8}[a-z]+$/)
  assert.equal(formPartOf(line), line.split(' ').slice(0, 6).join(' '))
  assert.deepEqual([line, formPartOf(line)].map(isKitPhrase), [true, false])
})

test('enrolling gives a root and a delegation that every member opens', async () => {
  const keys = makeKeys(random)
  const { sha256 } = nodePlatform
  const network = 'ab'.repeat(32)
  const root = await makeRoot(
    {
      network,
      time: 1,
      title: 'Ana',
      addresses: ['https://ana.example/'],
      recovery: keys.recovery.map((recovery) => recovery.signer.key),
      posting: [{ key: keys.posting.signer.key, name: 'laptop' }],
      online: keys.online.signer.key,
      signers: [],
    },
    keys.recovery[0]!.signer,
    sha256,
  )
  const vault = await sealVault(keys.outage.seed, 'words', random, quick)
  const options = { network, blog: root.id, time: 2, outageKey: keys.outage.signer.key, vault, mayDeclare: true }
  const delegation = await makeOutageDelegation(options, keys.posting.signer, sha256)
  assert.equal(badField('delegation', delegation.payload as never), null)
  for (const object of [root, delegation]) assert.equal((await open(object.envelope, nodePlatform)).ok, true)
  assert.deepEqual(delegation.payload.may, ['post', 'declaration'])
})
