/** Rules about bytes: base64, JSON, signatures, envelopes, fields, html, request bodies. */
import { decodeBase64 } from '../base64.ts'
import { fromHex, latin1, textOf, toHex, utf8 } from '../bytes.ts'
import { isStrictSignature } from '../ed25519.ts'
import { idOf, open } from '../envelope.ts'
import { keyDirectory, type Signing, signatureBase } from '../http-signature.ts'
import { type Json, parseStrictJson } from '../json.ts'
import { badField } from '../kinds.ts'
import type { Kind, Time } from '../objects.ts'
import { htmlProblem } from '../post-html.ts'
import { parseAudit, parseBatch, parseSync } from '../request.ts'
import { retryAfterMs, wallReason } from '../walls.ts'
import type { Rule, World } from './world.ts'

type Text = { readonly text: string } | { readonly hex: string }

function bytesOf(input: Text): Uint8Array {
  return 'hex' in input ? fromHex(input.hex) : utf8(input.text)
}

/** Changes one place of a payload: a path of names and indices, as in refusals. */
function changed(base: Json, path: string, value: Json | undefined): Json {
  const copy = JSON.parse(JSON.stringify(base)) as Json
  const steps = path.split('/').slice(1)
  let at = copy as Record<string, Json>
  for (const step of steps.slice(0, -1)) at = at[step] as unknown as Record<string, Json>
  if (value === undefined) delete at[steps.at(-1)!]
  else at[steps.at(-1)!] = value
  return copy
}

export const byteRules: Readonly<Record<string, Rule>> = {
  base64: (input: { text: string }) => {
    const bytes = decodeBase64(input.text)
    return bytes === null ? 'refused' : toHex(bytes)
  },

  json: (input: Text) => {
    const text = textOf(bytesOf(input))
    const read = text === null ? null : parseStrictJson(text)
    return read?.ok ? { value: read.value } : 'refused'
  },

  ed25519: async (input: { key: string; message: string; signature: string }, world: World) => {
    const [key, message, signature] = [fromHex(input.key), fromHex(input.message), fromHex(input.signature)]
    return isStrictSignature(key, signature) && (await world.platform.verify(key, message, signature))
  },

  open: async (input: { envelope: unknown }, world: World) => {
    const opened = await open(input.envelope, world.platform)
    return opened.ok ? { id: opened.value.id, kind: opened.value.kind } : { code: opened.code }
  },

  id: (input: { envelope: unknown }, world: World) => idOf(input.envelope, world.platform.sha256),

  /** `at` with `value` sets a field, `at` alone takes it away; without `at` the base payload is tried as it is. */
  fields: (input: { kind: Kind; at?: string; value?: Json }, world: World) => {
    const base = (world.shared.base as Record<string, Json>)[input.kind]!
    const payload = input.at === undefined ? base : changed(base, input.at, input.value)
    return badField(input.kind, payload) ?? 'accepted'
  },

  html: (input: { html: string; attachments?: readonly string[] }) => {
    const blobs = (input.attachments ?? []).map((blob) => ({ blob }))
    return htmlProblem(input.html, blobs) === null ? 'accepted' : 'refused'
  },

  wall: (input: { status: number; headers: Readonly<Record<string, string>>; page: Text }) =>
    wallReason({ ...input, page: latin1(bytesOf(input.page)) }),

  'signature-base': ({ key, ...signing }: Signing & { key: string }, world: World) =>
    signatureBase(signing, key, world.platform.sha256),

  'key-directory': (input: { key: string }, world: World) => keyDirectory(input.key, world.platform.sha256),

  'retry-after': (input: { value: string; nowMs: Time }) => retryAfterMs(input.value, input.nowMs),

  request: (input: { to: 'objects' | 'sync' | 'audits'; body: Text }) => {
    const parse = { objects: parseBatch, sync: parseSync, audits: parseAudit }[input.to]
    const read = parse(bytesOf(input.body))
    return read.ok ? 'accepted' : { code: read.code }
  },
}
