/** The author's side of the command line against whole members in memory. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmod, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { urlOf } from '../support/network-founding.ts'
import { Author, address } from './author.ts'

/** One red pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
)

test('enrolling makes keys for the owner alone, shows the marker, and tells the passphrase once', async (t) => {
  const author = await Author.at(t)
  const { value, err } = await author.run(['blog', 'add', address, '--member', urlOf(0), '--no-wait', '--title', 'Ana'])
  const { blog, marker, passphrase, keys } = value as Record<string, string>
  assert.equal(marker, `<meta name="dgos" content="${blog}">`)
  assert.match(passphrase!, /^[a-z]+( [a-z]+){5}$/)
  assert.ok(err.includes(marker!))
  assert.equal((await stat(keys!)).mode & 0o777, 0o600)
  assert.equal((await readFile(keys!, 'utf8')).includes(passphrase!), false)
  const root = (await author.net.member(2).ledger.blog(blog!)).root[0]!
  assert.equal(root.payload.title, 'Ana')
  assert.equal(root.payload.signers[0], author.net.member(0).key)
  assert.equal(root.payload.signers.length, 3, 'one an operator')
})

test('a post waits for the outage, then goes to all mirrors; edits and withdrawals follow it', async (t) => {
  const author = await Author.at(t)
  const blog = await author.enrol()
  const up = await author.run(['post', '--wait', '0'], '# Hello\n\nworld')
  assert.equal(up.code, 1)
  assert.match(up.err, /BLOG_NOT_DOWN.*--declare/s)
  assert.equal((await author.run(['declare', '--hours', '2'])).code, 0)
  const image = await author.file('dot.png', png)
  const sent = await author.run(['post', '--wait', '0', '--image', `${image}=a red dot`], '# Hello\n\nworld')
  assert.equal(sent.code, 0, sent.err)
  const [post] = await author.posts(blog, 1)
  assert.equal(post!.title, 'Hello')
  const holders = await author.run(['post', '--wait', '0', '--replace', post!.id], '# Hello again')
  assert.equal(holders.code, 0, holders.err)
  assert.deepEqual(
    (await author.posts(blog, 2)).map(({ id, title }) => [id, title]),
    [[post!.id, 'Hello again']],
  )
  assert.equal((await author.run(['post', '--wait', '0', '--withdraw', post!.id])).code, 0)
  assert.equal((await author.posts(blog))[0]!.withdrawn, true)
  assert.equal((await author.run(['declare', 'over'])).code, 0)
  assert.equal((await author.net.member(1).ledger.state(blog)).state, 'up')
})

test('a post signed offline is handed in by anyone', async (t) => {
  const author = await Author.at(t)
  const blog = await author.enrol()
  const out = join(author.home, 'post.dgos')
  const source = await author.file('post.md', 'No network here.')
  const signed = await author.run(['post', source, '--title', 'Offline', '--declare', '--offline', '--out', out])
  assert.equal(signed.code, 0, signed.err)
  assert.deepEqual(await author.posts(blog), [])
  const handed = await author.run(['post', out, '--member', urlOf(2), '--wait', '0', '--keys', '/nonexistent'])
  assert.equal(handed.code, 0, handed.err)
  assert.equal((await author.posts(blog))[0]!.title, 'Offline')
})

test('what cannot be a post is refused before anything is sent', async (t) => {
  const author = await Author.at(t, 1)
  const blog = await author.enrol()
  const text = await author.file('note.txt', 'no image')
  const cases: readonly (readonly [string[], RegExp])[] = [
    [['post', '--image', text], /no image that mirrors take/],
    [['post', '--image', '/nonexistent.png'], /cannot read/],
    [['post', '/nonexistent.md'], /cannot read/],
    [['post', '--title', 'x'.repeat(301)], /title is too long/],
    [['post', '--offline'], /--offline goes with --out/],
    [['post', '--replace', '0'.repeat(64)], /no post .* is known/],
    [['declare', '--hours', '169'], /--hours/],
    [['declare', '--distrust-since', 'yesterday'], /--distrust-since/],
  ]
  for (const [args, words] of cases) {
    const { code, err } = await author.run(args, 'text')
    assert.notEqual(code, 0, args.join(' '))
    assert.match(err, words)
  }
  const nothing = await author.run(['post'], '')
  assert.match(nothing.err, /nothing to send/)
  assert.deepEqual(await author.posts(blog), [])
})

test('a sealed key file needs its passphrase, and a loose one is refused', async (t) => {
  const author = await Author.at(t, 1)
  const right = await author.file('right', 'correct horse battery\n')
  const wrong = await author.file('wrong', 'incorrect horse battery\n')
  const blog = await author.enrol('--passphrase-file', right)
  const path = join(author.home, '.dgos', `${blog}.json`)
  assert.equal('seeds' in JSON.parse(await readFile(path, 'utf8')), false)
  assert.match((await author.run(['declare'])).err, /is sealed: give --passphrase-file/)
  assert.match((await author.run(['declare', '--passphrase-file', wrong])).err, /wrong passphrase/)
  assert.equal((await author.run(['declare', '--passphrase-file', right])).code, 0)
  await chmod(path, 0o644)
  const loose = await author.run(['declare', '--passphrase-file', right])
  assert.equal(loose.code, 2)
  assert.match(loose.err, /may be read by others/)
})

test('a revoked key signs nothing more, and what it signed before stays', async (t) => {
  const author = await Author.at(t, 1)
  const blog = await author.enrol()
  const { value } = await author.run(['blog', 'keys'])
  const rows = value!.keys as { role: string; key: string; here: boolean }[]
  assert.deepEqual(
    rows.map((row) => row.role),
    ['recovery', 'recovery', 'posting', 'steward', 'delegated'],
  )
  const outage = rows.at(-1)!.key
  assert.equal((await author.run(['blog', 'keys', '--revoke', outage])).code, 0)
  const again = (await author.run(['blog', 'keys'])).value!.keys as typeof rows
  assert.equal(again.find((key) => key.key === outage)?.role, 'revoked')
  assert.equal((await author.net.member(0).ledger.blog(blog)).root.length, 2)
  const posting = rows.find((row) => row.role === 'posting')!.key
  assert.match((await author.run(['blog', 'keys', '--revoke', posting])).err, /last posting key/)
})

test('an export holds the posts as files that any program reads', async (t) => {
  const author = await Author.at(t, 1)
  const blog = await author.enrol()
  const image = await author.file('dot.png', png)
  await author.run(['post', '--declare', '--wait', '0', '--image', `${image}=dot`, '--title', 'A < B'], 'Some *text*.')
  const to = join(author.home, 'export')
  const { code, value, err } = await author.run(['export', to, '--blog', blog, '--member', urlOf(0)])
  assert.equal(code, 0, err)
  assert.deepEqual(value!.missing, [])
  const names = await readdir(join(to, 'posts'))
  const html = await readFile(join(to, 'posts', names.find((name) => name.endsWith('.html'))!), 'utf8')
  assert.match(html, /<h1>A &lt; B<\/h1>/)
  const src = /src="([0-9a-f]{64}\.png)"/.exec(html)?.[1]
  assert.deepEqual(await readFile(join(to, 'posts', src!)), png)
  assert.ok(names.some((name) => name.endsWith('.md')))
})

test('a post with a long title of any script is exported into an archive and into a folder', async (t) => {
  const author = await Author.at(t, 1)
  await author.enrol()
  const russian = 'Наводнение в гавани закрыло все дороги до пятницы'
  const adlam = '𞤀𞤣𞤤𞤢𞤥'.repeat(12) // four bytes a letter: a disk takes names of 255 bytes
  for (const title of [russian, adlam])
    assert.equal((await author.run(['post', '--declare', '--wait', '0', '--title', title], 'We are safe.')).code, 0)
  const archive = join(author.home, 'posts.tar')
  const packed = await author.run(['export', archive, '--as', 'markdown'])
  assert.equal(packed.code, 0, packed.err)
  const listed = spawnSync('tar', ['--quoting-style=literal', '-tf', archive], { encoding: 'utf8' })
  assert.match(listed.stdout, /наводнение-в-гавани-закрыло-все-дороги-до-пятницы\.md/)
  const folder = await author.run(['export', join(author.home, 'posts'), '--as', 'markdown'])
  assert.equal(folder.code, 0, folder.err)
  assert.equal((await readdir(join(author.home, 'posts/_posts'))).length, 2)
})

test("a dead member is passed over: the author's file knows others", async (t) => {
  const author = await Author.at(t)
  await author.enrol()
  author.net.member(0).deaf = true
  const { code, err, value } = await author.run(['declare'])
  assert.equal(code, 0, err)
  assert.match(err, /does not answer/)
  assert.notEqual(value, null)
})

test('after the outage: posts in the form that the blog takes, and the word on where they are now', async (t) => {
  const author = await Author.at(t, 1)
  const blog = await author.enrol()
  const image = await author.file('dot.png', png)
  await author.run(['post', '--declare', '--wait', '0', '--image', `${image}=dot`, '--title', 'Here'], 'Some *text*.')
  const to = join(author.home, 'out')
  const forms = { blogger: 1, wordpress: 1, markdown: 2, html: 3 }
  for (const [form, count] of Object.entries(forms)) {
    const { code, err, value } = await author.run(['export', join(to, form), '--as', form])
    assert.equal(code, 0, err)
    assert.equal((value!.files as string[]).length, count, form)
  }
  assert.match((await author.run(['export', to, '--as', 'word'])).err, /--as: blogger, wordpress, markdown, html/)
  const [post] = await author.posts(blog)
  assert.match((await author.run(['blog', 'imported', post!.id, 'not a url'])).err, /give the id of the post/)
  const url = 'http://ana.example/2026/here.html'
  assert.equal((await author.run(['blog', 'imported', post!.id, url])).code, 0)
  const found = await author.run(['blog', 'status'])
  assert.equal((found.value!.posts as { importedAt: string }[])[0]!.importedAt, url)
})
