/**
 * The kit's editor: write, sign, hand in. Nothing needs a network but the handing in, which goes on by itself until all mirrors
 * have the post.
 */

import { sha256 } from '@noble/hashes/sha2.js'
import { hostPath } from '../../../protocol/addresses.ts'
import { sayHint } from '../../../protocol/author-hint.ts'
import { seal } from '../../../protocol/envelope.ts'
import type { Hash, Payloads, SignedObject } from '../../../protocol/objects.ts'
import type { Signer } from '../../../protocol/platform.ts'
import { type Draft, postFields } from '../draft.ts'
import { forgetDraft, keptImage } from '../form/draft-keeper.ts'
import { Editing } from '../form/editing.ts'
import { Editor, emptyText, type Text } from '../form/editor.ts'
import { make, openOnWideScreens, part, say } from '../form/page-parts.ts'
import { saveSignedFile } from '../form/signed-files.ts'
import { BadDays } from './bad-days.ts'
import { ExportsPanel } from './exports-panel.ts'
import { HandOver } from './hand-over.ts'
import { canStay } from './keys.ts'
import type { KitData } from './kit-data.ts'
import { KitKey } from './kit-key.ts'
import { KitNetwork } from './kit-network.ts'
import { networkImage, networkPosts } from './network-posts.ts'
import { PostsPanel } from './posts-panel.ts'
import { Queue } from './queue.ts'
import { SecondSheet } from './second-sheet.ts'
import { SentList } from './sent-list.ts'

const dayMs = 86_400_000
const drillMs = 10 * 60_000

export type KitEditorDeps = { readonly program: string; readonly data: KitData }

export class KitEditor {
  readonly #data: KitData
  readonly #network: KitNetwork
  readonly #queue: Queue
  readonly #list: SentList
  readonly #editor: Editor
  readonly #editing = new Editing(() => this.#keep(this.#editor.text))
  readonly #passphrase = part<HTMLInputElement>('passphrase')
  readonly #declare = part<HTMLInputElement>('declare')
  readonly #button = part<HTMLButtonElement>('send-button')
  readonly #answer = part('answer')
  readonly #key: KitKey
  /** Whether this browser holds what was signed last. */
  #isKept = true

