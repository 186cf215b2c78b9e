/** What the author is told about a mail: at once how to call the post back, then who holds it and what was left out. */

import type { Ledger } from '../../../ledger/ledger.ts'
import { mirrorsOf } from '../../../ledger/mirrors.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { Log } from '../../../lib/log.ts'
import { provenAddresses } from '../../../protocol/address-proof.ts'
import { toHex, utf8 } from '../../../protocol/bytes.ts'
import { keyRolesOf } from '../../../protocol/key-roles.ts'
import type { Hash, SignedObject } from '../../../protocol/objects.ts'
import type { Sha256 } from '../../../protocol/platform.ts'
import type { Mailer } from '../../mailer.ts'
import type { Replication } from '../../posts/replication.ts'
import { type DoorKey, sharesDomain } from '../gateway/door-keys.ts'
import type { MailContent } from './content.ts'

export type MailNoticesDeps = {
  readonly mailer: Mailer
  readonly ledger: Ledger
  readonly replication: Pick<Replication, 'holders'>
  readonly clock: Clock
  readonly log: Log
  readonly sha256: Sha256
  /** Whether the address wants mails about the blog: nobody gets one that did not say so. */
  readonly agreed: (blog: Hash, address: string) => Promise<boolean>
}
export type MailNoticesOptions = {
  readonly url: string
  /** When the second mail goes: most mirrors have answered by then. */
  readonly reportMs: number
}

const otherMembers = 2

export class MailNotices {
  readonly #deps: MailNoticesDeps
  readonly #options: MailNoticesOptions

  constructor(deps: MailNoticesDeps, options: MailNoticesOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** Told in the background: a notice that cannot be sent stops no post. */
  taken(doorKey: DoorKey, post: SignedObject<'post'>, secret: string, content: MailContent): void {
    const run = (work: Promise<void>) =>
      work.catch((error) =>
        this.#deps.log.warn('mail-notice-failed', { error: (error as Error).message.slice(0, 200) }),
      )
    run(this.#tell(doorKey, post, 'cancel', async () => this.#cancelText(doorKey, post, secret)))
    this.#deps.clock.after(this.#options.reportMs, () =>
      run(this.#tell(doorKey, post, 'report', () => this.#reportText(post, content))),
    )
  }

  async #tell({ row }: DoorKey, post: SignedObject<'post'>, what: string, text: () => Promise<string>): Promise<void> {
    const { ledger, mailer, sha256 } = this.#deps
    // The blog may have moved to the domain of the address since.
    const addresses = keyRolesOf(await ledger.blog(row.blog))?.chain.current.payload.addresses ?? []
    if (row.notice === null || addresses.some((address) => sharesDomain(row.notice!, new URL(address).hostname))) return
    if (!(await this.#deps.agreed(row.blog, row.notice))) return
    const subject = `${what === 'cancel' ? 'Taken' : 'Kept'}: ${post.payload.title || 'your post'}`.slice(0, 200)
    const id = toHex(sha256(utf8(`${post.id} ${what} ${row.notice}`))).slice(0, 32)
    await mailer.send({ to: row.notice, subject, text: await text(), id })
  }

  async #cancelText({ row }: DoorKey, post: SignedObject<'post'>, secret: string): Promise<string> {
    const { ledger, clock, sha256 } = this.#deps
    const blog = await ledger.blog(row.blog)
    const others = mirrorsOf(blog, ledger.roster(), clock.nowMs(), sha256).map((mirror) => mirror.url)
    const members = [...new Set([this.#options.url, ...others])].slice(0, 1 + otherMembers)
    const address = provenAddresses(blog, ledger.roster(), clock.nowMs(), sha256)[0]?.address
    const links = members.map((url) => `  ${url}post/cancel/${post.id}?secret=${secret}`)
    return [
      `A mail to your secret address became a post${address === undefined ? '' : ` of ${address}`}.`,
      `Title: ${post.payload.title}`,
      `Readers will see it from ${new Date(post.payload.showAt ?? post.payload.time).toISOString()} on.`,
      '',
      'If that was not you, or not meant so, call it back. Any of these works, at any time:',
      ...links,
      '',
      'If it was not you, close the door as well: dgos door close, or revoke its key in your kit.',
    ].join('\n')
  }

  async #reportText(post: SignedObject<'post'>, { kept, dropped }: MailContent): Promise<string> {
    const holders = await this.#deps.replication.holders(post.id)
    return [
      `${holders?.held ?? 0} of ${holders?.of ?? 0} hold it.`,
      `Kept: ${kept.join(', ') || 'the title'}.`,
      ...(dropped.length === 0 ? ['Dropped: nothing.'] : ['Dropped:', ...dropped.map((what) => `  ${what}`)]),
      '',
      `${this.#options.url}post/status?posts=${post.id}`,
    ].join('\n')
  }
}
