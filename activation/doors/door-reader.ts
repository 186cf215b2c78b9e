/**
 * What comes through the doors, read in threads: calls, texts and images of apps, mails. What asks for more than a thread
 * gives is refused with words for its author; nobody else waits for it.
 */
import { nodePlatform } from '../../lib/platform.ts'
import { inlineWorkers, type Job, TOO_COSTLY, type Workers, type WorkTurn } from '../../lib/workers.ts'
import { type Result, refuse } from '../../protocol/codes.ts'
import type { Hash } from '../../protocol/objects.ts'
import type { AppText, AppTextContext } from './apps/app-text.ts'
import type { XmlCall } from './apps/xml-rpc.ts'
import type { CleanImage } from './gateway/clean-image.ts'
import type { WrittenText } from './gateway/post-writer.ts'
import type { MailContent } from './mail/content.ts'
import type { DkimInput, DkimOutcome, OpenpgpInput, OpenpgpProof } from './mail/mail-proof.ts'

export type AppTextInput = { readonly text: AppText; readonly context: AppTextContext }
export type MailInput = { readonly raw: Uint8Array; readonly base?: string }

/** The functions are loaded with the first that comes: most members have no such doors. */
const callJob: Job<Uint8Array, Result<XmlCall>> = {
  name: 'xml-rpc',
  act: async (body) => (await import('./apps/xml-rpc.ts')).readCall(body),
}
const textJob: Job<AppTextInput, WrittenText> = {
  name: 'app-text',
  act: async ({ text, context }) => (await import('./apps/app-text.ts')).writtenText(text, context),
}
const imageJob: Job<Uint8Array, Result<CleanImage>> = {
  name: 'clean-image',
  act: async (bytes) => (await import('./gateway/clean-image.ts')).cleanImage(bytes),
}
const mailJob: Job<MailInput, Result<MailContent>> = {
  name: 'mail',
  act: async ({ raw, base }) => (await import('./mail/content.ts')).mailContent(raw, nodePlatform.sha256, base),
}
const dkimJob: Job<DkimInput, DkimOutcome> = {
  name: 'mail-dkim',
  act: async (input) => (await import('./mail/mail-proof.ts')).dkimOutcome(input),
}
const openpgpJob: Job<OpenpgpInput, Result<OpenpgpProof> | null> = {
  name: 'mail-openpgp',
  act: async (input) => (await import('./mail/mail-proof.ts')).openpgpProof(input),
}
export const doorJobs = { callJob, textJob, imageJob, mailJob, dkimJob, openpgpJob }

export class DoorReader {
  readonly #workers: Workers

  constructor(deps: { readonly workers?: Workers } = {}) {
    this.#workers = deps.workers ?? inlineWorkers
  }

  /** `blog` is null where the call bears no token that this member gave. */
  async call(body: Uint8Array, blog: Hash | null): Promise<Result<XmlCall>> {
    return this.#read(callJob, body, { owner: blog ?? 'no token', proven: blog !== null })
  }

  async text(input: AppTextInput, blog: Hash): Promise<Result<WrittenText>> {
    const written = await this.#run(textJob, input, { owner: blog, proven: true })
    return written.ok ? { ok: true, value: written.value } : written
  }

  image(bytes: Uint8Array, blog: Hash): Promise<Result<CleanImage>> {
    return this.#read(imageJob, bytes, { owner: blog, proven: true })
  }

  mail(input: MailInput, blog: Hash): Promise<Result<MailContent>> {
    return this.#read(mailJob, input, { owner: blog, proven: true })
  }

  async dkim(input: DkimInput, blog: Hash): Promise<Result<DkimOutcome>> {
    const read = await this.#run(dkimJob, input, { owner: blog, proven: true })
    return read.ok ? { ok: true, value: read.value } : read
  }

  /** null where the message bears no OpenPGP signature. */
  async openpgp(input: OpenpgpInput, blog: Hash): Promise<Result<OpenpgpProof> | null> {
    const read = await this.#run(openpgpJob, input, { owner: blog, proven: true })
    return read.ok ? read.value : read
  }

  async #read<Input, Output>(job: Job<Input, Result<Output>>, input: Input, turn: WorkTurn): Promise<Result<Output>> {
    const read = await this.#run(job, input, turn)
    return read.ok ? read.value : read
  }

  async #run<Input, Output>(job: Job<Input, Output>, input: Input, turn: WorkTurn) {
    const outcome = await this.#workers.run(job, input, turn)
    if (outcome.ok) return outcome
    return outcome.reason === TOO_COSTLY
      ? refuse('TOO_LARGE', 'it asks for more than this member spends on reading one')
      : refuse('OVERLOADED', 'too much waits to be read')
  }
}
