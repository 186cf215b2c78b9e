/** Every step of the kit for bad days, walked through on members: what is signed is taken, and means what the step says. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyPair } from '../../activation/doors/enrol.ts'
import type { Answers, Done, Situation } from '../../activation/doors/kit/bad-day-step.ts'
import { steps } from '../../activation/doors/kit/bad-day-steps.ts'
import { openVault } from '../../activation/doors/vault.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { currentHead } from '../../protocol/heads.ts'
import { delegated, keyRolesOf } from '../../protocol/key-roles.ts'
import type { Key } from '../../protocol/objects.ts'
import { shownPosts } from '../../protocol/posts.ts'
import { sha256, signerOf } from '../support/small-network.ts'
import { FormMembers, passphrase as oldPassphrase } from './form-members.ts'

const stranger = signerOf('stranger')
const recovery = signerOf('ana recovery')
const posting = signerOf('ana posting')

async function network(t: { after(end: () => Promise<void>): void }) {
  const net = await FormMembers.create(t, 2)
  return net
}

async function situation(net: FormMembers): Promise<Situation> {
  const blog = await net.members[0]!.ledger.blog(net.blog.id)
  return { blog, roles: keyRolesOf(blog)!, own: posting.key, nowMs: Date.now() }
}

type Given = Partial<Omit<Answers, 'value'>> & { readonly values?: Readonly<Record<string, string>> }

async function run(net: FormMembers, name: string, { values = {}, ...given }: Given = {}) {
  const answers = { value: (id: string) => values[id] ?? '', recovery, posting, member: async () => null, ...given }
  const at = await situation(net)
  assert.ok(steps[name]!.fields(at).every((field) => field.label !== ''))
  return steps[name]!.run(at, answers)
}

/** Signed, and taken by the member. */
async function taken(net: FormMembers, name: string, given: Given = {}): Promise<Done> {
  const done = await run(net, name, given)
  assert.ok(done.ok, JSON.stringify(done))
  const answers = await net.members[0]!.ledger.accept(
    done.value.objects.map((object) => object.envelope),
    'author',
  )
  assert.deepEqual(
    answers.filter((answer) => answer.result !== 'stored'),
    [],
  )
  return done.value
}

async function root(net: FormMembers) {
  return (await situation(net)).roles.chain.current.payload
}

async function post(net: FormMembers, title: string, prevs: readonly string[] = [], by = 'posting') {
  const fields = { blog: net.blog.id, time: Date.now(), draft: title.padEnd(64, '0').replace(/[^0-9a-f]/g, '0') }
  const text = { title, html: '<p>x</p>', direction: 'ltr' as const, attachments: [], published: Date.now(), prevs }
  const object = await net.blog.add('post', by, { ...fields, ...text })
  const [answer] = await net.members[0]!.ledger.accept([object.envelope], 'author')
  assert.equal(answer!.result, 'stored', JSON.stringify(answer))
  return object
}

test('a stolen kit: the new key speaks, the old one ends, and of its posts the good ones stay', async (t) => {
  const net = await network(t)
  const good = await post(net, 'mine')
  await post(net, 'not mine', [good.id])
  const done = await taken(net, 'key', { posting: null, values: { ends: 'own', good: good.id } })
  const now = await root(net)
  assert.deepEqual(
    now.posting.map((posting) => posting.key),
    [done.fresh!.pair.signer.key],
  )
  assert.ok((await situation(net)).roles.revoked.has(posting.key))
  const { blog, nowMs } = await situation(net)
  assert.deepEqual(
    shownPosts(blog, nowMs).map((post) => post.current.payload.title),
    ['mine'],
  )
  assert.notEqual(currentHead(blog, nowMs), null, 'mirrors are not left without a list')
  assert.match(done.fresh!.passphrase, /^(\w+ ){8}\w+$/)
  assert.equal(done.formPassphrase, done.fresh!.passphrase.split(' ').slice(0, 6).join(' '), 'one line for both')
})

/** Passphrases of the form that open a key which may post now. */
async function opensForm(net: FormMembers, passphrase: string): Promise<boolean> {
  const { roles, nowMs } = await situation(net)
  const vaults = [...roles.delegations.values()].filter(({ payload }) => delegated(roles, payload.to, 'post', nowMs))
  const opened = await Promise.all(vaults.map(({ payload }) => openVault(payload.vault!, passphrase, {})))
  return opened.some(({ ok }) => ok)
}

