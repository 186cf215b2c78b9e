/** The panel for bad days: choose what has happened, answer what the step asks, sign, and hand in to every mirror. */

import { hostPath } from '../../../protocol/addresses.ts'
import { keyRolesOf } from '../../../protocol/key-roles.ts'
import type { Key, SignedObject } from '../../../protocol/objects.ts'
import type { Signer } from '../../../protocol/platform.ts'
import { signerFromSeed } from '../../../protocol/signature.ts'
import { ask } from '../form/member-client.ts'
import { make, part, say } from '../form/page-parts.ts'
import { saveSignedFile } from '../form/signed-files.ts'
import { seedOfWords } from '../recovery-words.ts'
import { sealVault } from '../vault.ts'
import { formPartOf } from '../wordlist.ts'
import type { Done, Field, Situation } from './bad-day-step.ts'
import { steps } from './bad-day-steps.ts'
import { keepHere } from './installed.ts'
import type { KitData } from './kit-data.ts'
import type { KitKey } from './kit-key.ts'
import { kitRandom } from './kit-random.ts'
import { networkBlog } from './network-blog.ts'
import { askForSavedFile } from './saved-again.ts'

export type BadDaysDeps = {
  readonly program: string
  readonly data: KitData
  readonly mirrors: () => readonly string[]
  readonly nowMs: () => number
  readonly key: Pick<KitKey, 'signer' | 'ask'>
  /** How many members took all of it. */
  readonly handIn: (objects: readonly SignedObject[]) => Promise<number>
}

export class BadDays {
  readonly #deps: BadDaysDeps
  readonly #answer = part('bad-answer')
  readonly #button = part<HTMLButtonElement>('bad-do')
  #at: Situation | null = null

  constructor(deps: BadDaysDeps) {
    this.#deps = deps
  }

