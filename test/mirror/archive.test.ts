/** The whole blog: filled by its capturer within the origin's budget, kept by its mirrors within their allowance. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '../../lib/log.ts'
import { PageServer, pageDefaults } from '../../mirror/pages/page-server.ts'
import { currentArchive } from '../../protocol/archive.ts'
import { currentHead } from '../../protocol/heads.ts'
import { hills } from '../demo/picture.ts'
import type { PageWeb } from '../support/page-web.ts'
import { signerOf } from '../support/small-network.ts'
import { MirroringMembers, putSite } from './mirroring-members.ts'

const hourMs = 3_600_000
const home = 'http://ana.example/'
const text = (name: string) => `${name}: the garden does what it wants, and I write it down. `.repeat(6)

function putPost(web: PageWeb, name: string, more = ''): void {
  web.put(`${home}${name}/`, `<title>${name}</title><article>${text(name)}</article><img src=/${name}.png>${more}`)
  web.put(`${home}${name}.png`, `picture of ${name}`, 'image/png')
}

/** A blog of which only the sitemap names the old posts. */
function putSitemap(web: PageWeb, names: readonly string[]): void {
  const urls = names.map((name) => `<url><loc>${home}${name}/</loc></url>`).join('')
  web.put(`${home}sitemap.xml`, `<urlset>${urls}</urlset>`, 'application/xml')
}

const old = Array.from({ length: 100 }, (_, i) => `old-${i}`)

async function archivingBlog(t: Parameters<typeof MirroringMembers.create>[0], options = {}) {
  const net = await MirroringMembers.create(t, 4, { signers: ['m0'], ...options })
  putSite(net.web, net.blog.id)
  const capturer = net.member('m0')
  await capturer.round.run(net.blog.id)
  const listed = async (name = 'm0') => {
    const objects = await net.member(name).ledger.blog(net.blog.id)
    return currentArchive(objects, net.clock.nowMs())
  }
  /** Fills until nothing is left, an hour each. */
  const fillAll = async (hoursMax = 20) => {
    for (let hour = 0; hour < hoursMax; hour++) {
      for (let i = 0; i < 4; i++) await capturer.archiveRound.run(net.blog.id)
      if ((await listed())?.payload.complete === true) return hour + 1
      await net.clock.advance(hourMs)
    }
    throw new Error(`not complete after ${hoursMax} hours`)
  }
  const paths = async (name = 'm0') =>
    (await net.member(name).archiveKeeper.kept(net.blog.id))!.files.map(({ path }) => path)
  return { net, capturer, listed, fillAll, paths }
}

test('a blog of a hundred old posts is archived over hours, and its origin is asked no more than its budget an hour', async (t) => {
  const { net, listed, fillAll, capturer } = await archivingBlog(t)
  for (const name of old) putPost(net.web, name)
  putSitemap(net.web, old)
  net.web.asked.length = 0
  await capturer.archiveRound.run(net.blog.id)
  assert.equal(net.web.asked.length, 60)
  assert.equal((await listed())?.payload.complete ?? false, false)
  const hours = await fillAll()
  assert.ok(hours >= 2, `${hours} hours`)
  const { files, complete, leftOut } = (await listed())!.payload
  assert.deepEqual([complete, leftOut], [true, 0])
  // a hundred posts with a picture each; front page, sheet, drawing, the post of the feed and its drawing
  assert.equal(files, 205)
})

test('an unchanged blog costs its origin a look at its sources a day, and nobody a new list', async (t) => {
  const { net, capturer, fillAll, listed } = await archivingBlog(t)
  putPost(net.web, 'old-1')
  putSitemap(net.web, ['old-1'])
  await fillAll()
  const { id } = (await listed())!
  net.web.taken()
  for (let hour = 0; hour < 20; hour++) {
    await net.clock.advance(hourMs)
    await capturer.archiveRound.run(net.blog.id)
  }
  assert.deepEqual(net.web.taken(), {})
  await net.clock.advance(5 * hourMs)
  await capturer.archiveRound.run(net.blog.id)
  const asked = net.web.asked.map(({ url, status }) => `${status} ${url.slice(home.length)}`)
  assert.deepEqual(asked.sort(), ['304 feed.xml', '304 sitemap.xml'])
  assert.equal((await listed())!.id, id)
})

