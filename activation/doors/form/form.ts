/**
 * The form at work: find the blog, write, unlock, sign, send, watch. Writing needs no passphrase; the draft is kept on
 * the device at every step and let go only when a mirror has taken the post.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { ok } from '../../../protocol/codes.ts'
import { idOf } from '../../../protocol/envelope.ts'
import type { Envelope, Hash, SignedObject } from '../../../protocol/objects.ts'
import type { Draft } from '../draft.ts'
import { isKitPhrase } from '../wordlist.ts'
import { forgetDraft, forgetImages, keptImage } from './draft-keeper.ts'
import { Editing } from './editing.ts'
import { Editor, emptyText, type Text } from './editor.ts'
import { lostWords, sendImages } from './image-sending.ts'
import { fetchVault, memberRoot, sendObjects, type Taken } from './member-client.ts'
import { make, openOnWideScreens, part, say } from './page-parts.ts'
import { PostsList } from './posts-list.ts'
import { ReplicaWatch } from './replica-watch.ts'
import { postOf, Session } from './session.ts'
import { saveSignedFile, takeSignedFiles } from './signed-files.ts'

type PostObject = SignedObject<'post'>
/** `words`: what was signed, to know it again. */
type Signed = { readonly content: string; readonly post: PostObject; readonly objects: readonly Envelope[] }

class PostForm {
  readonly #editor = new Editor((text) => this.#keep(text))
  readonly #passphrase = part<HTMLInputElement>('passphrase')
  readonly #declare = part<HTMLInputElement>('declare-down')
  readonly #button = part<HTMLButtonElement>('send-button')
  readonly #answer = part('answer')
  #session: Session | null = null
  readonly #watch = new ReplicaWatch()
  #posts: PostsList | null = null
  readonly #editing = new Editing(() => this.#keep(this.#editor.text))
  /** Sent, but nobody answered, or not all images went along. */
  #unfinished: { readonly content: string; readonly post: PostObject } | null = null

