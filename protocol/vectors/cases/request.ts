import { batchBytesMax, batchObjectsMax, blobBytesMax } from '../../limits.ts'
import { askBytesMax } from '../../request.ts'
import type { VectorFile } from '../world.ts'
import { type Forge, Sheet } from './forge.ts'

/** Bodies of requests. What stands inside a batch is judged one by one, elsewhere. */
export function requestCases(forge: Forge): VectorFile {
  const sheet = new Sheet(forge, {
    rule: 'request',
    about:
      'Bodies of POST requests under /dgos/v1/. "to" is the path. Expected: "accepted", or the code with which the whole request is refused.',
  })
  batches(sheet)
  syncs(sheet)
  audits(sheet)
  return sheet.file()
}

type To = 'objects' | 'sync' | 'audits'

function writers(sheet: Sheet, to: To) {
  const body = (value: unknown) =>
    typeof value === 'string' ? { text: value } : 'text' in (value as object) ? value : { text: JSON.stringify(value) }
  return {
    good: (name: string, why: string, value: unknown) =>
      sheet.case(`${to}: ${name}`, why, { to, body: body(value) }, 'accepted'),
    bad: (name: string, why: string, value: unknown, code = 'BAD_REQUEST') =>
      sheet.case(`${to}: ${name}`, why, { to, body: body(value) }, { code }),
  }
}

function batches(sheet: Sheet): void {
  const { good, bad } = writers(sheet, 'objects')
  const many = (times: number) => ({ text: { $join: ['{"objects":[{}', { $repeat: ',{}', times: times - 1 }, ']}'] } })
  const padded = (bytes: number) => ({ text: { $join: ['{"objects":[{}]}', { $repeat: ' ', times: bytes - 16 }] } })
  good('one object', 'What is inside is looked at later: a wrong object does not spoil its neighbours.', {
    objects: [{}],
  })
  good('wrong objects', 'They are answered one by one.', { objects: [null, 7, 'x', []] })
  good('unknown field', 'Ignored.', { objects: [{}], later: true })
  good('most objects', `${batchObjectsMax} objects.`, many(batchObjectsMax))
  good('largest body', `${batchBytesMax} bytes.`, padded(batchBytesMax))
  bad('too many objects', `${batchObjectsMax + 1} objects.`, many(batchObjectsMax + 1), 'TOO_LARGE')
  bad('too large a body', `${batchBytesMax + 1} bytes.`, padded(batchBytesMax + 1), 'TOO_LARGE')
  bad('no objects', 'Nothing was asked.', { objects: [] })
  bad('objects missing', 'Required.', {})
  bad('objects an object', 'A list.', { objects: { envelope: 1 } })
  bad('a bare list', 'One object at the top.', [{}], 'BAD_JSON')
  bad('a bare envelope', 'The batch is the only form.', { payload: '', payloadType: '', signatures: [] })
  bad('empty body', 'Nothing.', '', 'BAD_JSON')
  bad('form fields', 'JSON only.', 'objects=%5B%5D', 'BAD_JSON')
  bad('objects twice', 'Parsers differ in which one they keep.', '{"objects":[{}],"objects":[]}', 'BAD_JSON')
  sheet.case(
    'objects: not UTF-8',
    'Strict UTF-8.',
    { to: 'objects', body: { hex: '7b226f223a22e9227d' } },
    { code: 'BAD_JSON' },
  )
  bad('too deep', 'Eight brackets: an envelope needs five.', `{"objects":${'['.repeat(9)}${']'.repeat(9)}}`, 'BAD_JSON')
}

function syncs(sheet: Sheet): void {
  const { good, bad } = writers(sheet, 'sync')
  const from = sheet.forge.key('member 1')
  const ask = { from, scope: 'network', ranges: [{ from: '', to: '', ids: [] }] }
  good('first message', 'All ids of a small set.', ask)
  good('mirrors', 'The other scope.', { ...ask, scope: 'mirrors' })
  good('nothing to say', 'An empty message is a message.', { ...ask, ranges: [] })
  bad('unknown scope', 'Two scopes.', { ...ask, scope: 'all' })
  bad('no scope', 'Required.', { from, ranges: [] })
  bad('no sender', 'Required.', { scope: 'network', ranges: [] })
  bad('sender in capitals', 'Keys are lower-case.', { ...ask, from: from.toUpperCase() })
  bad('ranges missing', 'Required.', { from, scope: 'network' })
  bad('ranges out of order', 'See the cases of reconciliation.', {
    ...ask,
    ranges: [
      { from: '8', to: '', ids: [] },
      { from: '', to: '8', ids: [] },
    ],
  })
  bad(
    'too large a body',
    `${askBytesMax + 1} bytes.`,
    { text: { $join: ['{}', { $repeat: ' ', times: askBytesMax - 1 }] } },
    'TOO_LARGE',
  )
}

function audits(sheet: Sheet): void {
  const { good, bad } = writers(sheet, 'audits')
  const ask = { blob: sheet.forge.hash('blob'), from: 0, to: 1, nonce: sheet.forge.hash('nonce') }
  good('one byte', 'From the first to before the second.', ask)
  good('largest blob', 'All bytes of it.', { ...ask, to: blobBytesMax })
  bad('nothing', 'At least one byte.', { ...ask, to: 0 })
  bad('backwards', 'To lies after from.', { ...ask, from: 2 })
  bad('before the beginning', 'From the first byte.', { ...ask, from: -1 })
  bad('beyond any blob', 'No blob is so large.', { ...ask, to: blobBytesMax + 1 })
  bad('no nonce', 'Without it an answer could be kept in place of the bytes.', { ...ask, nonce: undefined })
  bad('short nonce', '32 bytes.', { ...ask, nonce: 'ab' })
  bad('no blob', 'Required.', { ...ask, blob: undefined })
  bad('text for number', 'Numbers.', { ...ask, to: '1' })
  bad('fraction', 'Whole numbers only.', { ...ask, to: 1.5 }, 'BAD_JSON')
}