test('pages of feeds lead to old posts: as RFC 5005 names them, as WordPress counts, as Blogger does', async (t) => {
  const entry = (name: string) => `<entry><id>${name}</id><link href="/${name}/"/></entry>`
  const item = (name: string) => `<item><guid>${name}</guid><link>${home}${name}/</link></item>`
  const ways: Readonly<Record<string, (web: PageWeb) => void>> = {
    next: (web) => {
      web.put(
        `${home}feed.xml`,
        `<feed xmlns="http://www.w3.org/2005/Atom"><link rel="next" href="/feed-2.xml"/>${entry('one')}</feed>`,
        'application/atom+xml',
      )
      web.put(
        `${home}feed-2.xml`,
        `<feed xmlns="http://www.w3.org/2005/Atom">${entry('old-1')}</feed>`,
        'application/atom+xml',
      )
    },
    paged: (web) => {
      const page = (items: string) =>
        `<rss version="2.0"><channel><title>Ana</title><generator>https://wordpress.org/?v=6.9</generator>${items}</channel></rss>`
      web.put(`${home}feed.xml`, page(item('one')), 'application/rss+xml')
      web.put(`${home}feed.xml?paged=2`, page(item('old-1')), 'application/rss+xml')
    },
    blogger: (web) => {
      const page = (entries: string) =>
        `<feed xmlns="http://www.w3.org/2005/Atom"><generator version="7.00" uri="https://www.blogger.com">Blogger</generator>${entries}</feed>`
      web.put(`${home}feed.xml`, page(entry('one')), 'application/atom+xml')
      web.put(`${home}feed.xml?start-index=26`, page(entry('old-1')), 'application/atom+xml')
    },
  }
  for (const [name, put] of Object.entries(ways)) {
    const net = await MirroringMembers.create(t, 2, { signers: ['m0'] })
    putSite(net.web, net.blog.id)
    putPost(net.web, 'old-1')
    put(net.web)
    const { round, archiveRound, archiveKeeper } = net.member('m0')
    await round.run(net.blog.id)
    await archiveRound.run(net.blog.id)
    const kept = await archiveKeeper.kept(net.blog.id)
    assert.ok(
      kept?.files.some(({ path }) => path === '/old-1/'),
      name,
    )
    assert.ok(
      kept?.files.some(({ path }) => path === '/old-1.png'),
      name,
    )
  }
})

test('what is gone or behind a password leaves the list; what only fails stays', async (t) => {
  const { net, fillAll, paths } = await archivingBlog(t)
  for (const name of ['old-1', 'old-2', 'old-3']) putPost(net.web, name)
  putSitemap(net.web, ['old-1', 'old-2', 'old-3'])
  await fillAll()
  assert.deepEqual(
    (await paths()).filter((path) => /^\/old-.\/$/.test(path)),
    ['/old-1/', '/old-2/', '/old-3/'],
  )
  net.web.pages.delete(`${home}old-1/`)
  net.web.put(`${home}old-2/`, '<title>Private</title><form><input type=password></form>')
  net.web.put(`${home}old-3/`, 'broken', 'text/html', { status: 500 })
  await net.clock.advance(100 * 24 * hourMs)
  await net.member('m0').round.run(net.blog.id)
  await fillAll()
  assert.deepEqual(
    (await paths()).filter((path) => /^\/old-.\/$/.test(path)),
    ['/old-3/'],
  )
})

