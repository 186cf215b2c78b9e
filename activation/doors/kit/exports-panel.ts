/** When the outage is over, for a blog without code of ours: the posts as files, and the author's word on where they are now. */
import { sha256 } from '@noble/hashes/sha2.js'
import { seal } from '../../../protocol/envelope.ts'
import { badField } from '../../../protocol/kinds.ts'
import type { Signer } from '../../../protocol/platform.ts'
import type { ShownPost } from '../../../protocol/posts.ts'
import type { ExportImage, ExportPost } from '../exports/export-post.ts'
import { bloggerFile, wordpressFile } from '../exports/feeds.ts'
import { htmlFiles, markdownFiles } from '../exports/files.ts'
import { zipOf } from '../exports/zip.ts'
import { sendObjects } from '../form/member-client.ts'
import { make, part, say } from '../form/page-parts.ts'
import type { KitData } from './kit-data.ts'
import { networkImage, networkPosts } from './network-posts.ts'
import { save } from './own-program.ts'

export type ExportsPanelDeps = {
  readonly data: KitData
  readonly mirrors: () => readonly string[]
  readonly signer: () => Promise<Signer | null>
}

export class ExportsPanel {
  readonly #deps: ExportsPanelDeps

  constructor(deps: ExportsPanelDeps) {
    this.#deps = deps
  }

  start(): void {
    for (const button of document.querySelectorAll<HTMLButtonElement>('[data-export]'))
      button.addEventListener('click', () => void this.#export(button.dataset.export!))
    part('imported-form').addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#confirm()
    })
  }

  async #export(format: string): Promise<void> {
    const place = part('after-answer')
    say(place, null, 'Asking your mirrors for the posts…')
    const shown = await this.#posts()
    if (shown === null) return say(place, 'alarm', 'No mirror answers: this needs a network.')
    this.#ask(shown)
    const posts: ExportPost[] = []
    for (const shownPost of shown) posts.push({ shown: shownPost, images: await this.#images(shownPost) })
    const lost = posts.some((post) => post.images.length < post.shown.current.payload.attachments.length)
    const { title, addresses, language } = this.#deps.data
    const blog = { title, address: addresses[0]!, language, nowMs: Date.now() }
    if (format === 'blogger' || format === 'wordpress') {
      const file = format === 'blogger' ? bloggerFile(blog, posts) : wordpressFile(blog, posts)
      save(file.bytes, file.name, 'application/xml')
    } else {
      const files = format === 'markdown' ? markdownFiles(posts) : htmlFiles(blog, posts)
      save(zipOf(files), `${format}.zip`, 'application/zip')
    }
    const note = lost ? ' Some images are on no mirror that answers.' : ''
    say(place, lost ? 'warn' : 'good', `Saved ${posts.length} posts.${note}`)
  }

  async #posts(): Promise<readonly ShownPost[] | null> {
    const posts = await networkPosts(this.#deps.data, this.#deps.mirrors(), Date.now())
    return posts?.filter((post) => !post.withdrawn) ?? null
  }

  async #images({ current }: ShownPost): Promise<readonly ExportImage[]> {
    const images: ExportImage[] = []
    for (const attachment of current.payload.attachments) {
      const body = await networkImage(this.#deps.mirrors(), attachment.blob)
      if (body !== null) images.push({ ...attachment, body })
    }
    return images
  }

  /** One field a post: its address on the blog. */
  #ask(posts: readonly ShownPost[]): void {
    part('imported-fields').replaceChildren(
      ...posts.flatMap((post) => [
        make('label', { for: `url-${post.id}` }, `Address of "${post.current.payload.title || 'Untitled'}"`),
        make('input', { id: `url-${post.id}`, 'data-post': post.id, inputmode: 'url', value: post.importedAt ?? '' }),
      ]),
    )
  }

  async #confirm(): Promise<void> {
    const place = part('after-answer')
    const fields = [...document.querySelectorAll<HTMLInputElement>('#imported-fields input')]
    const posts = fields
      .filter((field) => field.value.trim() !== '')
      .map((field) => ({ post: field.dataset.post!, url: field.value.trim() }))
    if (posts.length === 0) return say(place, 'warn', 'Save the posts first; then give their addresses on your blog.')
    const signer = await this.#deps.signer()
    if (signer === null) return say(place, 'warn', 'Not done: the kit is locked.')
    const { network, blog } = this.#deps.data
    const declaration = { network, blog, time: Date.now(), posts, key: signer.key }
    if (badField('imported', declaration) !== null)
      return say(place, 'warn', 'An address does not look like https://example.org/post.')
    const { envelope } = await seal('imported', declaration, signer, sha256)
    const answers = await Promise.all(this.#deps.mirrors().map((mirror) => sendObjects(mirror, [envelope])))
    const taken = answers.filter((answer) => answer.ok && answer.value[0]?.result !== 'refused').length
    say(place, taken > 0 ? 'good' : 'alarm', `${taken} members lead readers to these addresses now.`)
  }
}
