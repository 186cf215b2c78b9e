/** The web door of a member, without an HTTP engine: what is answered at `/post`, to forms and to uploads. */

import type { Ledger } from '../../ledger/ledger.ts'
import type { Clock } from '../../lib/clock.ts'
import { provenAddresses } from '../../protocol/address-proof.ts'
import { hostPath } from '../../protocol/addresses.ts'
import { isHash, utf8 } from '../../protocol/bytes.ts'
import { refuse } from '../../protocol/codes.ts'
import type { Hash } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import { rootChain } from '../../protocol/roots.ts'
import type { Replication } from '../posts/replication.ts'
import { type FormAssets, postPage, postPageHeaders, type StatusPageModel, statusPage } from './form-page.ts'
import { handIn } from './hand-in.ts'
import { uploadedFile } from './multipart.ts'
import { blogOfUpload } from './upload-beginning.ts'

export type DoorAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}
export type PostDoorDeps = {
  readonly ledger: Ledger
  readonly replication: Pick<Replication, 'acceptBlob' | 'holders'>
  readonly clock: Clock
  readonly sha256: Sha256
}
export type PostDoorOptions = { readonly memberName: string; readonly assets: FormAssets }

/** Posts that one status page shows; blogs that the form offers. */
const postsMax = 20
const downMax = 20
const hostCharactersMax = 300

export class PostDoor {
  readonly #deps: PostDoorDeps
  readonly #options: PostDoorOptions

  constructor(deps: PostDoorDeps, options: PostDoorOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** `GET /post`, `/post/<host>` and `/post?blog=<host>`. */
  async form(host: string | null): Promise<DoorAnswer> {
    const down = host === null ? await this.#downNow() : []
    const name = host === null ? null : await this.#addressOf(host.slice(0, hostCharactersMax))
    return page(200, postPage({ ...this.#options, host: name, down }))
  }

  /** As its author knows it: an id says nothing to a person. */
  async #addressOf(name: string): Promise<string> {
    if (!isHash(name)) return name.replace(/\/$/, '')
    const root = rootChain(name, (await this.#deps.ledger.blog(name)).root)?.current.payload
    return root === undefined ? name : hostPath(root.addresses[0]!)
  }

  /** Whether the rest of a long upload is read: null, or the page that says why not. Asked when its beginning is there. */
  async refusedUpload(beginning: Uint8Array): Promise<DoorAnswer | null> {
    const { ledger, sha256 } = this.#deps
    const blog = blogOfUpload(beginning, sha256)
    if (blog !== null && (await ledger.blog(blog)).root.length > 0) return null
    const { code, detail } = refuse('UNKNOWN_BLOG', 'a file of this size is taken for blogs that are known here')
    return page(400, this.#status([], { refused: { code, detail } }))
  }

  /** `POST /post`: a signed file, from a browser without script. */
  async upload(contentType: string, body: Uint8Array, from = ''): Promise<DoorAnswer> {
    const file = uploadedFile(contentType, body, 'file')
    const taken =
      file === null ? refuse('BAD_REQUEST', 'choose a .dgos file first') : await handIn(this.#deps, file, from)
    if (!taken.ok) return page(400, this.#status([], { refused: { code: taken.code, detail: taken.detail } }))
    return page(200, this.#status(await this.#posts(taken.value.posts), { images: taken.value.images }))
  }

  /** `GET /post/status?posts=<id>,<id>`. */
  async status(ids: readonly string[]): Promise<DoorAnswer> {
    const known = ids.filter(isHash).slice(0, postsMax)
    return page(200, this.#status(await this.#posts(known), {}))
  }

  #status(posts: StatusPageModel['posts'], more: Partial<StatusPageModel>): string {
    return statusPage({ ...this.#options, posts, ...more })
  }

  async #posts(ids: readonly Hash[]): Promise<StatusPageModel['posts']> {
    return Promise.all(
      ids.map(async (id) => {
        const object = await this.#deps.ledger.object(id)
        const title = object?.kind === 'post' ? object.payload.title : ''
        return { id, title, holders: await this.#deps.replication.holders(id) }
      }),
    )
  }

  async #downNow() {
    const { ledger, clock, sha256 } = this.#deps
    const found: { host: string; title: string }[] = []
    for (const id of ledger.blogs()) {
      if (found.length >= downMax || (await ledger.state(id)).state === 'up') continue
      const blog = await ledger.blog(id)
      const root = rootChain(id, blog.root)?.current.payload
      const [proven] = provenAddresses(blog, ledger.roster(), clock.nowMs(), sha256)
      if (root !== undefined && proven !== undefined) found.push({ host: hostPath(proven.address), title: root.title })
    }
    return found
  }
}

function page(status: number, text: string): DoorAnswer {
  return { status, headers: postPageHeaders, body: utf8(text) }
}
