/**
 * Setting up from the kit, one step a screen: the blog, the papers, the kit saved and found again, and only then the blog is
 * enrolled. Keys are made here; their words go to paper and nowhere else.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import type { Hash, Key, SignedObject } from '../../../protocol/objects.ts'
import { type AuthorKeys, makeKeys, makeOutageDelegation, makeRoot } from '../enrol.ts'
import { ask } from '../form/member-client.ts'
import { make, part, say } from '../form/page-parts.ts'
import { canonicalLanguage } from '../language-name.ts'
import { languageProblem } from '../post-assembler.ts'
import { placesToAsk, recoveryWords } from '../recovery-words.ts'
import { sealVault } from '../vault.ts'
import { formPartOf, newKitPhrase } from '../wordlist.ts'
import { offerEnrolling } from './enrolling.ts'
import type { KitData, KitMirror, KitStart, KitStartBlog } from './kit-data.ts'
import { kitRandom } from './kit-random.ts'
import { goMembers } from './members.ts'
import { paperElement, phrasePaper, printPapers, recoveryPaper } from './papers.ts'
import { askForSavedFile } from './saved-again.ts'
import { holdUnsaved, letGo } from './unsaved.ts'

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
type Made = {
  readonly wish: Wish
  readonly steward: Steward
  readonly keys: AuthorKeys
  readonly phrase: string
  readonly places: readonly number[]
}

const screens = ['setup-blog', 'setup-papers', 'setup-save', 'setup-enrol', 'enrolled'] as const
const newKeys = 'keys that were just made'

export class Setup {
  readonly #deps: SetupDeps
  #made: Made | null = null
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
    const address = part<HTMLInputElement>('enrol-address')
    address.addEventListener('change', () => {
      if (address.value.trim() !== '') address.value = slashed(address.value.trim()) // so that the scheme is seen
    })
    on('enrol-form', () => void this.#makePapers())
    on('check-form', () => void this.#check())
    part('print').addEventListener('click', () => printPapers([part('paper-phrase'), part('paper-sheet-1')]))
  }

  /** A kit that was saved, and closed before its blog was enrolled. */
  resume(data: KitData): void {
    showScreen('setup-enrol')
    offerEnrolling(this.#enrolledDeps(), data)
  }

  /** A blog that is its own member has said where it is and whom it joins. */
  #fill({ address, title, language }: KitStartBlog): void {
    part<HTMLInputElement>('enrol-address').value = address
    part<HTMLInputElement>('enrol-address').readOnly = true
    part<HTMLInputElement>('enrol-name').value = title
    if (language !== null) part<HTMLInputElement>('enrol-language').value = language
    part('enrol-where').hidden = true
  }

  #wish(): Wish | null {
    const given = (id: string) => part<HTMLInputElement>(id).value.trim()
    const language = canonicalLanguage(given('enrol-language'))
    if (language === null) return null
    return {
      address: slashed(given('enrol-address')).replace(/^https?:\/\/[^/]+/, (origin) => origin.toLowerCase()),
      title: given('enrol-name'),
      language,
      member: slashed(given('enrol-member')),
      invitation: given('enrol-invitation'),
    }
  }

  async #makePapers(): Promise<void> {
    const answer = part('enrol-answer')
    const wish = this.#wish()
    if (wish === null) return say(answer, 'warn', languageProblem)
    say(answer, null, 'Making your keys…')
    const steward = await this.#memberAt(wish.member)
    if (steward === null)
      return say(answer, 'alarm', `${wish.member} does not answer as a member. Nothing is lost: try again.`)
    answer.replaceChildren()
    const places = placesToAsk(kitRandom)
    const made = { wish, steward, keys: makeKeys(kitRandom), phrase: newKitPhrase(kitRandom), places }
    this.#made = made
    holdUnsaved(newKeys)
    const { title, address } = wish
    const blog = { title, address, members: await this.#goMembers(made) }
    const papers = [phrasePaper(made.phrase), recoveryPaper(1, recoveryWords(made.keys.recovery[0]!.secret))]
    part('papers').replaceChildren(...papers.map((paper) => paperElement(blog, paper, Date.now())))
    part('check-fields').replaceChildren(...places.map(wordField))
    showScreen('setup-papers')
  }

  async #check(): Promise<void> {
    const { keys, places } = this.#made!
    const place = part('check-answer')
    const right = recoveryWords(keys.recovery[0]!.secret)
    const wrong = places.find((at) => part<HTMLInputElement>(`word-${at}`).value.trim().toLowerCase() !== right[at])
    if (wrong !== undefined) return say(place, 'warn', `Word ${wrong + 1} is another one: look at your sheet again.`)
    say(place, null, 'Sealing your keys. This takes some seconds…')
    const data = await this.#sealed(this.#made!)
    place.replaceChildren()
    showScreen('setup-save')
    letGo(newKeys)
    askForSavedFile(part('save-place'), { program: this.#deps.program, data, label: 'Save my kit' }, () => {
      showScreen('setup-enrol')
      offerEnrolling(this.#enrolledDeps(), data)
    })
  }

  async #sealed(made: Made): Promise<KitData> {
    const { wish, steward, keys, phrase } = made
    const own = this.#start?.blog
    const { root, delegation } = await signed(made, own)
    return {
      format: 'dgos-kit-1',
      network: steward.network,
      blog: root.id,
      title: wish.title,
      language: wish.language === '' ? null : wish.language,
      addresses: [wish.address],
      mirrors: [...(own?.mirrors ?? []), { key: steward.member, name: steward.name, url: wish.member }],
      posting: keys.posting.signer.key,
      sealed: await sealVault(keys.posting.seed, phrase, kitRandom),
      second: await sealVault(keys.recovery[1]!.secret, phrase, kitRandom),
      enrolling: {
        member: wish.member,
        invitation: wish.invitation,
        isOwnMember: own !== undefined,
        objects: [root.envelope, delegation.envelope],
      },
    }
  }

  #enrolledDeps() {
    return { ...this.#deps, shown: () => showScreen('enrolled') }
  }

  /** Of the papers: members that answer readers when the blog itself is down. */
  async #goMembers({ wish, steward }: Made): Promise<readonly KitMirror[]> {
    const own = this.#start?.blog
    const first = { key: steward.member, name: steward.name, url: wish.member }
    return own === undefined ? goMembers(wish.member, first) : own.mirrors
  }

  /** Who the member is: as it says now, or as it said when it handed out this kit. */
  async #memberAt(url: string): Promise<Steward | null> {
    const start = this.#start
    const answer = start?.blog === undefined ? await ask<Steward>(url, 'dgos/v1/kit') : null
    if (answer?.ok) return answer.value
    return start?.member === url ? { network: start.network, member: start.key, name: start.name } : null
  }
}

