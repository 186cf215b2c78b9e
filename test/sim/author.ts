/** An author with a posting key who posts while the blog is down, keeps a ledger of what was acknowledged, and is stubborn. */
import { nodePlatform, nodeSigner } from '../../lib/platform.ts'
import { toHex, utf8 } from '../../protocol/bytes.ts'
import { seal } from '../../protocol/envelope.ts'
import type { Hash, SignedObject } from '../../protocol/objects.ts'
import type { Signer } from '../../protocol/platform.ts'
import type { SimBlog } from './blog.ts'
import type { World } from './world.ts'

export class SimAuthor {
  readonly blog: SimBlog
  /** Posts that this author signed. Nothing else may ever be shown as theirs. */
  readonly signed = new Map<Hash, SignedObject<'post'>>()
  /** Posts that some member said it has stored. None of these may be lost. */
  readonly acknowledged = new Set<Hash>()
  /** Posts that a thief signed with the author's key. Shown until the revocation arrives, never after it. */
  readonly forged = new Set<Hash>()
  /** The key that was stolen, and since when its revocation is in the network. */
  stolen: { readonly key: Signer; revokedMs: number | null } | null = null
  /** Set once the blog has been anything but up. */
  everFell = false
  readonly #world: World
  #root: SignedObject<'root'> | null = null

  constructor({ world, blog }: { readonly world: World; readonly blog: SimBlog }) {
    this.#world = world
    this.blog = blog
  }

  /** Declares the blog down (or over) with the author's own word. */
  async declare(state: 'down' | 'over', lastingMs: number): Promise<void> {
    const { clock } = this.#world
    const time = clock.nowMs()
    const fields = {
      network: this.blog.network,
      time,
      blog: this.blog.id,
      state,
      by: 'author' as const,
      until: time + lastingMs,
    }
    const object = await seal('declaration', fields, this.blog.keys.posting, nodePlatform.sha256)
    await this.#handIn(object)
  }

  /** Writes a post and hands it in at members in turn until one stores it, or all have refused. */
  async post(text: string): Promise<Hash> {
    const { clock, random } = this.#world
    const time = clock.nowMs()
    const newest = [...this.signed.values()].sort((a, b) => b.payload.time - a.payload.time).slice(0, 1)
    const fields = {
      network: this.blog.network,
      time,
      blog: this.blog.id,
      draft: toHex(random.bytes(32)),
      prevs: newest.map((post) => post.id),
      title: `Post at ${time}`,
      html: `<p>${text}</p>`,
      attachments: [],
      published: time,
    }
    const object = await seal('post', fields, this.blog.keys.posting, nodePlatform.sha256)
    this.signed.set(object.id, object)
    if (await this.#handIn(object)) this.acknowledged.add(object.id)
    return object.id
  }

  /** The thief takes a copy of the posting key, and writes with it whether or not it has ended. True where some member took it. */
  async forge(text: string): Promise<boolean> {
    this.stolen ??= { key: this.blog.keys.posting, revokedMs: null }
    const { clock, random } = this.#world
    const time = clock.nowMs()
    const mark = {
      network: this.blog.network,
      time,
      blog: this.blog.id,
      draft: toHex(random.bytes(32)),
      published: time,
    }
    const words = { prevs: [], title: 'Not by the author', html: `<p>${text}</p>`, attachments: [] }
    const object = await seal('post', { ...mark, ...words }, this.stolen.key, nodePlatform.sha256)
    this.forged.add(object.id)
    return this.#handIn(object)
  }

  /** Posts without waiting for the outcome. */
  begin(text: string): void {
    void this.post(text)
  }

  /** Root 2: the old posting key goes, its posts so far stay good, a new key takes its place. */
  async rotate(): Promise<void> {
    const { clock, random, members } = this.#world
    const { recovery, posting } = this.blog.keys
    const before =
      this.#root ??
      (await members.find((member) => member.honest && member.running !== null)?.running?.ledger.object(this.blog.id))
    if (before?.kind !== 'root') return
    const next = nodeSigner(random.bytes(32))
    const named = new Set([...this.signed.values()].flatMap((post) => post.payload.prevs))
    const lastGood = [...this.signed.keys()].filter((id) => !named.has(id)).slice(0, 8)
    const { key: _, ...fields } = before.payload
    const root = await seal(
      'root',
      {
        ...fields,
        time: clock.nowMs(),
        version: before.payload.version + 1,
        blog: this.blog.id,
        previous: before.id,
        posting: [{ key: next.key, name: 'new laptop' }],
        revoked: [...before.payload.revoked, { key: posting.key, lastGood }],
      },
      recovery,
      nodePlatform.sha256,
    )
    if (!(await this.#handIn(root))) return
    if (this.stolen?.key === posting) this.stolen.revokedMs = clock.nowMs()
    this.#root = root
    this.blog.keys = { ...this.blog.keys, posting: next }
  }

  async #handIn(object: SignedObject): Promise<boolean> {
    const { net, random, members } = this.#world
    const start = random.below(members.length)
    for (let n = 0; n < members.length; n++) {
      const member = members[(start + n) % members.length]!
      if (!member.honest) continue
      const body = utf8(JSON.stringify({ objects: [object.envelope] }))
      const request = {
        method: 'POST' as const,
        path: 'dgos/v1/objects',
        body,
        contentType: 'application/json',
        bytesMax: 100_000,
        timeMs: 10_000,
      }
      const answer = await net.wireOf('author').request(member.options.url, request)
      if (!answer.ok || answer.status !== 200) continue
      const [first] = (JSON.parse(new TextDecoder().decode(answer.body)) as { answers: { result: string }[] }).answers
      if (first?.result === 'stored' || first?.result === 'known') return true
    }
    return false
  }
}