  start(): void {
    part('no-script').hidden = true
    takeSignedFiles(this.#watch)
    on('blog-form', 'submit', () => this.#find(part<HTMLInputElement>('blog').value))
    on('send-form', 'submit', () => this.#act(() => this.#send()))
    on('save-file', 'click', () => this.#act(() => this.#save()))
    on('lock', 'click', async () => this.#lock())
    part('show').addEventListener('change', (event) => {
      this.#passphrase.type = (event.target as HTMLInputElement).checked ? 'text' : 'password'
    })
    openOnWideScreens()
    const { value } = part<HTMLInputElement>('blog')
    if (value !== '') void this.#find(value)
  }

  async #find(given: string): Promise<void> {
    const place = part('blog-found')
    part('blog-card').classList.remove('known')
    say(place, null, 'Looking…')
    const blog = given
      .trim()
      .replace(/^[a-z]+:\/\//i, '')
      .replace(/\/{1,9}$/, '')
      .replace(/^[^/]+/, (host) => host.toLowerCase())
    const found = await fetchVault(memberRoot(), blog)
    if (!found.ok) {
      const unknown = found.code === 'UNKNOWN_BLOG' || found.code === 'NOT_FOUND'
      return say(place, 'alarm', unknown ? `This member does not know a blog at "${blog}".` : found.message)
    }
    this.#session = new Session(found.value)
    const { title, state, host, mirrors, posts, limits } = found.value
    const content = { up: 'seen as up', suspected: 'perhaps down', down: 'down', returning: 'coming back' }
    const tag = make('span', { class: `tag ${state === 'up' ? 'good' : 'alarm'}` }, content[state])
    const other = () => part('blog-card').classList.remove('known')
    place.replaceChildren(
      make(
        'p',
        {},
        make('strong', { dir: 'auto' }, title),
        ' ',
        tag,
        make(
          'span',
          { class: 'soft' },
          ` ${host}, ${mirrors.length} mirrors, at most ${limits.postsPerDay} posts a day `,
        ),
        make('button', { type: 'button', class: 'quiet small', id: 'other-blog', click: other }, 'Another blog'),
      ),
    )
    part('blog-card').classList.toggle('known', this.#session.hasVault)
    part('declare').hidden = state !== 'up'
    part<HTMLInputElement>('account').value = host // by which a password manager knows the passphrase
    part('declare-offer').hidden = !this.#session.mayDeclare
    part('declare-not').hidden = this.#session.mayDeclare
    if (!this.#session.hasVault) {
      say(
        place,
        'warn',
        make('strong', {}, title),
        ' has no passphrase for this form. Write in your kit, or send the file below that it has signed.',
      )
    }
    this.#posts?.clear()
    this.#posts = new PostsList(this.#watch, {
      edit: (post) => void this.#edit(post),
      withdraw: (post) => void this.#withdraw(post),
      page: `${memberRoot()}m/${host}/`,
    })
    this.#posts.clear()
    for (const envelope of posts.toReversed()) this.#posts.add(postOf(envelope, idOf(envelope, sha256)!))
    this.#editor.writeFor(found.value.address, found.value.language)
    await this.#restore(found.value.blog)
    part('write').hidden = false
    part('send').hidden = !this.#session.hasVault
  }

  async #restore(blog: Hash): Promise<void> {
    const kept = this.#editing.restore(blog)
    await this.#editor.show(kept ?? emptyText)
    if (kept !== null) part('saved').textContent = 'Your draft from before is back.'
  }

  #keep(text: Text): void {
    if (this.#session === null) return
    const kept = this.#editing.keep(this.#session.vault.blog, text)
    part('saved').textContent = kept
      ? 'Kept on this device.'
      : 'This browser does not keep the draft: copy it before you leave.'
  }

  /** Runs one deed at a time; the button shows that it is under way. */
  async #act(deed: () => Promise<void>): Promise<void> {
    if (this.#button.disabled) return
    this.#button.disabled = true
    try {
      this.#keep(this.#editor.text)
      await deed()
    } catch (error) {
      say(this.#answer, 'alarm', `Something went wrong on this page: ${(error as Error).message}. Your draft is kept.`)
    } finally {
      this.#button.disabled = false
      part('progress').hidden = true
    }
  }

  async #unlocked(): Promise<Session | null> {
    const session = this.#session
    if (session === null || session.isUnlocked) return session
    if (this.#passphrase.value.trim() === '') {
      say(this.#answer, 'warn', 'Type your outage passphrase first.')
      this.#passphrase.focus()
      return null
    }
    if (isKitPhrase(this.#passphrase.value)) {
      this.#passphrase.value = ''
      say(this.#answer, 'warn', 'Those words open your kit. Only its first six words belong here: never type more.')
      this.#passphrase.focus()
      return null
    }
    const progress = part<HTMLProgressElement>('progress')
    progress.hidden = false
    say(this.#answer, null, 'Unlocking your key on this device…')
    const opened = await session.unlock(this.#passphrase.value, (done) => {
      progress.value = done
    })
    progress.hidden = true
    if (opened === 'open') {
      this.#passphrase.value = ''
      this.#answer.replaceChildren()
      this.#showLock()
      return session
    }
    say(
      this.#answer,
      'alarm',
      opened === 'damaged'
        ? 'The passphrase is right, but the key kept here is damaged. Open this form on another mirror.'
        : 'That is not the passphrase. Capital letters and spaces do not matter; the words do. Your draft is kept.',
    )
    this.#passphrase.focus()
    return null
  }

  #lock(): void {
    this.#session?.lock()
    this.#showLock()
  }

  #showLock(): void {
    part('unlock').hidden = this.#session?.isUnlocked === true
    part('unlocked').hidden = this.#session?.isUnlocked !== true
  }

  /** The objects to send: the post, and with it the author's word that the blog is down where that was ticked. */
  async #signed(session: Session, draft: Draft): Promise<Signed | null> {
    const content = JSON.stringify(draft)
    const signed = this.#unfinished?.content === content ? ok(this.#unfinished.post) : await session.sign(draft)
    if (!signed.ok) {
      say(this.#answer, 'warn', signed.detail)
      return null
    }
    const declaration = this.#declare.checked && session.mayDeclare ? [(await session.declareDown()).envelope] : []
    return { content, post: signed.value, objects: [...declaration, signed.value.envelope] }
  }

  async #send(): Promise<void> {
    const session = await this.#unlocked()
    if (session === null) return
    const draft = this.#editing.draft(this.#editor.text)
    const signed = await this.#signed(session, draft)
    if (signed === null || !(await this.#deliver(session, signed))) return
    const { attachments } = signed.post.payload
    const lost = lostWords(
      await sendImages(attachments, draft.replaces, (i) =>
        say(this.#answer, null, `Sending image ${i + 1} of ${attachments.length}…`),
      ),
    )
    const isSame = this.#content() === signed.content
    if (isSame && lost === '') await this.#clear(session.vault.blog)
    else this.#goOn(signed.post)
    if (lost !== '') {
      if (isSame) this.#unfinished = { content: this.#content(), post: signed.post }
      return say(this.#answer, 'alarm', lost)
    }
    await forgetImages(attachments)
    const rest = isSame ? 'You can close this page, or write another post.' : 'What you have written since is kept.'
    say(this.#answer, 'good', `Sent. ${rest}`)
  }

  #content(): string {
    return this.#editing.content(this.#editor.text)
  }

  async #clear(blog: Hash): Promise<void> {
    forgetDraft(blog)
    this.#editing.fresh()
    await this.#editor.show(emptyText)
    part('saved').textContent = ''
  }

  /** What is in the editor is kept, as a change of the post that has just been sent. */
  #goOn(post: PostObject): void {
    this.#editing.goOn(post)
    this.#keep(this.#editor.text)
  }

  /** True where this member has the post on disk. */
  async #deliver(session: Session, { content, post, objects }: Signed): Promise<boolean> {
    say(this.#answer, null, 'Sending…')
    const sent = await sendObjects(memberRoot(), objects, (host) => session.hint(host))
    // sent again, the same words are the same post: an answer that was lost costs none of the ten of a day
    this.#unfinished = sent.ok ? null : { content, post }
    if (!sent.ok) {
      say(this.#answer, 'alarm', sent.message)
      return false
    }
    const answer = sent.value.at(-1)!
    if (answer.result === 'refused') {
      this.#refused(answer, session)
      return false
    }
    this.#declare.checked = false
    part('declare').hidden = true
    session.sent(post)
    this.#posts?.add(post)
    return true
  }

  #refused(answer: Taken, session: Session): void {
    if (answer.code !== 'BLOG_NOT_DOWN') {
      say(this.#answer, 'alarm', `Not taken: ${answer.message ?? answer.code ?? ''} Your draft is kept.`)
      return
    }
    part('declare').hidden = false
    part('declare-offer').hidden = !session.mayDeclare
    part('declare-not').hidden = session.mayDeclare
    say(
      this.#answer,
      'warn',
      'Not taken yet: the network sees your blog as up. Your draft is kept.',
      ' ',
      session.mayDeclare ? 'Tick the box above, then send again.' : '',
    )
    if (session.mayDeclare) this.#declare.focus()
  }

  async #save(): Promise<void> {
    const session = await this.#unlocked()
    const signed = session === null ? null : await this.#signed(session, this.#editing.draft(this.#editor.text))
    if (signed === null) return
    const blobs = new Map<Hash, Uint8Array>()
    for (const { blob } of signed.post.payload.attachments) {
      const bytes = await keptImage(blob)
      if (bytes !== null) blobs.set(blob, bytes)
    }
    saveSignedFile(signed.objects, blobs, session!.vault.host.replace(/[^a-z0-9.-]+/gi, '-'))
    say(
      this.#answer,
      'good',
      'Saved. Hand the file in at any member, or let anyone do it for you. Your draft stays here.',
    )
  }

  async #edit(post: PostObject): Promise<void> {
    await this.#editor.show(this.#editing.begin(post))
    this.#keep(this.#editor.text)
    part('write').scrollIntoView()
    this.#editor.focus()
  }

  async #withdraw(post: PostObject): Promise<void> {
    await this.#act(async () => {
      const session = await this.#unlocked()
      if (session === null) return
      const signed = await this.#signed(session, Editing.withdrawal(post))
      if (signed !== null && (await this.#deliver(session, signed)))
        say(this.#answer, 'good', 'Withdrawn. Mirrors no longer show it; who has read it, has read it.')
    })
  }
}

function on(id: string, event: string, act: () => Promise<void>): void {
  part(id).addEventListener(event, (happened) => {
    happened.preventDefault()
    void act()
  })
}

new PostForm().start()
