/**
 * E-mail in: from a raw message and the secret address it was sent to, to a post that three operators hold.
 *
 *   secret address? ─ head reads one way? ─ seen before? ─ Date ±1 h ─ OpenPGP, DKIM aligned, or a one-time code
 *     ─► text and images ─► post, shown in 15 minutes, with a key that calls it back ─► mirrors ─► safe ─► 250
 *
 * Senders try again whatever failed on the way, and each step says the same then: a code counts for its message, the post
 * of a message is looked for before one is signed, and the cancel key follows from the message.
 *
 * The answer is given in the session: who sends is told there, and nobody else ever gets a bounce.
 */

import { KeyedMutex } from '../../../ledger/keyed-mutex.ts'
import type { Ledger } from '../../../ledger/ledger.ts'
import { type Clock, within } from '../../../lib/clock.ts'
import type { MailResolver } from '../../../lib/dns.ts'
import type { Log } from '../../../lib/log.ts'
import { concat, toHex, utf8 } from '../../../protocol/bytes.ts'
import { ok, type Result, refuse } from '../../../protocol/codes.ts'
import { seal } from '../../../protocol/envelope.ts'
import { delegatedUntilMsMax } from '../../../protocol/limits.ts'
import type { Hash, SignedObject, Time } from '../../../protocol/objects.ts'
import type { Sha256 } from '../../../protocol/platform.ts'
import { rootChain } from '../../../protocol/roots.ts'
import { signerFromSeed } from '../../../protocol/signature.ts'
import type { Replication } from '../../posts/replication.ts'
import { DoorReader } from '../door-reader.ts'
import type { DoorKey, DoorKeys } from '../gateway/door-keys.ts'
import type { GatewayStore } from '../gateway/gateway-store.ts'
import { memberTarget } from '../gateway/member-target.ts'
import { PostWriter } from '../gateway/post-writer.ts'
import type { MailContent } from './content.ts'
import { type Head, readOnlyHead } from './headers.ts'
import type { MailNotices } from './mail-notices.ts'
import type { SaidOfName } from './mail-proof.ts'
import { type DkimPass, dateProblem } from './verdict.ts'

export type MailDoorDeps = {
  readonly doorKeys: DoorKeys
  readonly store: GatewayStore
  readonly ledger: Ledger
  readonly replication: Pick<Replication, 'acceptBlob' | 'holders' | 'watch'>
  readonly notices: MailNotices
  readonly resolver: MailResolver
  readonly clock: Clock
  readonly log: Log
  readonly sha256: Sha256
  readonly reader?: DoorReader
}
export type MailDoorOptions = {
  readonly memberName: string
  /** What stands behind the @ of the secret addresses. */
  readonly domain: string
}
/** The door, and what stands behind the @ of its addresses. */
export type MailIntake = {
  readonly door: MailDoor
  readonly domain: string
  /** Whether the operator takes mail from a provider's webhook: no route leads here otherwise. */
  readonly byWebhook: boolean
}
export type TakenMail = { readonly post: Hash }

export const mailBytesMax = 10 * 1024 * 1024
/** Time in which the author may call the post back before anybody sees it. */
export const holdMs = 15 * 60_000
/** Senders wait ten minutes for the answer to DATA (RFC 5321 4.5.3.2.6); this leaves them the most of it. */
const safeMs = 120_000
/** One address cannot be tried with codes, or made to verify signatures, without end. */
const failuresMax = 20
const failuresMs = 3_600_000

export class MailDoor {
  readonly #deps: MailDoorDeps
  readonly #options: MailDoorOptions
  readonly #reader: DoorReader
  readonly #mutex = new KeyedMutex()
  readonly #failures = new Map<Hash, { count: number; untilMs: number }>()
  /** Messages under way: a second copy waits for the first. */
  readonly #underWay = new Map<string, Promise<Result<TakenMail>>>()

  constructor(deps: MailDoorDeps, options: MailDoorOptions) {
    this.#deps = deps
    this.#options = options
    this.#reader = deps.reader ?? new DoorReader()
  }

