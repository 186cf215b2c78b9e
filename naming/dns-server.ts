/**
 * The authoritative DNS server, without its sockets: bytes in, bytes out. It recurses for nobody, refuses ANY and whatever
 * lies outside its zones, and gives a whole zone to secondaries that sign with the shared key, to nobody else.
 *
 *   message → remembered whole? → sent back under its id
 *           → read → notice | transfer | question → reply → EDNS, size, TSIG → remembered
 */
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { type Reply, refusedReply, replyOf, zoneOf } from './answer.ts'
import { codes, headerBytes, opcodes, type Query, readQuery } from './query.ts'
import type { Rating, ResponseRates } from './response-rates.ts'
import type { ServedZone } from './served-zone.ts'
import { transferOf } from './transfer.ts'
import { checkTsig, type TsigKey, tsigErrors, withTsig } from './tsig.ts'

export type Zones = ReadonlyMap<string, ServedZone>
export type DnsServerDeps = { readonly rates: ResponseRates; readonly clock: Clock; readonly log: Log }
export type DnsServerOptions = {
  /** Zones that belong here. One of which nothing is known yet is answered by "failed", so that others are asked. */
  readonly apexes: readonly string[]
  /** Who signs with it may have whole zones. */
  readonly key: TsigKey | null
}
export type Sender = { readonly address: string; readonly isTcp: boolean }

/** What goes through every network unbroken (DNS flag day 2020), and what goes without EDNS. */
const udpBytesMax = 1_232
const plainBytesMax = 512
const tcpBytesMax = 65_535
/** Answers remembered whole. What is asked in a thousand spellings is put together each time. */
const rememberedMax = 5_000
const rememberedBytesMax = 128
const badVersion = 16

type Remembered = { readonly messages: readonly Buffer[]; readonly subject: string; next: number }

export class DnsServer {
  readonly #deps: DnsServerDeps
  readonly #options: DnsServerOptions
  readonly #apexes: ReadonlySet<string>
  readonly #remembered = new Map<string, Remembered>()
  #zones: Zones = new Map()

  constructor(deps: DnsServerDeps, options: DnsServerOptions) {
    this.#deps = deps
    this.#options = options
    this.#apexes = new Set(options.apexes)
  }

  get zones(): Zones {
    return this.#zones
  }

  /** From now on these are served. */
  serve(zones: Zones): void {
    this.#zones = zones
    this.#remembered.clear()
  }

  /** What is sent back: nothing, one message, or for a transfer by TCP several. */
  answer(message: Buffer, sender: Sender): readonly Buffer[] {
    const known = sender.isTcp ? undefined : this.#remembered.get(nameOf(message))
    if (known !== undefined) return this.#again(known, message, sender.address)
    const query = readQuery(message)
    if (query === null || (query !== 'malformed' && query.isReply) || (message[2]! & 0x80) !== 0) return []
    if (query === 'malformed') return this.#rated([bareReply(message, codes.malformed)], sender, 'malformed')
    const signed = query.tsig === null ? null : this.#checked(message, query)
    if (signed !== null && !signed.ok) return this.#rated([signed.reply], sender, 'tsig')
    return this.#replied(message, query, sender, signed?.mac ?? null)
  }

  #replied(message: Buffer, query: Query, sender: Sender, mac: Buffer | null): readonly Buffer[] {
    const zone = zoneOf(this.#zones, query.name)
    if (query.opcode === opcodes.query && (query.type === 'AXFR' || query.type === 'IXFR'))
      return this.#transferred(query, zone, sender, mac)
    const reply = this.#replyTo(query, zone)
    const bytesMax = sender.isTcp
      ? tcpBytesMax
      : Math.max(plainBytesMax, Math.min(query.edns?.bytesMax ?? 0, udpBytesMax))
    const messages = reply.answers.map((_, i) => composed(query, reply, i, bytesMax))
    if (mac !== null) return [this.#signed(messages[0]!, mac)]
    const subject = subjectOf(query, reply, zone)
    if (sender.isTcp) return [messages[0]!]
    // a name that is not there may come in endless spellings
    if (reply.code === codes.ok && zone !== null) this.#remember(message, { messages, subject, next: 1 })
    return this.#rated([messages[0]!], sender, subject)
  }

  #replyTo(query: Query, zone: ServedZone | null): Reply {
    if (query.opcode !== opcodes.query) return { ...refusedReply, code: codes.notImplemented }
    if (!query.isInternet || query.type === 'ANY') return refusedReply
    if (zone !== null) return replyOf(zone, query.name, query.type, query.edns?.wantsSignatures === true)
    const isOurs = [...this.#apexes].some((apex) => query.name === apex || query.name.endsWith(`.${apex}`))
    return isOurs ? { ...refusedReply, code: codes.failed } : refusedReply
  }

  /** Whole zones go by TCP and to who holds the key. By UDP its serial is enough to know whether to come by TCP. */
  #transferred(query: Query, zone: ServedZone | null, sender: Sender, mac: Buffer | null): readonly Buffer[] {
    const { key } = this.#options
    const { log, clock } = this.#deps
    if (key === null || mac === null || zone === null || zone.apex !== query.name)
      return this.#rated([composed(query, refusedReply, 0, plainBytesMax)], sender, 'transfer')
    if (!sender.isTcp) return [this.#signed(composed(query, soaReply(zone), 0, udpBytesMax), mac)]
    log.info('zone-transfer', { zone: zone.apex, serial: zone.serial, to: sender.address })
    return transferOf(query, zone, { key, mac, nowMs: clock.nowMs() })
  }

  #checked(message: Buffer, query: Query): { ok: true; mac: Buffer } | { ok: false; reply: Buffer } {
    const { key } = this.#options
    const { clock } = this.#deps
    const check =
      key === null
        ? { ok: false as const, error: tsigErrors.badKey, timeSigned: 0 }
        : checkTsig(message, query.tsig!, key, clock.nowMs())
    if (check.ok) return check
    const reply = composed(query, { ...refusedReply, code: codes.notAuth }, 0, plainBytesMax)
    if (key === null) return { ok: false, reply }
    return { ok: false, reply: withTsig(reply, key, clock.nowMs(), check).message }
  }

