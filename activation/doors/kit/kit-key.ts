/**
 * The kit's key, locked or not. Whatever needs it asks here: where the kit is locked a window asks for the passphrase, so
 * that no step of the kit sends its author to look for a field elsewhere.
 */
import type { Signer } from '../../../protocol/platform.ts'
import { part, say } from '../form/page-parts.ts'
import { forgetKey, keptSigner, stayUnlocked, unlockKit } from './keys.ts'
import type { KitData } from './kit-data.ts'

export type KitKeyDeps = {
  readonly data: KitData
  /** It was locked or unlocked. */
  readonly changed: () => void
}

const reasons = {
  'wrong-passphrase': 'That is not the passphrase. Capital letters and spaces do not matter; the words do.',
  damaged: 'The passphrase is right, but the key in this file is damaged. Use another copy of your kit.',
}

export class KitKey {
  readonly #deps: KitKeyDeps
  readonly #dialog = part<HTMLDialogElement>('key-window')
  readonly #field = part<HTMLInputElement>('key-passphrase')
  readonly #answer = part('key-answer')
  #signer: Signer | null = null
  #asked: ((signer: Signer | null) => void)[] = []

  constructor(deps: KitKeyDeps) {
    this.#deps = deps
  }

  /** null while it is locked. */
  get signer(): Signer | null {
    return this.#signer
  }

  async start(): Promise<void> {
    part('key-form').addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#try()
    })
    part('key-cancel').addEventListener('click', () => this.#dialog.close())
    this.#dialog.addEventListener('close', () => this.#answerAll(this.#signer))
    this.#signer = await keptSigner(this.#deps.data)
    this.#deps.changed()
  }

  /** Asks for the passphrase where it is needed; null where the author does not want to. */
  ask(): Promise<Signer | null> {
    if (this.#signer !== null) return Promise.resolve(this.#signer)
    this.#answer.replaceChildren()
    if (!this.#dialog.open) this.#dialog.showModal()
    this.#field.focus()
    return new Promise((resolve) => {
      this.#asked.push(resolve)
    })
  }

  /** What is wrong with the passphrase, in words; null where the key is unlocked now. */
  async open(passphrase: string, stay: boolean, onProgress: (part: number) => void): Promise<string | null> {
    const opened = await unlockKit(this.#deps.data, passphrase, onProgress)
    if (!opened.ok) return reasons[opened.reason]
    this.#signer = opened.signer
    if (stay) await stayUnlocked(this.#deps.data, opened.seed)
    this.#deps.changed()
    return null
  }

  async lock(): Promise<void> {
    this.#signer = null
    await forgetKey(this.#deps.data)
    this.#deps.changed()
  }

  async #try(): Promise<void> {
    const button = part<HTMLButtonElement>('key-open')
    if (button.disabled) return
    button.disabled = true
    const progress = part<HTMLProgressElement>('key-progress')
    progress.hidden = false
    const problem = await this.open(this.#field.value, false, (done) => {
      progress.value = done
    })
    button.disabled = false
    progress.hidden = true
    if (problem !== null) {
      say(this.#answer, 'alarm', problem)
      return this.#field.focus()
    }
    this.#dialog.close()
  }

  #answerAll(signer: Signer | null): void {
    this.#field.value = ''
    for (const answer of this.#asked.splice(0)) answer(signer)
  }
}
