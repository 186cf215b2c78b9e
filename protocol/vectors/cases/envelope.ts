/** Envelopes: the outside of every object. Expected: {"id", "kind"} or {"code"}. */
import { decodeBase64, encodeBase64 } from '../../base64.ts'
import { fromHex, toHex, utf8 } from '../../bytes.ts'
import { signedBytes } from '../../dsse.ts'
import { seal } from '../../envelope.ts'
import { payloadBytesMax, postPayloadBytesMax, snapshotPayloadBytesMax } from '../../limits.ts'
import type { Envelope } from '../../objects.ts'
import type { VectorFile } from '../world.ts'
import * as curve from './curve.ts'
import { type Forge, Sheet, typeOf } from './forge.ts'
import { examplePayloads } from './payloads.ts'

type Writer = {
  readonly sheet: Sheet
  readonly good: Envelope
  readonly text: string
  readonly accept: (name: string, why: string, envelope: unknown, id: string, kind?: string) => void
  readonly refuse: (name: string, why: string, envelope: unknown, code: string) => void
}

const receipt = typeOf('receipt')

export async function envelopeCases(forge: Forge): Promise<VectorFile> {
  const sheet = new Sheet(forge, {
    rule: 'open',
    about:
      'DSSE envelopes as they come from outside. Expected: the id (SHA-256 of the signed bytes) and kind, or the code of the refusal. The order of the checks is part of the contract.',
  })
  const { key: _, ...fields } = examplePayloads(forge).receipt
  const sealed = await seal('receipt', fields, forge.signer('member 1'), forge.sha256)
  const writer: Writer = {
    sheet,
    good: sealed.envelope,
    text: JSON.stringify(sealed.payload),
    accept: (name, why, envelope, id, kind = 'receipt') => sheet.case(name, why, { envelope }, { id, kind }),
    refuse: (name, why, envelope, code) => sheet.case(name, why, { envelope }, { code }),
  }
  shapes(writer, sealed.id)
  texts(writer)
  await signatures(writer, sealed.id)
  await payloads(writer)
  await everyKind(writer)
  await sizes(writer)
  ids(writer, sealed.id)
  return sheet.file()
}

function shapes({ good, accept, refuse }: Writer, id: string): void {
  const [signature] = good.signatures
  accept('ordinary', 'One payload, one signature.', good, id)
  accept(
    'unknown field in the envelope',
    'The envelope is not signed; what is not known there means nothing.',
    { ...good, note: 'x' },
    id,
  )
  accept(
    'unknown field beside the signature',
    'The same for the signature.',
    { ...good, signatures: [{ ...signature, note: 1 }] },
    id,
  )
  refuse('null', 'Not an object.', null, 'BAD_ENVELOPE')
  refuse('text', 'Not an object.', 'envelope', 'BAD_ENVELOPE')
  refuse('list', 'Not an object.', [good], 'BAD_ENVELOPE')
  refuse('empty', 'Nothing in it.', {}, 'BAD_ENVELOPE')
  refuse('no payload', 'Required.', { payloadType: receipt, signatures: good.signatures }, 'BAD_ENVELOPE')
  refuse('no type', 'Required.', { payload: good.payload, signatures: good.signatures }, 'BAD_ENVELOPE')
  refuse('no signatures', 'Required.', { payload: good.payload, payloadType: receipt }, 'BAD_ENVELOPE')
  refuse('signatures empty', 'Exactly one.', { ...good, signatures: [] }, 'BAD_ENVELOPE')
  refuse(
    'two signatures',
    'Exactly one: which of two would count?',
    { ...good, signatures: [signature, signature] },
    'BAD_ENVELOPE',
  )
  refuse('signatures as object', 'A list.', { ...good, signatures: signature }, 'BAD_ENVELOPE')
  refuse('signature null', 'An object.', { ...good, signatures: [null] }, 'BAD_ENVELOPE')
  refuse('signature text', 'An object.', { ...good, signatures: [signature!.sig] }, 'BAD_ENVELOPE')
  refuse('no keyid', 'The key stands there.', { ...good, signatures: [{ sig: signature!.sig }] }, 'BAD_ENVELOPE')
  refuse(
    'keyid too long',
    '64 signs.',
    { ...good, signatures: [{ ...signature, keyid: `${signature!.keyid}0` }] },
    'BAD_ENVELOPE',
  )
  refuse('payload a number', 'A text.', { ...good, payload: 7 }, 'BAD_ENVELOPE')
  refuse('payload not encoded', 'Base64, not the object itself.', { ...good, payload: { blog: 1 } }, 'BAD_ENVELOPE')
}