  /** Whether mail to this address is taken at all: asked at RCPT, before a byte of the message. */
  async knows(address: string): Promise<Result<DoorKey>> {
    const at = address.lastIndexOf('@')
    const local = address.slice(0, at).toLowerCase()
    if (at < 0 || address.slice(at + 1).toLowerCase() !== this.#options.domain)
      return refuse('NOT_ALLOWED', 'mail is not passed on here')
    const doorKey = await this.#deps.doorKeys.find('mail', local)
    if (!doorKey.ok) return doorKey
    const failed = this.#failures.get(doorKey.value.row.id)
    const nowMs = this.#deps.clock.steadyMs()
    return failed !== undefined && failed.untilMs > nowMs && failed.count >= failuresMax
      ? refuse('RATE', 'too many messages were refused: try again in an hour')
      : doorKey
  }

  /** ok only once the post is safe. `TIMEOUT` means: send again later; sending again is safe. */
  async take(address: string, raw: Uint8Array): Promise<Result<TakenMail>> {
    const { sha256 } = this.#deps
    if (raw.length > mailBytesMax) return refuse('TOO_LARGE', 'at most 10 MiB')
    const doorKey = await this.knows(address)
    if (!doorKey.ok) return doorKey
    const head = readOnlyHead(raw)
    if (!head.ok) return this.#failed(doorKey.value, head)
    const message = toHex(sha256(utf8(head.value.messageId)))
    const name = `${doorKey.value.row.id} ${message}`
    const running = this.#underWay.get(name) ?? this.#takeOnce(doorKey.value, head.value, message, raw)
    this.#underWay.set(name, running)
    try {
      return await running
    } finally {
      this.#underWay.delete(name)
    }
  }

  async #takeOnce(doorKey: DoorKey, head: Head, message: Hash, raw: Uint8Array): Promise<Result<TakenMail>> {
    const { store, log, clock } = this.#deps
    const before = await store.postOfMail(doorKey.row.id, message)
    if (before !== null) return this.#safe(before) // sent again, or played again: it is one post and stays one
    const target = memberTarget(this.#deps, doorKey.row.blog)
    const mailHash = toHex(this.#deps.sha256(raw))
    const begun = await this.#begun(doorKey, mailHash)
    const proof = await this.#proof(doorKey, head, raw, begun?.payload.time ?? clock.nowMs())
    if (!proof.ok) return this.#failed(doorKey, proof)
    const name = proof.value.message ?? message
    const same = name === message ? null : await store.postOfMail(doorKey.row.id, name)
    if (same !== null) return this.#safe(same) // the same signature under another Message-ID
    const { ledger } = this.#deps
    const options = {
      network: ledger.network.id,
      blog: doorKey.row.blog,
      through: `by e-mail through ${this.#options.memberName}`,
    }
    const writer = new PostWriter({ ...this.#deps, target, signer: doorKey.signer, mutex: this.#mutex }, options)
    const base = (await writer.root())?.addresses[0]
    const mail = { raw: proof.value.signed ?? raw, ...(base === undefined ? {} : { base }) }
    const content = await this.#reader.mail(mail, doorKey.row.blog)
    if (!content.ok) return content
    const posted = await this.#post(writer, doorKey, content.value, name, mailHash, proof.value)
    if (!posted.ok) return posted
    const { post, secret } = posted.value
    await store.putMail({ door: doorKey.row.id, message: name, post: post.id, raw, at: clock.nowMs() })
    log.info('mail-taken', { blog: doorKey.row.blog, post: post.id, proof: proof.value.text })
    this.#deps.notices.taken(doorKey, post, secret, content.value)
    return this.#safe(post.id)
  }

  /** The post that these very bytes became before the member failed. They are judged as of then. */
  async #begun({ row, signer }: DoorKey, mail: Hash): Promise<SignedObject<'post'> | undefined> {
    const { post } = await this.#deps.ledger.blog(row.blog)
    return post.find(({ payload }) => payload.mail === mail && payload.key === signer.key)
  }

  async #proof(doorKey: DoorKey, head: Head, raw: Uint8Array, nowMs: Time): Promise<Result<Proof>> {
    const { store, sha256 } = this.#deps
    const late = dateProblem(head, nowMs)
    if (late !== null) return refuse('EXPIRED', late)
    const openpgp = await this.#openpgp(doorKey, raw, nowMs)
    if (openpgp?.ok === true) return openpgp
    const dkim = await this.#dkim(doorKey, raw, nowMs)
    if (dkim.ok) return ok({ text: `dkim=pass d=${dkim.value.domain}`.slice(0, 120), remove: /\[down\]/gi })
    // two programs could read it as two messages, or nobody has read it
    if (dkim.code === 'BAD_REQUEST' || dkim.code === 'OVERLOADED') return dkim
    const subject = head.value.get('subject')!
    const message = toHex(sha256(concat(utf8(`${head.messageId}\n${subject}\n`), head.body)))
    for (const [word] of subject.matchAll(/\b[a-km-np-z2-9]{10}\b/gi)) {
      const code = toHex(sha256(utf8(word.toLowerCase())))
      if (await store.spendCode({ door: doorKey.row.id, code, message, at: this.#deps.clock.nowMs() }))
        return ok({ text: 'code', remove: new RegExp(`${word}|\\[down\\]`, 'gi') })
    }
    return openpgp ?? dkim
  }

  /** Names are looked up here, and read with the mail in a thread. */
  async #dkim({ row }: DoorKey, raw: Uint8Array, nowMs: Time): Promise<Result<DkimPass>> {
    const said = new Map<string, SaidOfName>()
    for (;;) {
      const read = await this.#reader.dkim({ raw, senders: row.senders, said, nowMs }, row.blog)
      if (!read.ok) return read
      const { verdict, asks } = read.value
      if (verdict.ok || asks.length === 0) return verdict
      await Promise.all(asks.map(async (name) => said.set(name, await saidOf(this.#deps.resolver, name))))
    }
  }

  /** null where the message bears no OpenPGP signature, or the author gave this door no key. */
  async #openpgp({ row }: DoorKey, raw: Uint8Array, nowMs: Time): Promise<Result<Proof> | null> {
    const { ledger, sha256 } = this.#deps
    if (row.openpgp === null) return null
    const named = rootChain(row.blog, (await ledger.blog(row.blog)).root)?.current.payload.openpgp ?? []
    const checked = await this.#reader.openpgp({ raw, armored: row.openpgp, named, nowMs }, row.blog)
    if (checked === null || !checked.ok) return checked
    const { fingerprint, signed, createdMs, messageId } = checked.value
    // without a signed Message-ID the signed words and their moment are what may be said once
    const once = toHex(sha256(utf8(`dgos openpgp ${createdMs} ${toHex(sha256(signed))}`)))
    return ok({
      text: `openpgp=pass ${fingerprint}`,
      remove: /\[down\]/gi,
      signed,
      ...(messageId ? {} : { message: once }),
    })
  }

  async #post(writer: PostWriter, doorKey: DoorKey, text: MailContent, draft: Hash, mail: Hash, proof: Proof) {
    const { sha256 } = this.#deps
    const secret = sha256(utf8(`dgos cancel ${draft} ${doorKey.row.seed}`))
    const first = await this.#declaration(doorKey, text.title)
    const marks = {
      draft,
      heldMs: holdMs,
      cancel: signerFromSeed(secret).key,
      mail,
      mailProof: proof.text,
      first,
    }
    const post = await writer.write(
      { title: text.title.replace(proof.remove, '').trim(), html: text.html, attachments: text.attachments },
      text.blobs,
      marks,
    )
    return post.ok ? ok({ post: post.value, secret: toHex(secret) }) : post
  }

  /** With "[down]" in the subject, where the author allowed it at this door: six hours, so that the mail is not refused. */
  async #declaration({ row, signer, delegation }: DoorKey, title: string): Promise<readonly SignedObject[]> {
    const { ledger, clock, sha256 } = this.#deps
    const asked = /\[down\]/i.test(title)
    if (!asked || !delegation.payload.may.includes('declaration') || (await ledger.state(row.blog)).state === 'down')
      return []
    const time = clock.nowMs()
    const fields = {
      network: ledger.network.id,
      time,
      blog: row.blog,
      state: 'down' as const,
      by: 'author' as const,
      until: time + delegatedUntilMsMax,
    }
    return [await seal('declaration', fields, signer, sha256)]
  }

  /** Waits until three operators (or all there are) hold the post. */
  async #safe(post: Hash): Promise<Result<TakenMail>> {
    const { clock, replication } = this.#deps
    const late = refuse('TIMEOUT', 'taken here, but not yet held by three operators: send again')
    if ((await replication.holders(post))?.safe === true) return ok({ post })
    const changes = replication.watch(post)[Symbol.asyncIterator]()
    const wait = async (): Promise<Result<TakenMail>> => {
      for (
        let iteratorResult = await changes.next();
        iteratorResult.done !== true;
        iteratorResult = await changes.next()
      )
        if (iteratorResult.value.safe) return ok({ post })
      return late
    }
    try {
      return await within(clock, safeMs, wait(), late)
    } finally {
      await changes.return?.() // nobody waits any more: the next try begins anew
    }
  }

  #failed<T>({ row }: DoorKey, refused: Result<T>): Result<never> {
    if (!refused.ok && refused.code === 'OVERLOADED') return refused // says nothing about the message
    const nowMs = this.#deps.clock.steadyMs()
    const before = this.#failures.get(row.id)
    const young = before !== undefined && before.untilMs > nowMs
    this.#failures.set(row.id, {
      count: (young ? before.count : 0) + 1,
      untilMs: young ? before.untilMs : nowMs + failuresMs,
    })
    return refused as Result<never>
  }
}

type Proof = {
  readonly text: string
  /** Taken out of the title. */
  readonly remove: RegExp
  /** What a signature covers, with its own headers: nothing else of the message counts then. */
  readonly signed?: Uint8Array
  /** What may be said once, where that is not the Message-ID. */
  readonly message?: Hash
}

async function saidOf(resolver: MailResolver, name: string): Promise<SaidOfName> {
  try {
    return { texts: await resolver(name, 'TXT') }
  } catch (error) {
    return { code: String((error as { code?: unknown }).code ?? 'ESERVFAIL') }
  }
}
