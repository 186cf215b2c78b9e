/** A signature that is not the author's, or leaves open how the body is read, makes no post. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { message } from '../activation/mail-corpus/honest.ts'
import { freshHeaders, signedMail } from '../activation/mail-senders.ts'
import { mailWorld } from '../activation/mail-world.ts'
import { mailDomain } from '../activation/program-doors.ts'
import { foreignMails } from './inputs/foreign-mail.ts'

test('a signature of a sibling, a guest or a suffix, or over too little, makes no post; the author’s does', async (t) => {
  const world = await mailWorld(t)
  const { secret } = await world.open('mail')
  const mails = foreignMails()
  assert.equal(mails.length, 6)
  for (const { name, raw, sign, why } of mails) {
    const taken = await world.mail.take(`${secret}@${mailDomain}`, await signedMail(raw(freshHeaders()), sign!))
    assert.ok(!taken.ok, name)
    assert.match(taken.detail, why, name)
  }
  const own = await signedMail(message(freshHeaders(), 'The words of the author.'))
  assert.ok((await world.mail.take(`${secret}@${mailDomain}`, own)).ok)
})
