/**
 * The folders from which a web server in front answers readers alone: which blog stands under which name, so that nothing
 * stays there that this member does not show, also where an earlier process of the member wrote it.
 */
import type { Log } from '../../lib/log.ts'
import type { Hash } from '../../protocol/objects.ts'
import type { FactsSource } from './facts.ts'
import type { Site } from './site.ts'

/** The page tree on disk. Names are what stands after `/m/`. */
export type SiteTree = {
  /** Brings the folder of a blog to what was rendered. */
  write(site: Site): Promise<void>
  /** Removes a folder. */
  erase(name: string): Promise<void>
  /** The folders there are, whoever wrote them; first those that say their blog is down, since that may be over. */
  names(): Promise<readonly string[]>
}

export type SiteFoldersDeps = {
  readonly tree: SiteTree
  readonly facts: Pick<FactsSource, 'byHost'>
  readonly log: Log
}

/** Blogs rendered at one time while healing: readers and watchers of this process come first. */
const healingAtOnce = 2

export class SiteFolders {
  readonly #deps: SiteFoldersDeps
  readonly #owners = new Map<string, Hash>()
  readonly #names = new Map<Hash, readonly string[]>()
  /** Blogs whose folder has a front page; those looked at longest ago first. */
  readonly #away = new Set<Hash>()

  constructor(deps: SiteFoldersDeps) {
    this.#deps = deps
  }

  has(blog: Hash): boolean {
    return this.#names.has(blog)
  }

  /** Writes a rendered blog under its name, and removes it where it stood before. */
  async put(site: Site): Promise<void> {
    this.#claim(site.name, site.blog)
    const front = site.places.get('')
    this.#away.delete(site.blog)
    if (front !== undefined && 'answers' in front) this.#away.add(site.blog)
    await this.#empty(site.blog, site.name)
    await this.#deps.tree.write(site)
  }

  /** Some of the blogs that a web server in front does not lead home, others at the next call. */
  someAway(countMax: number): readonly Hash[] {
    const some = [...this.#away.keys().take(countMax)]
    for (const blog of some) {
      this.#away.delete(blog)
      this.#away.add(blog)
    }
    return some
  }

  /** Nothing of the blog stays where other servers read it. */
  async erase(blog: Hash): Promise<void> {
    await this.#empty(blog, null)
  }

  /**
   * Goes through all folders once: removes those of no blog that is shown here, then has the others rendered. What is
   * stored meanwhile is not missed: each blog is known from before its rendering on. Failures are logged.
   */
  async heal(render: (blog: Hash) => Promise<void>, ended: AbortSignal): Promise<void> {
    const left = new Set<Hash>()
    for (const name of await this.#deps.tree.names()) {
      if (ended.aborted) return
      const blog = await this.#claimed(name)
      if (blog !== null) left.add(blog)
    }
    const worker = async () => {
      for (const blog of left) {
        if (ended.aborted) return
        left.delete(blog)
        await render(blog)
      }
    }
    await Promise.all(Array.from({ length: healingAtOnce }, worker))
  }

  /** Whose a folder is, from now on. null where it was removed, written meanwhile, or its blog could not be read. */
  async #claimed(name: string): Promise<Hash | null> {
    const { tree, facts, log } = this.#deps
    try {
      const blog = await facts.byHost(name)
      if (this.#owners.has(name)) return null
      if (blog === null) await tree.erase(name)
      else this.#claim(name, blog)
      return blog
    } catch (error) {
      log.error('folder-not-healed', { name, error: String(error) })
      return null
    }
  }

  #claim(name: string, blog: Hash): void {
    this.#release(name)
    this.#owners.set(name, blog)
    this.#names.set(blog, [...(this.#names.get(blog) ?? []), name])
  }

  #release(name: string): void {
    const owner = this.#owners.get(name)
    if (owner === undefined) return
    this.#owners.delete(name)
    const others = this.#names.get(owner)!.filter((other) => other !== name)
    if (others.length === 0) {
      this.#names.delete(owner)
      this.#away.delete(owner)
    } else this.#names.set(owner, others)
  }

  async #empty(blog: Hash, but: string | null): Promise<void> {
    for (const name of this.#names.get(blog) ?? []) {
      if (name === but) continue
      this.#release(name)
      await this.#deps.tree.erase(name)
    }
  }
}