test('a new key for the kit is a new one for the form too, and what the form posted before stays', async (t) => {
  const net = await network(t)
  await post(net, 'by the form', [], 'outage')
  const done = await taken(net, 'key', { posting: null, values: { ends: 'own' } })
  assert.equal(await opensForm(net, done.formPassphrase!), true)
  assert.equal(await opensForm(net, oldPassphrase), false)
  const { blog, nowMs } = await situation(net)
  assert.deepEqual(
    shownPosts(blog, nowMs).map(({ current }) => current.payload.title),
    ['by the form'],
  )
})

test('one more device ends nothing: the form keeps its passphrase', async (t) => {
  const net = await network(t)
  const done = await taken(net, 'key', { values: { ends: 'none' } })
  assert.equal(done.formPassphrase, undefined)
  assert.equal(await opensForm(net, oldPassphrase), true)
})

test('a key that ends takes along what it delegated, and its word on the outage: the step says so by name', async (t) => {
  const net = await network(t)
  const fields = { to: stranger.key, may: ['post' as const], until: Date.now() + 1e9, time: Date.now(), name: 'my app' }
  const door = await net.blog.add('delegation', 'posting', fields)
  for (const { ledger } of net.members) await ledger.accept([door.envelope], 'author')
  const phone = keyPair(sha256(utf8('phone')))
  await taken(net, 'device', { values: { 'device-key': phone.signer.key } })
  const done = await taken(net, 'end', { posting: phone.signer, values: { ended: posting.key } })
  assert.match(done.text, /my app/)
  assert.match(done.text, /word that your blog is down/)
  assert.equal(await opensForm(net, done.formPassphrase!), true)
  assert.equal(await opensForm(net, oldPassphrase), false)
})

test('a forgotten passphrase while down: posts stay, and the new key says again that the blog is down', async (t) => {
  const net = await network(t)
  await post(net, 'before')
  await taken(net, 'key', { values: { ends: 'own', again: 'yes' } })
  const { blog, nowMs } = await situation(net)
  assert.equal(shownPosts(blog, nowMs).length, 1)
  assert.equal((await net.members[0]!.ledger.state(net.blog.id)).state, 'down')
})

test('a second device joins with a key of its own, or one that it has made itself; nothing ends', async (t) => {
  const net = await network(t)
  const done = await taken(net, 'key', { values: { ends: 'none' } })
  const phone = keyPair(sha256(utf8('phone'))).signer.key
  await taken(net, 'device', { values: { 'device-key': phone, 'device-name': 'phone' } })
  assert.deepEqual(
    (await root(net)).posting.map((posting) => posting.key),
    [posting.key, done.fresh!.pair.signer.key, phone],
  )
  const refused = await run(net, 'device', { values: { 'device-key': 'no key' } })
  assert.equal(refused.ok, false)
})

test("a device's key, a delegated one and the server's end for good; the only posting key is replaced, not ended", async (t) => {
  const net = await network(t)
  const only = await run(net, 'end', { values: { ended: posting.key } })
  assert.equal(only.ok ? null : only.code, 'NOT_ALLOWED')
  const phone = keyPair(sha256(utf8('phone'))).signer.key
  await taken(net, 'device', { values: { 'device-key': phone } })
  await taken(net, 'end', { values: { ended: phone, good: 'none' } })
  await taken(net, 'end', { recovery: null, values: { ended: signerOf('outage').key } })
  await taken(net, 'end', { values: { ended: signerOf('ana online').key } })
  const { roles } = await situation(net)
  for (const key of [phone, signerOf('outage').key, signerOf('ana online').key]) assert.ok(roles.revoked.has(key))
  assert.equal((await root(net)).online, undefined)
})

