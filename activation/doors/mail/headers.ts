/**
 * The head of a message, read for judging: only what every reader reads alike is let through. Anything that two programs
 * could take for two different messages (bare line ends, headers that stand twice) is refused, for the signature would
 * speak of one of them and the post of the other.
 */
import { ok, type Result, refuse } from '../../../protocol/codes.ts'

export type Head = {
  /** Lower-case names; values unfolded. */
  readonly value: ReadonlyMap<string, string>
  /** The one address of From, lower case. */
  readonly from: string
  /** Without the brackets. */
  readonly messageId: string
  readonly dateMs: number
  /** What follows the head. */
  readonly body: Uint8Array
}

const headBytesMax = 64 * 1024
const linesMax = 400
/** Each decides what the post will be, so each stands once. */
const once = ['from', 'subject', 'date', 'message-id']
const atMostOnce = ['content-type', 'content-transfer-encoding', 'mime-version', 'sender', 'reply-to', 'to', 'cc']

/** The whole message is looked through: work for a thread. */
export function readHead(raw: Uint8Array): Result<Head> {
  return headOf(raw, raw.length)
}

/** The same of the head alone, whose length is bounded. */
export function readOnlyHead(raw: Uint8Array): Result<Head> {
  return headOf(raw, 0)
}

function headOf(raw: Uint8Array, bytes: number): Result<Head> {
  const end = endOfHead(raw)
  if (end === null) return refuse('BAD_REQUEST', 'headers too long, or no end of headers')
  const wrong = lineEndProblem(raw.subarray(0, Math.max(end, bytes)))
  if (wrong !== null) return refuse('BAD_REQUEST', wrong)
  const text = new TextDecoder('latin1').decode(raw.subarray(0, end))
  const lines = text
    .replace(/\r\n(?=[ \t])/g, '')
    .split('\r\n')
    .filter((line) => line !== '')
  if (lines.length > linesMax) return refuse('BAD_REQUEST', 'too many headers')
  const value = new Map<string, string>()
  for (const line of lines) {
    const found = /^([!-9;-~]{1,100}):[ \t]*(.*)$/s.exec(line)
    if (found === null) return refuse('BAD_REQUEST', 'a line of the head is no header')
    const name = found[1]!.toLowerCase()
    if (value.has(name) && (once.includes(name) || atMostOnce.includes(name)))
      return refuse('BAD_REQUEST', `${name} stands twice`)
    value.set(name, found[2]!.trim())
  }
  for (const name of once) if (!value.has(name)) return refuse('BAD_REQUEST', `${name} is missing`)
  const from = oneAddress(value.get('from')!)
  if (from === null) return refuse('BAD_REQUEST', 'From must hold one address')
  const messageId = /^<([!-;=?-~]{3,250})>$/.exec(value.get('message-id')!)?.[1]
  if (messageId === undefined) return refuse('BAD_REQUEST', 'Message-ID is not <one word>')
  const dateMs = Date.parse(value.get('date')!.replace(/\([^()]*\)/g, ''))
  return Number.isFinite(dateMs)
    ? ok({ value, from, messageId, dateMs, body: raw.subarray(end + 2) })
    : refuse('BAD_REQUEST', 'Date cannot be read')
}

function endOfHead(raw: Uint8Array): number | null {
  for (let at = 0; at + 3 < raw.length && at < headBytesMax; at++) {
    if (raw[at] === 13 && raw[at + 1] === 10 && raw[at + 2] === 13 && raw[at + 3] === 10) return at + 2
  }
  return null
}

function lineEndProblem(raw: Uint8Array): string | null {
  for (let at = 0; at < raw.length; at++) {
    if (raw[at] === 0) return 'a zero byte'
    if (raw[at] === 10 && raw[at - 1] !== 13) return 'a bare line feed: lines end with CRLF'
    if (raw[at] === 13 && raw[at + 1] !== 10) return 'a bare carriage return: lines end with CRLF'
  }
  return null
}

/** `Ana <ana@example.org>` or `ana@example.org`: no groups, no lists, no second address hidden in the name. */
function oneAddress(from: string): string | null {
  const bare = from.replace(/"(?:[^"\\]|\\.)*(?:"|\\?$)/gs, (name) => (name.includes('@') ? '@@' : ''))
  const found =
    /^[^<>@,;:]*<([^<>@,;:\s"]{1,64}@[A-Za-z0-9.-]{1,190})>$|^([^<>@,;:\s"]{1,64}@[A-Za-z0-9.-]{1,190})$/.exec(
      bare.trim(),
    )
  return (found?.[1] ?? found?.[2])?.toLowerCase() ?? null
}
