/** What comes out of messages of many programs, and of harmful ones. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailContent } from '../../activation/doors/mail/content.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { htmlProblem } from '../../protocol/post-html.ts'
import { harmful, honest } from './mail-corpus/honest.ts'

for (const mail of [...honest, ...harmful]) {
  test(`the words of ${mail.name} come out`, async () => {
    const content = await mailContent(utf8(mail.raw), nodePlatform.sha256, 'https://ana.example/')
    assert.ok(content.ok, content.ok ? '' : content.detail)
    const { title, html, attachments, dropped } = content.value
    assert.equal(title, mail.title)
    assert.equal(html.replace(/<img [^>]*>/g, 'img'), mail.html)
    assert.equal(htmlProblem(html, attachments), null)
    assert.equal(dropped.length, mail.dropped?.length ?? 0, dropped.join())
    for (const [i, words] of (mail.dropped ?? []).entries()) assert.match(dropped[i]!, words)
  })
}