test("the form's passphrase is replaced: the new one opens the new key, the old key ends", async (t) => {
  const net = await network(t)
  const { formPassphrase } = await taken(net, 'outage', { recovery: null })
  const { roles } = await situation(net)
  assert.ok(roles.revoked.has(signerOf('outage').key))
  const fresh = [...roles.delegations.values()].filter((delegation) => !roles.revoked.has(delegation.payload.to))
  const [vault] = fresh.flatMap((entry) => entry.payload.vault ?? [])
  assert.equal((await openVault(vault!, formPassphrase!, {})).ok, true)
  const locked = await run(net, 'outage', { posting: null })
  assert.equal(locked.ok, false)
})

test('a host broken into: down, what it signed since is set aside, and the copy from before is shown', async (t) => {
  const net = await network(t)
  const since = new Date(Date.now() - 1000).toISOString()
  await taken(net, 'host', { recovery: null, values: { since, 'show-copy': 'a'.repeat(64) } })
  const { declaration } = await net.members[0]!.ledger.state(net.blog.id)
  assert.deepEqual([declaration!.payload.distrustSince, declaration!.payload.show], [Date.parse(since), 'a'.repeat(64)])
  for (const values of [{ since: 'yesterday' }, { since: '2999-01-01T00:00' }, { since, 'show-copy': 'newest' }])
    assert.equal((await run(net, 'host', { values })).ok, false, JSON.stringify(values))
})

test("the blog's server gets a new key, and loses it", async (t) => {
  const net = await network(t)
  const { key } = signerOf('new host')
  await taken(net, 'online', { values: { 'online-key': key } })
  assert.equal((await root(net)).online, key)
  await taken(net, 'online', { values: { 'online-key': '' } })
  assert.equal((await root(net)).online, undefined)
  assert.equal((await run(net, 'online', { values: { 'online-key': 'abc' } })).ok, false)
})

test('a steward is named, and the bad one before ends', async (t) => {
  const net = await network(t)
  const who = (key: Key) => ({ member: async () => key })
  await taken(net, 'steward', { ...who(signerOf('m0').key), values: { 'steward-url': 'm0.example' } })
  await taken(net, 'steward', {
    ...who(signerOf('m1').key),
    values: { 'steward-url': 'https://m1.example/', 'steward-bad': 'yes' },
  })
  assert.deepEqual((await root(net)).signers, [signerOf('m1').key])
  assert.ok((await situation(net)).roles.revoked.has(signerOf('m0').key))
  assert.equal((await run(net, 'steward', { values: { 'steward-url': 'nobody.example' } })).ok, false)
})

test('the blog moves, and gives up a lapsed domain; never the only address', async (t) => {
  const net = await network(t)
  const only = await run(net, 'drop', { values: { 'old-address': 'https://ana.example/' } })
  assert.equal(only.ok, false)
  const moved = await taken(net, 'move', { values: { 'new-address': 'new.example' } })
  assert.deepEqual(moved.addresses, ['https://new.example/', 'https://ana.example/'])
  assert.match(moved.text, new RegExp(`content="${net.blog.id}"`))
  await taken(net, 'drop', { values: { 'old-address': 'https://ana.example/' } })
  assert.deepEqual((await root(net)).addresses, ['https://new.example/'])
  assert.equal((await run(net, 'move', { values: { 'new-address': 'ftp://x y/' } })).ok, false)
})

test('the blog leaves for good, when it is meant; no root follows', async (t) => {
  const net = await network(t)
  assert.equal((await run(net, 'close', { values: { leave: '' } })).ok, false)
  await taken(net, 'close', { values: { leave: 'leave' } })
  assert.equal((await root(net)).closed, true)
  const after = await run(net, 'move', { values: { 'new-address': 'https://new.example/' } })
  assert.equal(after.ok ? null : after.code, 'BLOG_CLOSED')
})

test('a sheet is known for what it is; words of another blog sign nothing', async (t) => {
  const net = await network(t)
  const right = await run(net, 'sheet')
  assert.equal(right.ok && right.value.text, 'Right: this is sheet 1 of this blog.')
  assert.equal((await run(net, 'sheet', { recovery: stranger })).ok, false)
  for (const name of ['key', 'device', 'online', 'move', 'close']) {
    const values = { 'device-key': stranger.key, 'new-address': 'https://x.example/', leave: 'leave' }
    const refused = await run(net, name, { recovery: stranger, values })
    assert.equal(refused.ok ? null : refused.code, 'NOT_ALLOWED', name)
  }
})