function texts({ sheet, good, text, refuse }: Writer): void {
  const [{ sig, keyid }] = good.signatures as [{ sig: string; keyid: string }]
  const withPayload = (payload: string) => ({ ...good, payload })
  const withSig = (other: string) => ({ ...good, signatures: [{ keyid, sig: other }] })
  const typed = (payloadType: string) => ({ ...good, payloadType })
  refuse(
    'type of another kind',
    'The type is signed: a receipt cannot be read as something else.',
    typed(typeOf('life')),
    'BAD_SIGNATURE',
  )
  refuse('unknown kind', 'No such kind.', typed(typeOf('poem' as never)), 'UNKNOWN_KIND')
  refuse(
    'kind with an inherited name',
    'Not in the table, whatever objects inherit.',
    typed(typeOf('constructor' as never)),
    'UNKNOWN_KIND',
  )
  refuse('version 2', 'Another version is another type.', typed(receipt.replace('v1', 'v2')), 'UNKNOWN_KIND')
  refuse('type with parameter', 'Compared as text.', typed(`${receipt}; charset=utf-8`), 'UNKNOWN_KIND')
  refuse('type in capitals', 'Compared as text.', typed(receipt.toUpperCase()), 'UNKNOWN_KIND')
  refuse('foreign type', 'DSSE of somebody else.', typed('application/vnd.in-toto+json'), 'UNKNOWN_KIND')
  refuse('empty type', 'None.', typed(''), 'UNKNOWN_KIND')
  refuse(
    'outage list as object',
    'Outage lists are no objects.',
    typed('application/vnd.dgos.outages.v1+json'),
    'UNKNOWN_KIND',
  )
  refuse('long type', 'More than 100 signs.', typed(receipt + 'x'.repeat(100)), 'BAD_ENVELOPE')

  const { payload } = good
  refuse(
    'payload without padding',
    'Lenient decoders take it.',
    withPayload(
      encodeBase64(utf8(`${text} `))
        .replace(/=+$/, '')
        .slice(0, -1),
    ),
    'BAD_BASE64',
  )
  refuse(
    'payload in base64url',
    'Another alphabet.',
    withPayload(encodeBase64(fromHex('fbffbf')).replaceAll('+', '-').replaceAll('/', '_')),
    'BAD_BASE64',
  )
  refuse('payload with line break', 'MIME.', withPayload(`${payload.slice(0, 76)}\n${payload.slice(76)}`), 'BAD_BASE64')
  refuse('payload with space at the end', 'Lenient decoders skip it.', withPayload(`${payload} `), 'BAD_BASE64')
  refuse(
    'payload with trailing bits',
    'The bytes would be the same: a second text of one object.',
    withPayload('Zh=='),
    'BAD_BASE64',
  )
  refuse(
    'payload in hex',
    'Valid base64 by chance, but not what was signed.',
    withPayload(toHex(utf8(text))),
    'BAD_SIGNATURE',
  )
  refuse('empty payload', 'Not what was signed.', withPayload(''), 'BAD_SIGNATURE')
  refuse('signature without padding', '88 signs.', withSig(sig.slice(0, -2)), 'BAD_ENVELOPE')
  refuse('signature in hex', '88 signs of base64.', withSig(toHex(decodeBase64(sig)!)), 'BAD_ENVELOPE')
  const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const trailing = sig.slice(0, 85) + last[last.indexOf(sig[85]!) + 1] + sig.slice(86)
  refuse('signature with trailing bits', 'A second text of the same signature.', withSig(trailing), 'BAD_BASE64')
  refuse(
    'signature of 65 bytes',
    '88 signs of base64, but not 64 bytes.',
    withSig(`${sig.slice(0, 86)}A=`),
    'BAD_SIGNATURE',
  )
  refuse('signature in base64url', 'Another alphabet.', withSig(`-${sig.slice(1)}`), 'BAD_BASE64')
  sheet.case(
    'id of an altered signature',
    'The id is of the signed bytes: the signature has no part in it.',
    { envelope: withSig(trailing) },
    toHex(sheet.forge.sha256(signedBytes(receipt, utf8(text)))),
    'id',
  )
  sheet.case('id of no envelope', 'Nothing to name.', { envelope: { payload: '!' } }, null, 'id')
}

