/** Who can make a blog suspected: its watchers, and nobody else. */
import { dayMs, minuteMs, type Sheet, secondMs, t0 } from './forge.ts'
import { head, memberRecord, mirrorList } from './scene.ts'
import { fall, observe, say } from './states-words.ts'

export async function doubters(sheet: Sheet): Promise<void> {
  const since = fall - 10 * secondMs
  const doubt = (alias: string, by: string) => observe(sheet, alias, by, { probes: 5, since })
  const suspected = { state: 'suspected', since }
  await doubt('doubt of member 10', 'member 10')
  await doubt('doubt of member 11', 'member 11')
  await doubt('doubt of a guest', 'guest')
  await doubt('doubt of a stranger', 'stranger')
  say(sheet, 'the last mirror doubts', 'Each mirror watches.', ['doubt of member 10'], fall, suspected)
  say(sheet, 'a member doubts', 'It is no mirror of the blog: it does not watch it.', ['doubt of member 11'], fall, {})
  say(sheet, 'a stranger doubts', 'No member.', ['doubt of a stranger'], fall, {})
  await guests(sheet, suspected)
  await own(sheet, suspected)
}

async function voucher(sheet: Sheet, alias: string, by: string, invited: string, operator: string): Promise<void> {
  await sheet.object(alias, 'voucher', by, {
    time: t0 + minuteMs,
    invited: sheet.key(invited),
    operator: sheet.key(operator),
    region: 'eu',
    block: '198.51',
    nonce: sheet.forge.hash(`nonce of ${alias}`),
  })
}

function record(sheet: Sheet, alias: string, name: string, operator: string, vouchers: readonly string[]) {
  return memberRecord(sheet, alias, {
    name,
    operator,
    time: t0 + 2 * minuteMs,
    nonces: vouchers.map((alias) => sheet.forge.hash(`nonce of ${alias}`)),
    fields: { vouchers: vouchers.map((alias) => sheet.id(alias)) },
  })
}

/** A member with one voucher where two are needed, on the list beside nine of full standing. */
async function guests(sheet: Sheet, suspected: object): Promise<void> {
  await voucher(sheet, 'operator 1 for the guest', 'operator 1', 'guest', 'operator 13')
  await voucher(sheet, 'operator 2 for the guest', 'operator 2', 'guest', 'operator 13')
  await record(sheet, 'guest', 'guest', 'operator 13', ['operator 1 for the guest'])
  await record(sheet, 'no more a guest', 'guest', 'operator 13', [
    'operator 1 for the guest',
    'operator 2 for the guest',
  ])
  const mirrors = [...mirrorList(sheet, 9), sheet.key('guest')]
  await head(sheet, 'head with a guest', { time: t0 + dayMs / 2, seq: 2, previous: sheet.id('head 1'), mirrors })
  const network = [...(sheet.shared.network as string[]), 'operator 1 for the guest', 'guest']
  const full = [...network.slice(0, -1), 'operator 2 for the guest', 'no more a guest']
  const objects = ['head with a guest', 'doubt of a guest']
  say(sheet, 'a guest doubts', 'It may keep a copy for its friends, and doubt nothing.', objects, fall, {}, { network })
  const why = 'With its second voucher it is a full member.'
  say(sheet, 'a former guest doubts', why, objects, fall, suspected, { network: full })
}

/** The blog's own server is a member, and its operator runs another, which is on the list. */
async function own(sheet: Sheet, suspected: object): Promise<void> {
  await voucher(sheet, 'operator 10 for its blog', 'operator 10', 'online', 'operator 10')
  await record(sheet, 'the blog as a member', 'online', 'operator 10', ['operator 10 for its blog'])
  const network = [...(sheet.shared.network as string[]), 'operator 10 for its blog', 'the blog as a member']
  const objects = ['doubt of member 10']
  const why = 'Who runs the blog knows better ways to say so, and could open its doors to a stolen key.'
  say(sheet, 'its own operator doubts', why, objects, fall, {}, { network })
  say(sheet, 'another operator doubts', 'It is nobody\u2019s own.', ['one failure'], fall, suspected, { network })
}
