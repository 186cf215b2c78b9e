/** What must hold at every step of a run, whatever went wrong. A violation is a sentence; none is a good run. */

import type { BlogObjects } from '../../protocol/blog-objects.ts'
import { currentHead } from '../../protocol/heads.ts'
import { keyRolesOf } from '../../protocol/key-roles.ts'
import type { Hash } from '../../protocol/objects.ts'
import { shownPosts } from '../../protocol/posts.ts'
import type { SimAuthor } from './author.ts'
import type { World } from './world.ts'

/** Within this time every mirror that runs has heard of a revocation. */
export const revokedMsMax = 600_000

export class Invariants {
  readonly #world: World
  /** Highest (root version, seq) that each running member has shown for each blog. */
  readonly #heads = new Map<string, readonly [number, number]>()

  /** Since when each member has been running with a way to others. */
  readonly #liveSince = new Map<number, number>()
  /** How long after a revocation each mirror had it: "member blog" → milliseconds, exact to one step. */
  readonly revokedAfterMs = new Map<string, number>()

  constructor(world: World) {
    this.#world = world
  }

  /** Called after every step. */
  async check(): Promise<readonly string[]> {
    const found: string[] = []
    this.#notice()
    for (const member of this.#world.honest) {
      if (member.running === null) continue
      for (const author of this.#world.authors) {
        const blog = await member.running.ledger.blog(author.blog.id)
        const nowMs = this.#world.clock.nowMs()
        const { index } = member.options
        for (const post of shownPosts(blog, nowMs)) {
          if (!post.history.every((version) => author.signed.has(version.id) || author.forged.has(version.id)))
            found.push(`member ${index} shows a post that nobody signed`)
        }
        found.push(...this.#revocation(index, member.options.signer.key, author, blog))
        const { state } = await member.running.ledger.state(author.blog.id)
        const fell = author.blog.state !== 'up' || author.everFell
        if (state === 'down' && !fell)
          found.push(`member ${index} believes that ${author.blog.address} is down, which never was`)
        const head = currentHead(blog, nowMs)?.payload
        if (head === undefined) continue
        found.push(...this.#headFell(`${index} ${author.blog.id}`, [head.rootVersion, head.seq]))
        const operators = head.mirrors.map((mirror) => member.running!.ledger.roster().memberOf(mirror)?.operator)
        if (new Set(operators).size !== operators.length) found.push(`member ${index}: two mirrors of one operator`)
      }
    }
    found.push(...this.#lost())
    return found
  }

  #notice(): void {
    for (const { running, options } of this.#world.members) {
      if (running === null || this.#world.isIsolated(options.index)) this.#liveSince.delete(options.index)
      else if (!this.#liveSince.has(options.index)) this.#liveSince.set(options.index, this.#world.clock.nowMs())
    }
  }

  /** A stolen key: where its end is known no forged post is shown, and every live mirror knows it in time. */
  #revocation(index: number, key: string, author: SimAuthor, blog: BlogObjects): readonly string[] {
    if (author.stolen === null) return []
    const nowMs = this.#world.clock.nowMs()
    const forged = shownPosts(blog, nowMs).some((post) => post.history.some((version) => author.forged.has(version.id)))
    if (keyRolesOf(blog)?.revoked.has(author.stolen.key.key) === true) {
      const name = `${index} ${author.blog.id}`
      if (author.stolen.revokedMs !== null && !this.revokedAfterMs.has(name))
        this.revokedAfterMs.set(name, nowMs - author.stolen.revokedMs)
      return forged ? [`member ${index} shows a post of a thief whose key it knows to be revoked`] : []
    }
    const { revokedMs } = author.stolen
    const isMirror = currentHead(blog, nowMs)?.payload.mirrors.includes(key) === true
    if (revokedMs === null || !isMirror) return []
    const fromMs = Math.max(revokedMs, this.#liveSince.get(index) ?? nowMs)
    return nowMs - fromMs > revokedMsMax ? [`mirror ${index} has not heard of a revocation for 10 minutes`] : []
  }

  /** A member that acknowledged may be down, but some disk must have the post at any time. */
  #lost(): readonly string[] {
    const kept = (post: Hash) => this.#world.honest.some((member) => member.disk.rows.has(post))
    const lost = this.#world.authors.flatMap((author) => [...author.acknowledged].filter((post) => !kept(post)))
    return lost.map((post) => `acknowledged post ${post.slice(0, 12)} is on no disk`)
  }

  #headFell(name: string, now: readonly [number, number]): readonly string[] {
    const before = this.#heads.get(name) ?? [0, 0]
    if (now[0] < before[0] || (now[0] === before[0] && now[1] < before[1]))
      return [`head fell from ${before} to ${now} at member ${name}`]
    this.#heads.set(name, now)
    return []
  }

  /** After the faults: every honest member has every acknowledged post, and all agree about heads. */
  async converged(): Promise<readonly string[]> {
    const found: string[] = []
    for (const author of this.#world.authors) {
      const heads = new Set<string>()
      for (const member of this.#world.honest) {
        const { index } = member.options
        if (member.running === null) {
          found.push(`member ${index} does not run`)
          continue
        }
        const blog = await member.running.ledger.blog(author.blog.id)
        const head = currentHead(blog, this.#world.clock.nowMs())
        heads.add(head?.id ?? 'none')
        const isMirror = head?.payload.mirrors.includes(member.options.signer.key) === true
        const shown = shownPosts(blog, this.#world.clock.nowMs()).flatMap((post) => post.history)
        const has = new Set(shown.map((post) => post.id))
        const missing = [...author.acknowledged].filter((post) => !has.has(post))
        if (isMirror && missing.length > 0)
          found.push(`mirror ${index} does not show ${missing.length} acknowledged posts of ${author.blog.address}`)
        const revokedMs = author.stolen?.revokedMs ?? null
        if (isMirror && revokedMs !== null && !this.revokedAfterMs.has(`${index} ${author.blog.id}`))
          found.push(`mirror ${index} has not heard that a key of ${author.blog.address} is revoked`)
      }
      if (heads.size > 1) found.push(`${heads.size} different heads of ${author.blog.address}`)
      if (heads.has('none')) found.push(`no head of ${author.blog.address}`)
    }
    return found
  }
}
