/** Bad days with keys, each walked through at the command line on a small network of whole members. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { recoveryWords, seedOfWords } from '../../activation/doors/recovery-words.ts'
import { openVault } from '../../activation/doors/vault.ts'
import { words } from '../../activation/doors/wordlist.ts'
import { fromHex, toHex, utf8 } from '../../protocol/bytes.ts'
import { seal } from '../../protocol/envelope.ts'
import { currentHead, headSigner } from '../../protocol/heads.ts'
import { keyRolesOf } from '../../protocol/key-roles.ts'
import type { Payloads } from '../../protocol/objects.ts'
import { shownPosts } from '../../protocol/posts.ts'
import { Author, address } from '../server/author.ts'
import { urlOf } from '../support/network-founding.ts'
import { sha256, signerOf } from '../support/small-network.ts'
import { ask } from '../support/whole-member.ts'
import vectors from './recovery-words.json' with { type: 'json' }

type Row = { role: string; key: string; here: boolean; name: string }

async function keysOf(author: Author, role: string): Promise<readonly string[]> {
  const { value } = await author.run(['blog', 'keys'])
  return (value!.keys as Row[]).filter((key) => key.role === role).map((key) => key.key)
}

async function rootOf(author: Author, blog: string, member = 0) {
  return keyRolesOf(await author.net.member(member).ledger.blog(blog))!.chain.current.payload
}

async function titles(author: Author, blog: string, member = 2): Promise<readonly string[]> {
  const known = await author.net.member(member).ledger.blog(blog)
  return shownPosts(known, author.net.clock.nowMs())
    .filter((post) => !post.withdrawn)
    .map((post) => post.current.payload.title)
    .sort()
}

async function formOf(author: Author, blog: string) {
  const roles = keyRolesOf(await author.net.member(0).ledger.blog(blog))!
  const [vault] = [...roles.delegations.values()].flatMap(({ payload }) => payload.vault ?? [])
  return { roles, vault: vault! }
}

/** Ana's blog, down, with one post. */
async function ana(t: TestContext, ...more: string[]): Promise<{ author: Author; blog: string }> {
  const author = await Author.at(t)
  const blog = await author.enrol(...more)
  assert.equal((await author.run(['declare'])).code, 0)
  await posted(author, 'Before')
  return { author, blog }
}

async function posted(author: Author, title: string): Promise<string> {
  const { code, err, value } = await author.run(['post', '--wait', '0', '--title', title], 'Text.')
  assert.equal(code, 0, err)
  return (value!.posts as string[])[0]!
}

async function fails(author: Author, args: string[], words_: RegExp, input = ''): Promise<void> {
  const { code, err } = await author.run(args, input)
  assert.notEqual(code, 0)
  assert.match(err, words_)
}

test('new sheets have 13 words; the key file keeps what they hold, sealed too, and one of before prints its 25', async (t) => {
  const { author } = await ana(t)
  const paper = (await author.run(['blog', 'keys', 'words', '2'])).value!.words as string[]
  assert.equal(paper.length, 13)
  assert.equal((await author.run(['blog', 'keys', 'check'], paper.join(' '))).value!.rank, 2)
  const sealed = await Author.at(t)
  const phrase = await sealed.file('phrase', 'a phrase of mine\n')
  await sealed.enrol('--passphrase-file', phrase)
  const again = await sealed.run(['blog', 'keys', 'words', '--passphrase-file', phrase])
  assert.equal((again.value!.words as string[]).length, 13)
  assert.equal(
    (
      await sealed.run(
        ['blog', 'keys', 'check', '--passphrase-file', phrase],
        (again.value!.words as string[]).join(' '),
      )
    ).value!.rank,
    1,
  )
})

test('recovery words give the seed back, and a slip of the pen is told', () => {
  assert.equal(
    toHex(sha256(utf8(words.join(' ')))),
    '49beb70ad59085c057db81877247777c75af46df6f5c22d355c95d78af9e2650',
    'the list is frozen: printed words must open for ever',
  )
  for (const { words: line, secret, seed } of vectors.accepted) {
    assert.equal(recoveryWords(fromHex(secret)).join(' '), line)
    const typed = line
      .split(' ')
      .map((word, i) => `${i + 1}. ${word.toUpperCase()}`)
      .join('\n')
    const back = seedOfWords(typed)
    assert.equal(back.ok && toHex(back.value), seed, line)
  }
  for (const { words: line, why } of vectors.refused) assert.equal(seedOfWords(line).ok, false, why)
  const list = [...recoveryWords(sha256(utf8('y')))]
  const said = (changed: readonly string[]) => {
    const found = seedOfWords(changed.join(' '))
    return found.ok ? '' : found.detail
  }
  assert.match(said(list.with(3, 'xylofone')), /word 4, "xylofone", is not in the list/)
  assert.match(said(list.slice(1)), /there are 24 words: it takes 13, or 25 on an old sheet/)
  assert.match(said(list.with(7, list[7] === 'able' ? 'acid' : 'able')), /a word is wrong/)
})