test('a mirror pulls the archive from any holder, and stops at its allowance', async (t) => {
  const { net, fillAll, listed } = await archivingBlog(t)
  for (const name of old.slice(0, 10)) putPost(net.web, name)
  putSitemap(net.web, old.slice(0, 10))
  await fillAll()
  await net.spread([...spread, 'archive'])
  const mirror = net.member('m1')
  const pull = await mirror.archiveKeeper.pull(net.blog.id)
  const { files } = (await listed('m1'))!.payload
  assert.deepEqual(pull, { fetched: files, missing: 0, overAllowance: 0 })
  for (const { blob } of (await mirror.archiveKeeper.kept(net.blog.id))!.files) assert.ok(await mirror.blobs.has(blob!))
  assert.equal((await mirror.archiveKeeper.pull(net.blog.id)).fetched, 0)

  const small = await archivingBlog(t, { archiveKeeper: { archiveBytesMax: 2_000 } })
  putPost(small.net.web, 'old-1')
  putSitemap(small.net.web, ['old-1'])
  await small.fillAll()
  await small.net.spread([...spread, 'archive'])
  const cut = await small.net.member('m1').archiveKeeper.pull(small.net.blog.id)
  assert.ok(cut.overAllowance > 0 && cut.fetched > 0, JSON.stringify(cut))

  const none = await archivingBlog(t, { archiveKeeper: { archiveBytesMax: 0 } })
  await none.fillAll()
  await none.net.spread([...spread, 'archive'])
  assert.deepEqual(await none.net.member('m1').archiveKeeper.pull(none.net.blog.id), {
    fetched: 0,
    missing: 0,
    overAllowance: 0,
  })
})

test('a list that is not in its one form is not kept, nor a file that is not what the list says', async (t) => {
  const { net, capturer } = await archivingBlog(t)
  const { address } = net.blog
  const part = new TextEncoder().encode(`${'a'.repeat(64)}\t012\ttext/html\t/\n`)
  const blob = await capturer.blobs.put(part)
  const fields = {
    blog: net.blog.id,
    address,
    parts: [{ blob, bytes: part.length }],
    files: 1,
    bytes: 12,
    leftOut: 0,
    complete: true,
  }
  await capturer.ledger.publish('archive', fields, capturer.signer)
  await net.spread([...spread, 'archive'])
  const { archiveKeeper } = net.member('m1')
  assert.equal((await archiveKeeper.pull(net.blog.id)).fetched, 0)
  assert.equal(await archiveKeeper.kept(net.blog.id), null)
})

test('where the blog’s own server signs copies and no archive, its first steward fills one', async (t) => {
  const net = await MirroringMembers.create(t, 4, { online: 'm0', signers: ['m0', 'm1', 'm2'] })
  putSite(net.web, net.blog.id)
  await net.member('m0').round.run(net.blog.id)
  await net.spread([...spread, 'snapshot'])
  for (const name of ['m0', 'm2', 'm3']) assert.equal(await net.member(name).archiveRound.run(net.blog.id), null, name)
  assert.notEqual(await net.member('m1').archiveRound.run(net.blog.id), null)
})

test('what an operator refuses by name is not pulled, and nothing of a blog that it refuses', async (t) => {
  const { net, fillAll } = await archivingBlog(t)
  putPost(net.web, 'old-1')
  putSitemap(net.web, ['old-1'])
  await fillAll()
  await net.spread([...spread, 'archive'])
  const mirror = net.member('m1')
  const { files } = (await net.member('m0').archiveKeeper.kept(net.blog.id))!
  const blob = files.find((file) => file.path === '/old-1.png')!.blob!
  await mirror.ledger.publish('refusal', { blog: net.blog.id, blob, reason: 'law' }, mirror.signer)
  const pull = await mirror.archiveKeeper.pull(net.blog.id)
  assert.deepEqual([pull.missing, await mirror.blobs.has(blob)], [0, false])
  assert.ok(pull.fetched > 0)
  const other = files.find((file) => file.path === '/old-1/')!.blob!
  assert.equal(await mirror.blobs.has(other), true)
  await mirror.ledger.publish('refusal', { blog: net.blog.id, reason: 'operator' }, mirror.signer)
  await mirror.archiveKeeper.pull(net.blog.id)
  assert.equal(await mirror.blobs.has(other), false)
})

