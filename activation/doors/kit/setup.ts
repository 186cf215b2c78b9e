/**
 * Enrolling from the kit: keys are made here, the recovery words go to paper and nowhere else, and the member gets a
 * signed root. What then stays is a kit file with the posting key under a passphrase.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import type { Hash, Key, SignedObject } from '../../../protocol/objects.ts'
import { type AuthorKeys, makeKeys, makeOutageDelegation, makeRoot } from '../enrol.ts'
import { ask, post } from '../form/member-client.ts'
import { make, part, say } from '../form/page-parts.ts'
import { isLanguage, languageProblem } from '../post-assembler.ts'
import { placesToAsk, recoveryWords } from '../recovery-words.ts'
import { sealVault } from '../vault.ts'
import { newPassphrase } from '../wordlist.ts'
import { showEnrolled } from './enrolled.ts'
import type { KitData, KitStart, KitStartBlog } from './kit-data.ts'
import { kitRandom } from './kit-random.ts'
import { sheet } from './sheet.ts'

export type SetupDeps = { readonly program: string; readonly opened: (data: KitData) => void }

type Wish = {
  readonly address: string
  readonly title: string
  /** Empty for none. */
  readonly language: string
  readonly member: string
  readonly invitation: string
}
type Steward = { readonly network: Hash; readonly member: Key; readonly name: string }

export class Setup {
  readonly #deps: SetupDeps
  #keys: AuthorKeys | null = null
  #phrases = { kit: '', form: '' }
  #places: readonly number[] = []
  #start: KitStart | null = null

  constructor(deps: SetupDeps) {
    this.#deps = deps
  }

  start(start: KitStart | null): void {
    part<HTMLInputElement>('enrol-language').value = navigator.language
    this.#start = start
    if (start !== null) {
      part<HTMLInputElement>('enrol-member').value = start.member
      part<HTMLInputElement>('enrol-invitation').value = start.invitation
      if (start.blog !== undefined) this.#fill(start.blog)
    }
    on('enrol-form', () => this.#makeSheet())
    on('check-form', () => void this.#enrol())
    part('print').addEventListener('click', () => print())
  }

  /** A blog that is its own member has said where it is and whom it joins. */
  #fill({ address, title, language }: KitStartBlog): void {
    part<HTMLInputElement>('enrol-address').value = address
    part<HTMLInputElement>('enrol-address').readOnly = true
    part<HTMLInputElement>('enrol-name').value = title
    if (language !== null) part<HTMLInputElement>('enrol-language').value = language
    part('enrol-where').hidden = true
  }

  #wish(): Wish {
    const given = (id: string) => part<HTMLInputElement>(id).value.trim()
    const slashed = (address: string) =>
      `${/^https?:\/\//.test(address) ? address : `https://${address}`}`.replace(/\/?$/, '/')
    return {
      address: slashed(given('enrol-address')).replace(/^https?:\/\/[^/]+/, (origin) => origin.toLowerCase()),
      title: given('enrol-name'),
      language: given('enrol-language'),
      member: slashed(given('enrol-member')),
      invitation: given('enrol-invitation'),
    }
  }

