/** A copy claims what it holds: what was left out is said, and every link of the blog leads somewhere kind. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearestPages } from '../../mirror/pages/nearest-pages.ts'
import { arrangeCase, home, hourMs } from './copy-cases.ts'
import { PageWorld } from './pages-world.ts'

const jpeg = (n: number) => `\xff\xd8\xff picture ${n}`

async function pagesOf(up: boolean) {
  const world = await PageWorld.create()
  const front =
    '<h1>Garden</h1><a href="/first/">First</a><a href="/2019/old-roses/?x=1#end">Old</a><a href="https://else.example/">Else</a>'
  await world.capture([
    { path: '/', html: front },
    { path: '/first/', html: '<title>First post</title><h1>First</h1>' },
    { path: '/2020/new-roses/', html: '<title>New roses</title><h1>Roses</h1>' },
  ])
  if (!up) await world.fall()
  const pages = world.server()
  const get = async (target: string) => {
    const answer = await pages.answer({
      method: 'GET',
      target,
      acceptEncoding: '',
      ifNoneMatch: '',
      secFetchDest: '',
      serviceWorker: '',
    })
    const at = answer.headers.indexOf('Location')
    return {
      status: answer.status,
      to: at === -1 ? null : answer.headers[at + 1]!,
      text: new TextDecoder().decode(answer.body),
    }
  }
  return get
}

test('a copy that a limit cut is incomplete, stays so, and is not asked for again at once', async () => {
  const { good, web, clock } = arrangeCase('files-over-limit', 'index.html', { originBudgetPerHour: 1_000 })
  web.put(`${home}a.css`, '.g{display:flex}', 'text/css')
  for (let n = 1; n <= 300; n++) web.put(`${home}t${n}.jpg`, jpeg(n), 'image/jpeg')
  const first = await good()
  assert.deepEqual([first.fields.assets.length, first.complete, first.cut], [300, false, true])
  await clock.advance(hourMs)
  web.taken()
  const second = await good(first.fields)
  assert.deepEqual([second.changed, second.complete, second.cut], [false, false, true])
  assert.deepEqual(web.taken(), { [home]: 304 })
  const { good: within, web: small } = arrangeCase('files-over-limit', 'index.html', { originBudgetPerHour: 1_000 })
  small.put(`${home}a.css`, '.g{display:flex}', 'text/css')
  for (let n = 1; n <= 250; n++) small.put(`${home}t${n}.jpg`, jpeg(n), 'image/jpeg')
  const whole = await within()
  assert.deepEqual([whole.complete, whole.cut], [true, false])
})

test('the page of a copy that lacks pictures says so, and that of a whole one does not', async () => {
  const said = async (named: number, kept: number) => {
    const world = await PageWorld.create()
    const images = Array.from({ length: named }, (_, i) => `<img src="/t${i}.jpg">`).join('')
    const assets = Array.from({ length: kept }, (_, i) => ({
      url: `https://ana.example/t${i}.jpg`,
      bytes: jpeg(i),
      type: 'image/jpeg',
    }))
    await world.capture([{ path: '/', html: images }], assets)
    await world.fall()
    const answer = world.server()
    const page = await answer.answer({
      method: 'GET',
      target: '/m/ana.example/',
      acceptEncoding: '',
      ifNoneMatch: '',
      secFetchDest: '',
      serviceWorker: '',
    })
    return new TextDecoder().decode(page.body).includes('Some pictures are missing')
  }
  assert.equal(await said(301, 300), true)
  assert.equal(await said(300, 300), false)
  assert.equal(await said(3, 2), false)
})

test('links to pages of the blog that were not captured lead to the mirror, links elsewhere where they always led', async () => {
  const get = await pagesOf(false)
  const { text } = await get('/m/ana.example/copy/?copy')
  assert.match(text, /<a href="\/m\/ana\.example\/copy\/first\/">/)
  assert.match(text, /<a href="\/m\/ana\.example\/2019\/old-roses\/\?x=1#end" target="_top">/)
  assert.match(text, /<a href="https:\/\/else\.example\/" target="_top"/)
})

test('a page that is not kept is told calmly, with the kept ones that are nearest', async () => {
  const get = await pagesOf(false)
  const { status, text } = await get('/m/ana.example/2019/old-roses/?x=1')
  assert.equal(status, 404)
  assert.match(text, /This page is not kept here/)
  assert.match(text, /<ul><li><a href="\/m\/ana\.example\/copy\/2020\/new-roses\/">/)
  assert.match(text, /href="https:\/\/ana\.example\/2019\/old-roses\/\?x=1"/)
  assert.deepEqual((({ status, to }) => [status, to])(await get('/m/ana.example/first/')), [
    302,
    '/m/ana.example/copy/first/',
  ])
  assert.deepEqual((({ status, to }) => [status, to])(await get('/m/ana.example/first')), [
    302,
    '/m/ana.example/copy/first/',
  ])
})

test('while the blog is up its pages are at home, and nothing but the blog is ever led to', async () => {
  const get = await pagesOf(true)
  assert.deepEqual((({ status, to }) => [status, to])(await get('/m/ana.example/2019/old-roses/?x=1')), [
    302,
    'https://ana.example/2019/old-roses/?x=1',
  ])
  for (const path of [
    '//evil.example/',
    'https://evil.example/',
    'javascript:alert(1)',
    '\\\\evil.example',
    `${'x'.repeat(2000)}`,
    `p/${'0'.repeat(64)}`,
    `blob/${'0'.repeat(64)}`,
    'copy/none/',
  ]) {
    const { status, to, text } = await get(`/m/ana.example/${path}`)
    assert.ok(status === 404 || to?.startsWith('https://ana.example/'), `${path} ${status} ${to}`)
    assert.doesNotMatch(text, /href="(javascript|https:\/\/evil)/)
  }
})

test('pages are near by the words of their address and title', () => {
  const page = (path: string, title: string) => ({ path, title, place: `copy${path}` })
  const pages = [page('/', 'Front'), page('/a/', 'Apples'), page('/b/', 'Old roses in rain'), page('/roses/', 'x')]
  assert.deepEqual(
    nearestPages('/2019/old-roses/', pages).map((nearestPage) => nearestPage.path),
    ['/b/', '/roses/', '/a/'],
  )
})