test('a list too long for a small member is not read, and a blog without a proven address gets no room', async (t) => {
  const { net, capturer } = await archivingBlog(t)
  const blob = 'b'.repeat(64)
  const parts = Array.from({ length: 64 }, () => ({ blob, bytes: 256 * 1024 }))
  const counts = { files: 500_000, bytes: 1, leftOut: 0, complete: true }
  await capturer.ledger.publish('archive', { blog: net.blog.id, address: home, parts, ...counts }, capturer.signer)
  await net.spread([...spread, 'archive'])
  const { archiveKeeper } = net.member('m1')
  assert.deepEqual(await archiveKeeper.pull(net.blog.id), { fetched: 0, missing: 0, overAllowance: 0 })
  assert.equal(await archiveKeeper.kept(net.blog.id), null)

  const unproven = await MirroringMembers.create(t, 3, { signers: ['m0'], attested: false })
  await unproven.member('m0').round.run(unproven.blog.id)
  const part = await unproven.member('m0').blobs.put(new Uint8Array())
  const empty = { parts: [{ blob: part, bytes: 0 }], files: 0, bytes: 0, leftOut: 0, complete: true }
  const { ledger, signer } = unproven.member('m0')
  await ledger.publish('archive', { blog: unproven.blog.id, address: home, ...empty }, signer)
  await unproven.spread([...spread, 'archive'])
  await unproven.member('m1').archiveKeeper.pull(unproven.blog.id)
  assert.equal(await unproven.member('m1').blobs.has(part), false)
})

test('what the author asks to forget leaves the archive of every mirror, and a closed blog leaves none', async (t) => {
  const { net, capturer, fillAll, paths } = await archivingBlog(t)
  for (const name of ['old-1', 'old-2']) putPost(net.web, name)
  putSitemap(net.web, ['old-1', 'old-2'])
  await fillAll()
  await net.spread([...spread, 'archive'])
  const mirror = net.member('m1')
  await mirror.archiveKeeper.pull(net.blog.id)
  await mirror.blobKeeper.pull(net.blog.id)
  const blobOf = async (path: string) =>
    (await mirror.archiveKeeper.kept(net.blog.id))!.files.find((file) => file.path === path)!.blob!
  const [gone, stays] = [await blobOf('/old-1/'), await blobOf('/old-2/')]
  const head = currentHead(await capturer.ledger.blog(net.blog.id), net.clock.nowMs())!
  const { network: _, key: __, time: ___, ...fields } = head.payload
  await net.clock.advance(1000)
  const next = { ...fields, seq: fields.seq + 1, previous: head.id, forgotten: ['/old-1'] }
  await capturer.ledger.publish('head', next, capturer.signer)
  await net.spread([...spread, 'archive'])
  for (const member of [mirror, capturer]) {
    await member.archiveKeeper.pull(net.blog.id)
    await member.blobKeeper.pull(net.blog.id)
    assert.deepEqual([await member.blobs.has(gone), await member.blobs.has(stays)], [false, true], member.name)
  }
  assert.ok(!(await paths('m1')).includes('/old-1/'))
  await capturer.archiveRound.run(net.blog.id)
  assert.ok(!(await paths()).includes('/old-1/'))

  const root = net.root.payload
  const { network: _n, key: _k, time: _t, ...rootFields } = root
  const closing = { ...rootFields, version: 2, blog: net.blog.id, previous: net.root.id, closed: true }
  await mirror.ledger.publish('root', closing, signerOf('ana recovery'))
  await mirror.archiveKeeper.pull(net.blog.id)
  await mirror.blobKeeper.pull(net.blog.id)
  assert.equal(await mirror.blobs.has(stays), false)
  assert.equal(await mirror.archiveKeeper.kept(net.blog.id), null)
})