  #signed(message: Buffer, before: Buffer): Buffer {
    return withTsig(message, this.#options.key!, this.#deps.clock.nowMs(), { before }).message
  }

  #again(known: Remembered, message: Buffer, address: string): readonly Buffer[] {
    const rating = this.#deps.rates.take(address, known.subject)
    if (rating === 'drop') return []
    const turn = known.next++ % known.messages.length
    const reply = Buffer.from(known.messages[turn]!)
    reply[0] = message[0]!
    reply[1] = message[1]!
    return [rating === 'send' ? reply : emptied(reply)]
  }

  #remember(message: Buffer, remembered: Remembered): void {
    if (message.length <= rememberedBytesMax && this.#remembered.size < rememberedMax)
      this.#remembered.set(nameOf(message), remembered)
  }

  #rated(messages: readonly Buffer[], { address, isTcp }: Sender, subject: string): readonly Buffer[] {
    const rating: Rating = isTcp ? 'send' : this.#deps.rates.take(address, subject)
    if (rating === 'drop') return []
    return rating === 'send' ? messages : messages.map(emptied)
  }
}

/** Everything but the id: the same bytes get the same answer. */
function nameOf(message: Buffer): string {
  return message.toString('latin1', 2)
}

/** What is counted as one answer: a name and type that are there; all that is not, zone by zone. */
function subjectOf({ name, type }: Query, { code }: Reply, zone: ServedZone | null): string {
  return code === codes.ok ? `${name} ${type}` : `${zone?.apex ?? ''} ${code}`
}

function soaReply({ soa }: ServedZone): Reply {
  return { code: codes.ok, isAuthoritative: true, answers: [soa.wire], authorities: [] }
}

/** The whole message. What does not fit is left out as a whole, with "ask by TCP". */
function composed(query: Query, reply: Reply, turn: number, bytesMax: number): Buffer {
  const { edns, question } = query
  const isOldVersion = edns === null || edns.version === 0
  const code = isOldVersion ? reply.code : badVersion
  const answers = isOldVersion ? reply.answers[turn]! : []
  const authorities = isOldVersion ? reply.authorities : []
  const opt = edns === null ? [] : [optRecord(code, edns.wantsSignatures)]
  const head = Buffer.alloc(headerBytes)
  head.writeUInt16BE(query.id, 0)
  head.writeUInt16BE(flagsOf(query, reply.isAuthoritative && isOldVersion) | (code & 15), 2)
  const counts = [1, answers.length, authorities.length, opt.length]
  counts.forEach((count, i) => {
    head.writeUInt16BE(count, 4 + 2 * i)
  })
  const whole = Buffer.concat([head, question, ...answers, ...authorities, ...opt])
  if (whole.length <= bytesMax) return whole
  head.writeUInt16BE(head.readUInt16BE(2) | 0x200, 2)
  head.writeUInt32BE(0, 6)
  return Buffer.concat([head, question, ...opt])
}

function flagsOf({ opcode, wantsRecursion }: Query, isAuthoritative: boolean): number {
  return 0x8000 | (opcode << 11) | (isAuthoritative ? 0x400 : 0) | (wantsRecursion ? 0x100 : 0)
}

function optRecord(code: number, wantsSignatures: boolean): Buffer {
  const opt = Buffer.from([0, 0, 41, udpBytesMax >> 8, udpBytesMax & 255, code >> 4, 0, 0, 0, 0, 0])
  if (wantsSignatures) opt[7] = 0x80
  return opt
}

/** A reply to what could not be read: its id, and the code. */
function bareReply(message: Buffer, code: number): Buffer {
  const head = Buffer.alloc(headerBytes)
  message.copy(head, 0, 0, 2)
  head.writeUInt16BE(0x8000 | (message.readUInt16BE(2) & 0x7900) | code, 2)
  return head
}

/** The same reply without its records, and with "ask by TCP". */
function emptied(reply: Buffer): Buffer {
  let end = headerBytes
  if (reply.readUInt16BE(4) === 1) {
    while (reply[end]! > 0) end += reply[end]! + 1
    end += 5
  }
  const empty = Buffer.from(reply.subarray(0, end))
  empty.writeUInt16BE(empty.readUInt16BE(2) | 0x200, 2)
  empty.writeUInt32BE(0, 6)
  empty.writeUInt16BE(0, 10)
  return empty
}
