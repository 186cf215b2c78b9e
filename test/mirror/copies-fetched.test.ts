/** What a sloppy server sends is captured as a browser shows it, and never in the place of something better. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arrangeCapture, arrangeCase, caseText, home, hourMs } from './copy-cases.ts'

test('a page without a type is a page, and a picture without one a picture', async () => {
  for (const name of ['big-headers', 'content-encoding-odd', 'cookie-wall']) {
    const { good, web } = arrangeCase(name)
    web.put(home, caseText(name), '')
    assert.equal((await good()).fields.title, 'Case')
  }
  const { take, web } = arrangeCapture()
  web.put(home, 'just words, no markup at all', '')
  const result = await take()
  assert.equal(!result.ok && result.reason, 'not-a-page')
})

test('a body that breaks off is asked for twice, makes the copy incomplete, and never replaces a whole one', async () => {
  const { good, take, web, clock, text } = arrangeCapture()
  const whole = `<title>Ana</title><h1>Ana</h1><p>${'All of her words. '.repeat(20)}</p><img src=/a.png>`
  web.put(home, whole.slice(0, 200), 'text/html', { short: true })
  web.put(`${home}a.png`, '\x89PNG\r\n\x1a\nwhole picture', 'image/png')
  const first = await good()
  assert.equal(first.complete, false)
  assert.equal(web.asked.filter((asked) => asked.url === home).length, 2)
  await clock.advance(hourMs)
  web.put(home, whole)
  const second = await good(first.fields)
  assert.deepEqual([second.complete, await text(second.fields.pages[0]!.blob)], [true, whole])
  await clock.advance(hourMs)
  web.put(home, whole.replace('All', 'None').slice(0, 150), 'text/html', { short: true })
  const third = await take(second.fields)
  assert.equal(!third.ok && third.reason, 'short')
  await clock.advance(25 * hourMs)
  web.put(home, whole)
  web.put(`${home}a.png`, '\x89PNG\r\n\x1a\nwho', 'image/png', { short: true })
  const fourth = await good(second.fields)
  assert.equal(fourth.complete, false)
  assert.deepEqual(fourth.fields.assets, second.fields.assets)
})