const spread = ['root', 'delegation', 'head', 'attestation', 'declaration', 'post'] as const

test('a reader of a dead blog finds an old page under its own path, with its pictures and without its scripts', async (t) => {
  const { net, fillAll } = await archivingBlog(t)
  putPost(net.web, 'old-1', '<script>alert(1)</script><a href="/old-2/">Two</a><link rel=stylesheet href=/old.css>')
  putPost(net.web, 'old-2')
  net.web.put(`${home}old.css`, 'p{background:url(back.png)}', 'text/css')
  net.web.put(`${home}back.png`, hills(4, 4, 1), 'image/png')
  net.web.put(`${home}old-1.png`, hills(4, 4, 2), 'image/png')
  putSitemap(net.web, ['old-1', 'old-2'])
  await fillAll()
  await net.spread([...spread, 'archive'])
  const mirror = net.member('m1')
  await mirror.archiveKeeper.pull(net.blog.id)
  await mirror.blobKeeper.pull(net.blog.id)
  const pages = new PageServer(
    {
      ...mirror,
      facts: mirror.ledger,
      blob: (hash) => mirror.blobs.get(hash),
      archive: mirror.archiveKeeper,
      log: silentLog,
    },
    { self: mirror.signer.key, url: mirror.url, contentUrl: null, memberName: 'm1', contact: '', ...pageDefaults },
  )
  const ask = async (target: string) => {
    const request = { method: 'GET', target, acceptEncoding: '', ifNoneMatch: '', secFetchDest: '', serviceWorker: '' }
    const { status, body, headers } = await pages.answer(request)
    return { status, text: new TextDecoder().decode(body), headers }
  }
  const up = await ask('/m/ana.example/old-1/')
  assert.equal(up.status, 302)
  assert.ok(up.headers.includes('http://ana.example/old-1/'))
  const until = net.clock.nowMs() + 86_400_000
  const word = { blog: net.blog.id, state: 'down', by: 'author', until } as const
  await mirror.ledger.publish('declaration', word, signerOf('ana posting'))
  await pages.render(net.blog.id)

  // A link that many follow at once is built once, for all of them.
  const rush = await Promise.all(Array.from({ length: 10 }, () => ask('/m/ana.example/old-1/')))
  assert.deepEqual([...new Set(rush.map(({ status }) => status))], [200])
  const [page] = rush as [(typeof rush)[number]]
  assert.match(page.text, /old-1: the garden does what it wants/)
  assert.doesNotMatch(page.text, /<script|alert/)
  assert.match(page.text, /href="\/m\/ana\.example\/old-2\/"/)
  const named = [...page.text.matchAll(/\/m\/ana\.example\/blob\/[0-9a-f]{64}/g)].map(([path]) => path)
  assert.ok(named.length >= 2, page.text)
  for (const path of named) assert.equal((await ask(path)).status, 200, path)
  assert.equal((await ask('/m/ana.example/old-2')).status, 200)
  const missing = await ask('/m/ana.example/old-3/')
  assert.equal(missing.status, 404)
  assert.match(missing.text, /not kept here/)
  // As under the blog's own name: whatever query was added on the way.
  for (const query of ['copy', 'copy&utm=x', 'utm=x'])
    assert.deepEqual((await ask(`/m/ana.example/copy/old-1/?${query}`)).text, page.text, query)
  assert.match((await ask('/m/ana.example/copy/old-3/?copy')).text, /This page is not kept here/)
  const picture = await ask('/m/ana.example/old-1.png')
  assert.deepEqual([picture.status, picture.headers.includes('image/png')], [200, true])
})