test('lost laptop: the words on paper make a new key file, the lost key ends, its posts stay', async (t) => {
  const { author, blog } = await ana(t)
  const { value } = await author.run(['blog', 'keys', 'words'])
  const paper = (value!.words as string[]).join(' ')
  assert.equal((await author.run(['blog', 'keys', 'check'], paper)).value!.rank, 1)
  const second = await author.run(['blog', 'keys', 'words', '2'])
  assert.equal(
    (await author.run(['blog', 'keys', 'check'], (second.value!.words as string[]).join(' '))).value!.rank,
    2,
  )
  const fresh = await author.elsewhere()
  const restore = ['blog', 'keys', 'restore', '--blog', blog, '--member', urlOf(1)]
  await fails(fresh, restore, /there are 2 words/, 'able acid')
  const restored = await fresh.run(restore, paper)
  assert.equal(restored.code, 0, restored.err)
  await fails(author, ['post', '--wait', '0', '--title', 'By the thief'], /KEY_REVOKED/, 'x')
  await fails(fresh, ['post', '--wait', '0', '--title', 'Too soon'], /BLOG_NOT_DOWN/, 'x')
  assert.equal((await fresh.run(['declare'])).code, 0)
  await posted(fresh, 'After')
  assert.deepEqual(await titles(author, blog), ['After', 'Before'])
})

test('the recovery keys leave the machine, and the words still sign', async (t) => {
  const { author, blog } = await ana(t)
  const paper = ((await author.run(['blog', 'keys', 'words'])).value!.words as string[]).join(' ')
  await fails(author, ['blog', 'keys', 'forget'], /--yes/)
  assert.equal((await author.run(['blog', 'keys', 'forget', '--yes'])).code, 0)
  await fails(author, ['blog', 'keys', 'words'], /not in this key file any more/)
  await fails(author, ['blog', 'keys', 'rotate'], /give --words/)
  assert.equal((await author.run(['blog', 'keys', 'rotate', '--words'], paper)).code, 0)
  assert.equal((await rootOf(author, blog)).version, 2)
})

test('rotation: this machine has a new posting key, and posts of the old one stay', async (t) => {
  const { author, blog } = await ana(t)
  const [old] = await keysOf(author, 'posting')
  assert.equal((await author.run(['blog', 'keys', 'rotate'])).code, 0)
  assert.deepEqual(await keysOf(author, 'revoked'), [old])
  assert.equal((await author.net.member(2).ledger.state(blog)).state, 'down', 'the word on the outage goes over')
  await posted(author, 'After')
  assert.deepEqual(await titles(author, blog), ['After', 'Before'])
})