  start(): void {
    const choose = part<HTMLSelectElement>('bad-step')
    const options = Object.entries(steps).map(([value, { title }]) => make('option', { value }, title))
    choose.append(...options)
    choose.addEventListener('change', () => void this.#choose(choose.value))
    part('bad-form').addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#run(choose.value)
    })
  }

  async #choose(name: string): Promise<void> {
    const step = steps[name]
    part('bad-form').hidden = true
    if (step === undefined) return this.#answer.replaceChildren()
    say(this.#answer, null, 'Asking your mirrors how things stand…')
    const { data, mirrors, nowMs } = this.#deps
    const blog = await networkBlog(data.blog, mirrors())
    const roles = blog === null ? null : keyRolesOf(blog)
    if (blog === null || roles === null)
      return say(
        this.#answer,
        'alarm',
        'No mirror answers. This needs a network: try again, or open the kit elsewhere.',
      )
    this.#answer.replaceChildren()
    this.#at = { blog, roles, own: data.posting, nowMs: nowMs() }
    part('bad-words').textContent = step.help
    part('bad-fields').replaceChildren(...step.fields(this.#at).map(fieldOf))
    part('bad-recovery').hidden = step.needs === 'posting'
    this.#button.textContent = name === 'sheet' ? 'Check' : 'Sign and hand in'
    part('bad-form').hidden = false
  }

  async #run(name: string): Promise<void> {
    const step = steps[name]
    if (step === undefined || this.#at === null || this.#button.disabled) return
    const recovery = recoveryOf(part<HTMLTextAreaElement>('bad-sheet').value)
    if (recovery === null ? step.needs === 'recovery' : !recovery.ok) {
      const text = recovery?.ok === false ? recovery.detail : 'type the words of sheet 1'
      return say(this.#answer, 'warn', `Recovery words: ${text}.`)
    }
    const signsHere = step.needs === 'posting' || (step.needs === 'either' && recovery === null)
    if (signsHere && (await this.#deps.key.ask()) === null)
      return say(this.#answer, 'warn', 'Not done: the kit is locked.')
    this.#button.disabled = true
    say(this.#answer, null, 'Signing. This may take some seconds…')
    try {
      const at = { ...this.#at, nowMs: this.#deps.nowMs() }
      const signer = recovery?.ok === true ? recovery.signer : null
      const answers = { value: answerOf, recovery: signer, posting: this.#deps.key.signer, member: memberKey }
      const done = await step.run(at, answers)
      if (done.ok) await this.#hand(done.value)
      else say(this.#answer, 'warn', `Not done: ${done.detail}.`)
    } catch (error) {
      say(this.#answer, 'alarm', `Something went wrong here: ${(error as Error).message}. Nothing was handed in.`)
    } finally {
      this.#button.disabled = false
    }
  }

  /** A new kit is saved and found again before the key of the old one ends. */
  async #hand(done: Done): Promise<void> {
    part<HTMLTextAreaElement>('bad-sheet').value = ''
    const { program, data } = this.#deps
    if (done.fresh !== undefined) {
      this.#answer.replaceChildren()
      const fresh = await freshData(data, done.fresh)
      return offerKit(this.#answer, { program, data: fresh, done }, (place) => void this.#send(done, place))
    }
    await this.#send(done, this.#answer)
    const { addresses } = done
    if (addresses !== undefined) offerKit(this.#answer, { program, data: { ...data, addresses }, done }, () => {})
  }

  async #send(done: Done, place: HTMLElement): Promise<void> {
    const { objects, text } = done
    const taken = objects.length === 0 ? 0 : await this.#deps.handIn(objects)
    const isSent = objects.length === 0 || taken > 0
    const who = objects.length === 0 ? '' : ` ${taken} members know it.`
    say(place, isSent ? 'good' : 'alarm', isSent ? text : 'No member answers: nothing has changed yet.', who)
    if (!isSent) this.#offerFile(objects, place)
    place.append(...formPassphrase(done))
  }

  /** What is signed is not lost where no member takes it now. */
  #offerFile(objects: readonly SignedObject[], place: HTMLElement): void {
    const name = `${hostPath(this.#deps.data.addresses[0]!)}-keys`.replace(/[^a-z0-9.-]+/gi, '-')
    const envelopes = objects.map((object) => object.envelope)
    const click = () => saveSignedFile(envelopes, new Map(), name)
    const button = make(
      'button',
      { type: 'button', class: 'quiet', click },
      'Save what is signed, to hand it in elsewhere',
    )
    place.append(make('p', { class: 'row' }, button))
  }
}

export async function freshData(
  data: Omit<KitData, 'posting' | 'sealed'>,
  { pair, passphrase }: NonNullable<Done['fresh']>,
): Promise<KitData> {
  return { ...data, posting: pair.signer.key, sealed: await sealVault(pair.seed, passphrase, kitRandom) }
}

export type NewKit = { readonly program: string; readonly data: KitData; readonly done: Done }

/** The new file, and the passphrase that opens it, shown only now. `kept` is told where to go on once the file was found again. */
export function offerKit(
  place: HTMLElement,
  { program, data, done }: NewKit,
  kept: (place: HTMLElement) => void,
): void {
  const result = make('div', { role: 'status', 'aria-live': 'polite' })
  place.append(make('p', {}, make('strong', {}, 'Save your new kit now, and use it from here on.')), ...newPhrase(done))
  const found = () => {
    keepHere(data)
    kept(result)
  }
  askForSavedFile(place, { program, data, label: 'Save the new kit' }, found)
  place.append(result)
}

function newPhrase({ fresh, formPassphrase }: Done): readonly HTMLElement[] {
  if (fresh === undefined) return []
  const phrase = make('span', { class: 'phrase', id: 'bad-phrase' }, fresh.passphrase)
  const form =
    formPassphrase === undefined
      ? ' The form on any member keeps the passphrase that it has.'
      : ' The first six words open the form on any member; what opened it before does no more.'
  return [make('p', {}, 'Write down its passphrase, nine words shown only now: ', phrase, form)]
}

/** The form's new passphrase, where the one before has ended. Shown only now. */
export function formPassphrase({
  formPassphrase,
  fresh,
}: Pick<Done, 'formPassphrase' | 'fresh'>): readonly HTMLElement[] {
  if (formPassphrase === undefined) return []
  if (fresh !== undefined && formPartOf(fresh.passphrase) === formPassphrase) return [] // in its one line
  const words = make('span', { class: 'phrase', id: 'bad-secret' }, formPassphrase)
  const label = 'The passphrase for the form on any member has changed too. Write the new one down: '
  return [make('p', {}, make('strong', {}, label), words)]
}

/** null where nothing was typed. */
export function recoveryOf(text: string): { ok: true; signer: Signer } | { ok: false; detail: string } | null {
  if (text.trim() === '') return null
  const seed = seedOfWords(text)
  return seed.ok ? { ok: true, signer: signerFromSeed(seed.value) } : { ok: false, detail: seed.detail }
}

async function memberKey(url: string): Promise<Key | null> {
  const answer = await ask<{ member?: Key }>(url, 'dgos/v1/kit')
  return (answer.ok && answer.value.member) || null
}

function answerOf(id: string): string {
  const field = document.getElementById(`bad-${id}`) as HTMLInputElement | HTMLSelectElement | null
  if (field === null) return ''
  if (field.type === 'checkbox') return (field as HTMLInputElement).checked ? 'yes' : ''
  return field.value.trim()
}

function fieldOf({ id, label, choices, check, type }: Field): HTMLElement {
  const name = `bad-${id}`
  if (check === true)
    return make('p', {}, make('label', { class: 'inline' }, make('input', { type: 'checkbox', id: name }), ` ${label}`))
  const input =
    choices === undefined
      ? make('input', {
          id: name,
          type: type ?? 'text',
          autocapitalize: 'none',
          spellcheck: 'false',
          autocomplete: 'off',
        })
      : make('select', { id: name }, ...choices.map(([value, text]) => make('option', { value }, text)))
  return make('div', { class: 'field' }, make('label', { for: name }, label), input)
}