async function signatures({ sheet, good, text, accept, refuse }: Writer, id: string): Promise<void> {
  const { forge } = sheet
  const [{ sig, keyid }] = good.signatures as [{ sig: string; keyid: string }]
  const withSig = (bytes: Uint8Array, as = keyid) => ({
    ...good,
    signatures: [{ keyid: as, sig: encodeBase64(bytes) }],
  })
  const bytes = decodeBase64(sig)!
  const s = curve.fromLittleEndian(toHex(bytes.subarray(32)))
  const shifted = fromHex(toHex(bytes.subarray(0, 32)) + curve.littleEndian(s + curve.order))
  refuse(
    'signature with S + L',
    'A second signature of the same bytes: nothing may be keyed by signatures, and this one is refused besides.',
    withSig(shifted),
    'BAD_SIGNATURE',
  )
  refuse('signature zero', 'R is of small order.', withSig(new Uint8Array(64)), 'BAD_SIGNATURE')
  refuse(
    'signature of another key',
    'Signed by another member.',
    await forge.sign(receipt, text, forge.signer('member 2'), keyid),
    'BAD_SIGNATURE',
  )
  refuse(
    'keyid of another key',
    'The key that is named did not sign.',
    withSig(bytes, forge.key('member 2')),
    'BAD_SIGNATURE',
  )
  refuse(
    'keyid and payload differ',
    'The signature is good, but the payload names another key.',
    await forge.sign(receipt, text, forge.signer('member 2')),
    'BAD_SIGNATURE',
  )
  refuse(
    'keyid in capitals',
    'Keys are lower-case hex: one spelling.',
    withSig(bytes, keyid.toUpperCase()),
    'BAD_SIGNATURE',
  )
  refuse('keyid empty', 'No key.', withSig(bytes, ''), 'BAD_SIGNATURE')
  refuse('keyid of small order', 'Anybody could sign under it.', withSig(bytes, `01${'0'.repeat(62)}`), 'BAD_SIGNATURE')
  const plain = { payload: good.payload, payloadType: receipt }
  const unframed = encodeBase64(await forge.signer('member 1').sign(utf8(text)))
  refuse(
    'signature over the payload alone',
    'Signed is type and payload, framed by DSSE.',
    { ...plain, signatures: [{ keyid, sig: unframed }] },
    'BAD_SIGNATURE',
  )
  const characters = utf8(`DSSEv1 ${receipt.length} ${receipt} ${text.length - 1} ${text}`)
  refuse(
    'signature with a wrong length',
    'Lengths are part of what is signed.',
    { ...plain, signatures: [{ keyid, sig: encodeBase64(await forge.signer('member 1').sign(characters)) }] },
    'BAD_SIGNATURE',
  )
  const spaced = utf8(`${text}\n`)
  const other = await forge.sign(receipt, spaced, forge.signer('member 1'))
  accept(
    'other bytes, same meaning',
    'White space after the payload makes another object with another id: bytes are never normalised.',
    other,
    toHex(forge.sha256(signedBytes(receipt, spaced))),
  )
  if (id === toHex(forge.sha256(signedBytes(receipt, spaced)))) throw new Error('ids must differ')
}