  #makeSheet(): void {
    part('enrol-answer').replaceChildren()
    if (!isLanguage(this.#wish().language)) {
      say(part('enrol-answer'), 'warn', languageProblem)
      return
    }
    this.#keys = makeKeys(kitRandom)
    this.#phrases = { kit: newPassphrase(kitRandom), form: newPassphrase(kitRandom) }
    this.#places = placesToAsk(kitRandom)
    const sheets = this.#keys.recovery.map((recovery, i) => sheet(i + 1, recoveryWords(recovery.seed)))
    part('sheet-words').replaceChildren(
      make(
        'p',
        {},
        'Who has sheet 1 can take every key of your blog back, even from a thief of sheet 2. Keep them at two places, away from this device. They are shown only now.',
      ),
      ...sheets,
      make('p', {}, 'Passphrase of this kit: ', make('span', { class: 'phrase', id: 'kit-phrase' }, this.#phrases.kit)),
      make(
        'p',
        {},
        'Passphrase for the form on any member: ',
        make('span', { class: 'phrase', id: 'form-phrase' }, this.#phrases.form),
      ),
    )
    part('check-fields').replaceChildren(
      ...this.#places.map((place) =>
        make(
          'div',
          {},
          make('label', { for: `word-${place}` }, `Word ${place + 1}`),
          make('input', { id: `word-${place}`, autocapitalize: 'none', spellcheck: 'false' }),
        ),
      ),
    )
    part<HTMLButtonElement>('make-keys').disabled = true // other words than those on paper would be made
    part('sheet').hidden = false
    part('sheet').scrollIntoView()
  }

  async #enrol(): Promise<void> {
    const place = part('check-answer')
    const keys = this.#keys!
    const right = recoveryWords(keys.recovery[0]!.seed)
    const wrong = this.#places.find(
      (at) => part<HTMLInputElement>(`word-${at}`).value.trim().toLowerCase() !== right[at],
    )
    if (wrong !== undefined) return say(place, 'warn', `Word ${wrong + 1} is another one: look at your sheet again.`)
    const wish = this.#wish()
    const steward = await this.#memberAt(wish.member)
    if (steward === null) {
      say(place, 'alarm', `${wish.member} does not answer as a member. Nothing is lost: try again.`)
      return
    }
    say(place, null, 'Signing, and sealing your keys. This takes some seconds…')
    const own = this.#start?.blog
    const { root, delegation } = await signed({ wish, steward, own }, keys, this.#phrases.form)
    const objects = [root.envelope, delegation.envelope]
    const answer = await post<unknown>(wish.member, 'dgos/v1/join/blog', { objects, invitation: wish.invitation })
    const later = ['UNREACHABLE', ...(own === undefined ? [] : ['EXPIRED'])]
    if (!answer.ok && !later.includes(answer.code)) {
      say(place, 'alarm', `Not enrolled: ${answer.message} Nothing is lost: change what is wrong and press again.`)
      return
    }
    const data: KitData = {
      format: 'dgos-kit-1',
      network: steward.network,
      blog: root.id,
      title: wish.title,
      language: wish.language === '' ? null : wish.language,
      addresses: [wish.address],
      mirrors: [...(own?.mirrors ?? []), { key: steward.member, name: steward.name, url: wish.member }],
      posting: keys.posting.signer.key,
      sealed: await sealVault(keys.posting.seed, this.#phrases.kit, kitRandom),
    }
    place.replaceChildren()
    const problem = answer.ok ? null : answer.message
    showEnrolled(this.#deps, { data, objects, member: wish.member, isOwnMember: own !== undefined, problem })
  }

  /** Who the member is: as it says now, or as it said when it handed out this kit. */
  async #memberAt(url: string): Promise<Steward | null> {
    const start = this.#start
    const answer = start?.blog === undefined ? await ask<Steward>(url, 'dgos/v1/kit') : null
    if (answer?.ok) return answer.value
    return start?.member === url ? { network: start.network, member: start.key, name: start.name } : null
  }
}

type Signing = { readonly wish: Wish; readonly steward: Steward; readonly own: KitStartBlog | undefined }

async function signed(
  { wish, steward, own }: Signing,
  keys: AuthorKeys,
  phrase: string,
): Promise<{ root: SignedObject<'root'>; delegation: SignedObject<'delegation'> }> {
  const { network, member } = steward
  const time = Date.now()
  const root = await makeRoot(
    {
      network,
      time,
      title: wish.title,
      addresses: [wish.address],
      ...(wish.language === '' ? {} : { language: wish.language }),
      recovery: keys.recovery.map((recovery) => recovery.signer.key),
      posting: [{ key: keys.posting.signer.key, name: 'kit' }],
      ...(own === undefined ? { signers: [member] } : { online: own.online, signers: [own.online] }),
    },
    keys.recovery[0]!.signer,
    sha256,
  )
  const vault = await sealVault(keys.outage.seed, phrase, kitRandom)
  const fields = { network, blog: root.id, time, outageKey: keys.outage.signer.key, vault, mayDeclare: true }
  return { root, delegation: await makeOutageDelegation(fields, keys.posting.signer, sha256) }
}

function on(id: string, act: () => void): void {
  part(id).addEventListener('submit', (event) => {
    event.preventDefault()
    act()
  })
}