test('with a posting key ends what it delegated: the form has a new passphrase at once, and its posts stay', async (t) => {
  const { author, blog } = await ana(t)
  const { roles, vault } = await formOf(author, blog)
  const { code, err, value } = await author.run(['blog', 'keys', 'rotate'])
  assert.equal(code, 0, err)
  assert.match(err, /form's passphrase has ended too/)
  const now = await formOf(author, blog)
  assert.notEqual(now.vault.salt, vault.salt)
  assert.equal((await openVault(now.vault, value!.passphrase as string)).ok, true)
  assert.ok(!now.roles.delegations.has([...roles.delegations.keys()][0]!))
  const paper = ((await author.run(['blog', 'keys', 'words'])).value!.words as string[]).join(' ')
  const fresh = await author.elsewhere()
  const restored = await fresh.run(['blog', 'keys', 'restore', '--blog', blog, '--member', urlOf(1)], paper)
  assert.equal((await openVault((await formOf(author, blog)).vault, restored.value!.passphrase as string)).ok, true)
  assert.match(restored.err, /word that your blog is down ended too/)
})

test('second device: makes its own key, is let in, and posts beside the first', async (t) => {
  const { author, blog } = await ana(t)
  const phone = await author.elsewhere()
  const made = await phone.run(['blog', 'keys', 'device', '--blog', blog, '--member', urlOf(1)])
  const key = made.value!.posting as string
  await fails(phone, ['post', '--wait', '0', '--title', 'Too early'], /NOT_ALLOWED/, 'x')
  assert.equal((await author.run(['blog', 'keys', 'add', key, '--name', 'phone'])).code, 0)
  await posted(phone, 'From the phone')
  await posted(author, 'From the laptop')
  assert.deepEqual(await titles(author, blog), ['Before', 'From the laptop', 'From the phone'])
})

test('stolen posting key: revoked on every member at once; only the posts the author names stay', async (t) => {
  const { author, blog } = await ana(t)
  const phone = await author.elsewhere()
  const { value } = await phone.run(['blog', 'keys', 'device', '--blog', blog, '--member', urlOf(1)])
  const key = value!.posting as string
  await author.run(['blog', 'keys', 'add', key])
  const good = await posted(phone, 'Mine')
  await posted(phone, "The thief's")
  assert.deepEqual(await titles(author, blog), ['Before', 'Mine', "The thief's"])
  assert.equal((await author.run(['blog', 'keys', 'revoke', key, '--last-good', good])).code, 0)
  for (const member of [0, 1, 2]) assert.deepEqual(await titles(author, blog, member), ['Before', 'Mine'])
  await fails(phone, ['post', '--wait', '0', '--title', 'Again'], /KEY_REVOKED/, 'x')
})

test('lost passphrase or stolen outage key: a new one, and the old ones end', async (t) => {
  const { author, blog } = await ana(t)
  const before = await keysOf(author, 'delegated')
  const { code, value, err } = await author.run(['blog', 'keys', 'outage'])
  assert.equal(code, 0, err)
  assert.match(value!.passphrase as string, /^[a-z]+( [a-z]+){5}$/)
  assert.deepEqual(value!.ended, before)
  assert.deepEqual(await keysOf(author, 'delegated'), [value!.outage])
  const vault = (await ask(author.net.member(1), 'GET', `/dgos/v1/blogs/${blog}/vault`)).json() as {
    delegations: unknown[]
  }
  assert.equal(vault.delegations.length, 1)
  assert.deepEqual(await titles(author, blog), ['Before'])
})

/** A head by this signer, as the blog's server or its steward would sign it. */
async function headBy(
  author: Author,
  blog: string,
  name: string,
  fields: Partial<Payloads['head']> = {},
): Promise<string> {
  const { net } = author
  const mirrors = [0, 1, 2].map((i) => net.member(i).key)
  const place = { root: blog, rootVersion: 1, seq: 1, mirrors, expires: net.clock.nowMs() + 86_400_000 }
  const head = { network: net.network.id, time: net.clock.nowMs(), blog, ...place, ...fields }
  const signed = await seal('head', head, signerOf(name), sha256)
  for (const member of net.members) await member.ledger.accept([signed.envelope], 'peer')
  return signed.id
}

test('steward gone bad: its heads stop counting at once, the mirrors stay, and the new one signs next', async (t) => {
  const { author, blog } = await ana(t)
  const bad = await headBy(author, blog, 'm0')
  const headAt = async (i: number) =>
    currentHead(await author.net.member(i).ledger.blog(blog), author.net.clock.nowMs())
  assert.equal((await headAt(2))!.id, bad)
  const { code, err } = await author.run(['blog', 'keys', 'steward', urlOf(1), '--revoke-old'])
  assert.equal(code, 0, err)
  for (const i of [0, 1, 2]) {
    const head = (await headAt(i))!
    assert.deepEqual([head.payload.rootVersion, head.payload.seq, head.payload.previous], [2, 1, bad])
    assert.equal(head.payload.mirrors.length, 3)
  }
  const known = await author.net.member(2).ledger.blog(blog)
  assert.equal(headSigner(known, author.net.clock.nowMs(), { down: true }), author.net.member(1).key)
})

test("a member is trusted with the blog's own name, a hub is told of posts, and both are taken back", async (t) => {
  const { author, blog } = await ana(t)
  const rootNow = async () => {
    const { root } = await author.net.member(2).ledger.blog(blog)
    return root.toSorted((a, b) => b.payload.version - a.payload.version)[0]!.payload
  }
  const hub = 'https://hub.example/'
  for (const step of [
    ['keys', 'trust', urlOf(1)],
    ['hub', hub],
  ]) {
    const { code, err } = await author.run(['blog', ...step])
    assert.equal(code, 0, err)
  }
  const { trusted, hubs } = await rootNow()
  assert.deepEqual([trusted, hubs], [[author.net.member(1).key], [hub]])
  for (const step of [
    ['keys', 'untrust', urlOf(1)],
    ['hub', hub, '--remove'],
  ])
    assert.equal((await author.run(['blog', ...step])).code, 0)
  assert.deepEqual([(await rootNow()).trusted, (await rootNow()).hubs], [[], []])
  assert.equal((await author.run(['blog', 'hub', 'not a url'])).code, 2)
})

test('hacked host: what it signed since is set aside at once, then its key is exchanged and a head follows', async (t) => {
  const { author, blog } = await ana(t, '--online')
  const [online] = await keysOf(author, 'online')
  const { net } = author
  const hackedMs = net.clock.nowMs() + 60_000
  const good = await headBy(author, blog, 'm0')
  await net.clock.advance(120_000)
  const declared = await author.run([
    'declare',
    '--distrust-since',
    new Date(hackedMs).toISOString(),
    '--show',
    '11'.repeat(32),
  ])
  assert.equal(declared.code, 0, declared.err)
  const state = await net.member(2).ledger.state(blog)
  assert.deepEqual([state.state, state.distrustSince, state.show], ['down', hackedMs, '11'.repeat(32)])
  const exchanged = await author.run(['blog', 'keys', 'online'])
  assert.equal(exchanged.code, 0, exchanged.err)
  const root = await rootOf(author, blog, 2)
  assert.deepEqual([root.online, root.revoked.map((revoked) => revoked.key)], [exchanged.value!.online, [online]])
  assert.equal(currentHead(await net.member(2).ledger.blog(blog), net.clock.nowMs())!.id, good)
})

test('moved, and a lapsed domain bought by a stranger: the list of addresses follows the author', async (t) => {
  const { author, blog } = await ana(t)
  const moved = await author.run(['blog', 'move', 'http://ana.new.example'])
  assert.equal(moved.code, 0, moved.err)
  assert.deepEqual((await rootOf(author, blog, 2)).addresses, ['http://ana.new.example/', address])
  assert.equal((await author.run(['blog', 'drop', address])).code, 0)
  assert.deepEqual((await rootOf(author, blog, 2)).addresses, ['http://ana.new.example/'])
  await fails(author, ['blog', 'drop', 'http://ana.new.example/'], /only address/)
  await posted(author, 'At the new place')
})

test('what was a step of "blog keys" before is still taken, and named nowhere', async (t) => {
  const { author, blog } = await ana(t)
  const [hub, moved] = ['https://hub.example/', 'http://ana.new.example/']
  const hubs = async () => (await rootOf(author, blog, 2)).hubs
  assert.equal((await author.run(['blog', 'keys', 'hub', hub])).code, 0)
  assert.deepEqual(await hubs(), [hub])
  assert.equal((await author.run(['blog', 'keys', 'unhub', hub])).code, 0)
  assert.deepEqual(await hubs(), [])
  assert.equal((await author.run(['blog', 'keys', 'move', moved])).code, 0)
  assert.equal((await author.run(['blog', 'keys', 'drop', address])).code, 0)
  assert.deepEqual((await rootOf(author, blog, 2)).addresses, [moved])
  await fails(author, ['blog', 'keys', 'move'], /give the address/)
  await fails(author, ['blog', 'keys', 'mvoe'], /no step "mvoe"$/)
  assert.equal((await author.run(['declare'])).code, 0)
  assert.equal((await author.run(['lift'])).code, 0)
  assert.equal((await author.net.member(2).ledger.state(blog)).state, 'up')
  await fails(author, ['blog', 'keys', 'close'], /--yes/)
  assert.equal((await author.run(['blog', 'keys', 'close', '--yes'])).code, 0)
  assert.equal((await rootOf(author, blog, 2)).closed, true)
})

test('leaving: the last root closes the blog everywhere, and nothing follows', async (t) => {
  const { author, blog } = await ana(t)
  await fails(author, ['blog', 'close'], /--yes/)
  assert.equal((await author.run(['blog', 'close', '--yes'])).code, 0)
  for (const i of [0, 1, 2]) assert.equal((await rootOf(author, blog, i)).closed, true)
  await fails(author, ['post', '--wait', '0', '--title', 'No'], /BLOG_CLOSED/, 'x')
  await fails(author, ['blog', 'keys', 'rotate'], /has left the network/)
  assert.equal((await ask(author.net.member(0), 'GET', `/dgos/v1/blogs/${blog}/vault`)).status, 404)
})

test('a fire drill lasts ten minutes, is marked as an exercise, and takes posts', async (t) => {
  const author = await Author.at(t)
  const blog = await author.enrol()
  const { code, value, err } = await author.run(['blog', 'drill'])
  assert.equal(code, 0, err)
  const { clock } = author.net
  const state = await author.net.member(2).ledger.state(blog)
  assert.deepEqual([state.state, state.exercise], ['down', true])
  assert.ok((value!.until as number) <= clock.nowMs() + 600_000)
  await posted(author, 'Only trying')
  await clock.advance(600_000)
  assert.equal((await author.net.member(2).ledger.state(blog)).state, 'up')
})