async function payloads({ sheet, text, accept, refuse }: Writer): Promise<void> {
  const { forge } = sheet
  const sign = (payload: string | Uint8Array, type = receipt) => forge.sign(type, payload, forge.signer('member 1'))
  const fields = JSON.parse(text) as Record<string, unknown>
  refuse('payload no JSON', 'Signed nonsense is nonsense.', await sign('receipt'), 'BAD_JSON')
  refuse('payload a list', 'One object.', await sign(`[${text}]`), 'BAD_JSON')
  refuse('payload not UTF-8', 'Strict UTF-8.', await sign(fromHex('7b2261223a22e9227d')), 'BAD_JSON')
  refuse('payload with mark', 'No byte order mark.', await sign(`\ufeff${text}`), 'BAD_JSON')
  refuse('payload with a name twice', 'Parsers differ.', await sign(text.replace('{', '{"blog":"x",')), 'BAD_JSON')
  refuse(
    'payload with a fraction',
    'Whole numbers only.',
    await sign(text.replace(/"time":\d+/, '"time":1.5')),
    'BAD_JSON',
  )
  refuse(
    'payload too deep',
    'Eight brackets.',
    await sign(text.replace('{', `{"x":${'['.repeat(8)}${']'.repeat(8)},`)),
    'BAD_JSON',
  )
  refuse(
    'payload without network',
    'Every payload names its network.',
    await sign(JSON.stringify({ ...fields, network: undefined })),
    'BAD_FIELDS',
  )
  refuse(
    'payload without time',
    'Every payload has a time.',
    await sign(JSON.stringify({ ...fields, time: undefined })),
    'BAD_FIELDS',
  )
  refuse(
    'payload without key',
    'Every payload names its signer.',
    await sign(JSON.stringify({ ...fields, key: undefined })),
    'BAD_FIELDS',
  )
  const extended = JSON.stringify({ ...fields, later: { a: 1 } })
  accept(
    'payload with unknown field',
    'Kept and ignored; it is part of the id.',
    await sign(extended),
    toHex(forge.sha256(signedBytes(receipt, utf8(extended)))),
  )
  const { key: _, ...post } = examplePayloads(forge).post
  const bad = JSON.stringify({ ...post, key: forge.key('member 1'), html: '<p onclick="x">a</p>' })
  refuse(
    'post with foreign html',
    'Post html is checked with the envelope: nobody stores what nobody may show.',
    await sign(bad, typeOf('post')),
    'BAD_HTML',
  )
  const stray = JSON.stringify({
    ...post,
    key: forge.key('member 1'),
    html: `<p><img src="blob:${'0'.repeat(64)}" alt=""></p>`,
  })
  refuse(
    'post with image that is not attached',
    'Images name attachments of the same post.',
    await sign(stray, typeOf('post')),
    'BAD_HTML',
  )
}

async function everyKind({ sheet, accept }: Writer): Promise<void> {
  const { forge } = sheet
  for (const [kind, payload] of Object.entries(examplePayloads(forge))) {
    const text = JSON.stringify({ ...payload, key: forge.key('member 1') })
    const type = typeOf(kind as never)
    const envelope = await forge.sign(type, text, forge.signer('member 1'))
    accept(
      `kind ${kind}`,
      'The example payload of this kind opens.',
      envelope,
      toHex(forge.sha256(signedBytes(type, utf8(text)))),
      kind,
    )
  }
}

/** White space fills a payload up to its limit; the base64 of three spaces is "ICAg". */
async function sizes({ sheet, accept, refuse }: Writer): Promise<void> {
  const { forge } = sheet
  const limits = { receipt: payloadBytesMax, snapshot: snapshotPayloadBytesMax, post: postPayloadBytesMax } as const
  for (const [kind, limit] of Object.entries(limits) as [keyof typeof limits, number][]) {
    const type = typeOf(kind)
    const text = JSON.stringify({ ...examplePayloads(forge)[kind], key: forge.key('member 1') })
    for (const size of [limit, limit + 1]) {
      const payload = utf8(text + ' '.repeat(size - utf8(text).length))
      const envelope = await forge.sign(type, payload, forge.signer('member 1'))
      const short = { ...envelope, payload: shorten(envelope.payload) }
      const id = toHex(forge.sha256(signedBytes(type, payload)))
      if (size === limit) accept(`${kind} of ${size} bytes`, 'The largest payload of this kind.', short, id, kind)
      else refuse(`${kind} of ${size} bytes`, 'One byte more than this kind may have.', short, 'TOO_LARGE')
    }
  }
}

function shorten(base64: string): unknown {
  const run = /(?:ICAg){8,}/.exec(base64)!
  const rest = base64.slice(run.index + run[0].length)
  return { $join: [base64.slice(0, run.index), { $repeat: 'ICAg', times: run[0].length / 4 }, rest] }
}

function ids({ sheet, good }: Writer, id: string): void {
  sheet.case('id of an envelope', 'SHA-256 of the signed bytes.', { envelope: good }, id, 'id')
}