function slashed(text: string): string {
  return `${/^https?:\/\//.test(text) ? text : `https://${text}`}`.replace(/\/?$/, '/')
}

function showScreen(name: (typeof screens)[number]): void {
  for (const screen of screens) part(screen).hidden = screen !== name
  part('setup-other').hidden = name !== 'setup-blog'
  const step = screens.indexOf(name) + 1
  part('setup-step').textContent = step < screens.length ? `Step ${step} of ${screens.length - 1}` : ''
  part('setup-step').scrollIntoView()
}

function wordField(place: number): HTMLElement {
  return make(
    'div',
    {},
    make('label', { for: `word-${place}` }, `Word ${place + 1}`),
    make('input', { id: `word-${place}`, autocapitalize: 'none', spellcheck: 'false' }),
  )
}

async function signed(
  { wish, steward, keys, phrase }: Made,
  own: KitStartBlog | undefined,
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
  const vault = await sealVault(keys.outage.seed, formPartOf(phrase), kitRandom)
  const fields = { network, blog: root.id, time, outageKey: keys.outage.signer.key, vault, mayDeclare: true }
  return { root, delegation: await makeOutageDelegation(fields, keys.posting.signer, sha256) }
}

function on(id: string, act: () => void): void {
  part(id).addEventListener('submit', (event) => {
    event.preventDefault()
    act()
  })
}