  constructor({ program, data }: KitEditorDeps) {
    this.#data = data
    this.#network = new KitNetwork({ program, data })
    this.#key = new KitKey({ data, changed: () => this.#showLock() })
    const mirrors = () => this.#network.mirrors.map((mirror) => mirror.url)
    const hint = async (host: string) =>
      this.#key.signer === null ? null : sayHint(this.#key.signer, data.blog, host, this.#network.nowMs())
    this.#queue = new Queue({ mirrors, hint, changed: () => this.#list.draw() }, data.blog)
    this.#editor = new Editor(
      (text) => this.#keep(text),
      (blob) => networkImage(mirrors(), blob),
    )
    const changes = {
      edit: (post: SignedObject<'post'>) => void this.#edit(post),
      withdraw: (post: SignedObject<'post'>) => void this.#act(() => this.#withdraw(post)),
    }
    this.#list = new SentList({
      queue: this.#queue,
      save: (id) => void this.#saveSent(id),
      page: () => this.#network.readersPage(),
      ...changes,
    })
    new PostsPanel({ posts: () => networkPosts(data, mirrors(), this.#network.nowMs()), ...changes }).start()
    new HandOver({ mirrors }).start()
    new SecondSheet({ program, data, mirrors: () => this.#network.mirrors }).start()
    new BadDays({
      program,
      data,
      mirrors,
      nowMs: () => this.#network.nowMs(),
      key: this.#key,
      handIn: (objects) => this.#network.handIn(objects.map((entry) => entry.envelope)),
    }).start()
    new ExportsPanel({ data, mirrors, signer: () => this.#key.ask() }).start()
  }

  async start(): Promise<void> {
    on('send-form', 'submit', () => this.#act(() => this.#send()))
    on('save-file', 'click', () => this.#act(() => this.#saveFile()))
    on('lock', 'click', () => this.#key.lock())
    on('bad-unlock', 'click', async () => void (await this.#key.ask()))
    on('try-now', 'click', async () => this.#queue.now())
    on('look', 'click', () => this.#network.look())
    on('save-kit', 'click', async () => this.#network.save())
    on('drill', 'click', () => this.#act(() => this.#drill()))
    on('over', 'click', () => this.#act(() => this.#over()))
    openOnWideScreens()
    part('kit-intro').hidden = true
    part('show').addEventListener('change', (event) => {
      this.#passphrase.type = (event.target as HTMLInputElement).checked ? 'text' : 'password'
    })
    this.#list.draw()
    // Before anything is waited for: who types at once must not lose it.
    const kept = this.#editing.restore(this.#data.blog)
    this.#editor.writeFor(this.#data.addresses[0]!, this.#data.language)
    const shown = this.#editor.show(kept ?? emptyText)
    if (kept !== null) part('saved').textContent = 'Your draft from before is back.'
    await this.#key.start()
    part('stay-offer').hidden = !(await canStay())
    await shown
    this.#queue.now()
    await this.#network.start()
  }

  #keep(text: Text): void {
    part('saved').textContent = this.#editing.keep(this.#data.blog, text)
      ? 'Kept on this device.'
      : 'This browser does not keep the draft: save it as a signed file before you leave.'
  }

  async #act(deed: () => Promise<void>): Promise<void> {
    if (this.#button.disabled) return
    this.#button.disabled = true
    try {
      await deed()
    } catch (error) {
      say(this.#answer, 'alarm', `Something went wrong here: ${(error as Error).message}. Your draft is kept.`)
    } finally {
      this.#button.disabled = false
      part('progress').hidden = true
    }
  }

  async #unlocked(): Promise<Signer | null> {
    if (this.#key.signer !== null) return this.#key.signer
    if (this.#passphrase.value.trim() === '') {
      say(this.#answer, 'warn', 'Type the passphrase of this kit first.')
      this.#passphrase.focus()
      return null
    }
    const progress = part<HTMLProgressElement>('progress')
    progress.hidden = false
    const problem = await this.#key.open(this.#passphrase.value, part<HTMLInputElement>('stay').checked, (done) => {
      progress.value = done
    })
    if (problem !== null) {
      say(this.#answer, 'alarm', `${problem} Your draft is kept.`)
      this.#passphrase.focus()
      return null
    }
    this.#answer.replaceChildren()
    this.#passphrase.value = ''
    return this.#key.signer
  }

  #showLock(): void {
    const isLocked = this.#key.signer === null
    part('unlock').hidden = !isLocked
    part('unlocked').hidden = isLocked
    part('bad-locked').hidden = !isLocked
  }

  /** The draft, signed, with the word that the blog is down where that was ticked; and kept on this device. */
  async #signed(draft: Draft = this.#editing.draft(this.#editor.text)): Promise<SignedObject<'post'> | null> {
    const signer = await this.#unlocked()
    if (signer === null) return null
    const { network, blog, addresses } = this.#data
    const context = {
      network,
      blog,
      prevs: this.#network.prevs,
      nowMs: this.#network.nowMs(),
      base: addresses[0]!,
      through: 'kit',
    }
    const fields = postFields(draft, context)
    if (!fields.ok) {
      say(this.#answer, 'warn', fields.detail)
      return null
    }
    const signed = await seal('post', fields.value, signer, sha256)
    const declaration = this.#declare.checked ? [(await this.#declaration(signer, 'down', dayMs)).envelope] : []
    const { title, published, attachments } = signed.payload
    const objects = [...declaration, signed.envelope]
    this.#isKept = this.#queue.add({ id: signed.id, title, published, attachments, objects })
    this.#network.signed(signed.id)
    return signed
  }

  #declaration(signer: Signer, state: 'down' | 'over', forMs: number, more: Partial<Payloads['declaration']> = {}) {
    const { network, blog } = this.#data
    const time = this.#network.nowMs()
    const fields = { network, blog, time, state, by: 'author' as const, until: time + forMs, ...more }
    return seal('declaration', fields, signer, sha256)
  }

  async #send(): Promise<void> {
    const content = this.#content()
    const signed = await this.#signed()
    if (signed === null) return
    await this.#clear(signed, content)
    const kept = 'Signed, and kept here until your mirrors have it. You may close the kit and open it again.'
    const lost =
      'Signed, but this browser keeps nothing: leave this page open until your mirrors have it, or save it below as a signed file.'
    say(this.#answer, this.#isKept ? 'good' : 'alarm', this.#isKept ? kept : lost)
    this.#list.draw()
    this.#queue.now()
  }

  #content(): string {
    return this.#editing.content(this.#editor.text)
  }

  /** For the next post; what was written since a post was signed from `words` stays, as a change of it. */
  async #clear(post: SignedObject<'post'>, content: string): Promise<void> {
    this.#declare.checked = false
    if (this.#content() !== content) {
      this.#editing.goOn(post)
      return this.#keep(this.#editor.text)
    }
    forgetDraft(this.#data.blog)
    this.#editing.fresh()
    await this.#editor.show(emptyText)
    part('saved').textContent = ''
  }

  async #edit(post: SignedObject<'post'>): Promise<void> {
    await this.#editor.show(this.#editing.begin(post))
    this.#keep(this.#editor.text)
    part('write').scrollIntoView()
    this.#editor.focus()
  }

  async #withdraw(post: SignedObject<'post'>): Promise<void> {
    if ((await this.#signed(Editing.withdrawal(post))) === null) return
    this.#list.draw()
    this.#queue.now()
    say(
      this.#answer,
      'good',
      'Withdrawn. Mirrors no longer show it once they have your word; who has read it, has read it.',
    )
  }

  async #saveFile(): Promise<void> {
    const content = this.#content()
    const signed = await this.#signed()
    if (signed === null) return
    await this.#saveSent(signed.id)
    await this.#clear(signed, content)
    this.#list.draw()
    this.#queue.now()
    say(this.#answer, 'good', 'Saved. Anyone may hand the file in at any member.')
  }

  async #saveSent(id: Hash): Promise<void> {
    const sent = this.#queue.get(id)
    if (sent === null) return
    const blobs = new Map<Hash, Uint8Array>()
    for (const { blob } of sent.attachments) {
      const bytes = await keptImage(blob)
      if (bytes !== null) blobs.set(blob, bytes)
    }
    saveSignedFile(sent.objects, blobs, hostPath(this.#data.addresses[0]!).replace(/[^a-z0-9.-]+/gi, '-'))
  }

  /** An outage that is none: for ten minutes, marked as an exercise everywhere. */
  async #drill(): Promise<void> {
    const signer = await this.#key.ask()
    if (signer === null) return say(part('more-answer'), 'warn', 'Not done: the kit is locked.')
    const declaration = await this.#declaration(signer, 'down', drillMs, { exercise: true })
    const taken = await this.#network.handIn([declaration.envelope])
    if (taken === 0) return say(part('more-answer'), 'alarm', 'No member answers: a drill needs a network.')
    this.#network.drilled()
    const page = this.#network.readersPage()!
    say(
      part('more-answer'),
      'good',
      `For ten minutes ${taken} members play that your blog is down. Write a post above, and see what readers see: `,
      make('a', { href: page, target: '_blank', rel: 'noopener' }, page),
    )
  }

  async #over(): Promise<void> {
    const signer = await this.#key.ask()
    if (signer === null) return say(part('over-answer'), 'warn', 'Not done: the kit is locked.')
    const declaration = await this.#declaration(signer, 'over', dayMs)
    const taken = await this.#network.handIn([declaration.envelope])
    say(part('over-answer'), taken > 0 ? 'good' : 'alarm', `${taken} members know that the outage is over.`)
  }
}

function on(id: string, event: string, act: () => Promise<void>): void {
  part(id).addEventListener(event, (happened) => {
    happened.preventDefault()
    void act()
  })
}
