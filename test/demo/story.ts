/**
 * The whole story without hands, in real processes: a blog is captured, falls, is declared down by its watchers, its
 * author posts from the command line and from a browser, readers find the posts, two mirrors die too, the blog returns
 * and imports each post once. Each step is a fact that was looked at; the first untrue one ends the story.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { dgos } from '../support/processes.ts'
import { until } from '../support/until.ts'
import { readBlog } from './blog-file.ts'
import { asNewReader, openBrowser } from './browser.ts'
import type { Demo, GuardedBlog } from './demo-world.ts'
import { postThroughForm, readerFollowsBeacon, seesNoBeacon } from './visits.ts'

export type Step = { readonly step: string; readonly ms: number; readonly [fact: string]: unknown }
export type Tell = (step: Step) => void

/** A step of the story was not true. */
export class NotTrue extends Error {
  readonly code = 'NOT_TRUE'
}

export async function playStory(demo: Demo, tell: Tell): Promise<void> {
  const browser = await openBrowser()
  try {
    await new Story(demo, browser, tell).play()
  } finally {
    await browser.close()
  }
}

class Story {
  readonly #demo: Demo
  readonly #browser: Browser
  readonly #tell: Tell
  readonly #beganMs = performance.now()

  constructor(demo: Demo, browser: Browser, tell: Tell) {
    this.#demo = demo
    this.#browser = browser
    this.#tell = tell
  }

  async play(): Promise<void> {
    const [ana, , cleo] = this.#demo.blogs as [GuardedBlog, GuardedBlog, GuardedBlog]
    const mirrors = await this.#captured(ana)
    await this.#falls(ana)
    const declaredBy = await this.#declared(ana)
    const posts = [await this.#postsByCommand(ana), await this.#postsByForm(ana, mirrors)]
    const heldBy = await this.#held(posts, mirrors)
    const first = await this.#arrives(cleo, ana, 'reader-arrives')
    await this.#mirrorsDie(ana, mirrors)
    const second = await this.#arrives(cleo, ana, 'reader-arrives-again')
    await this.#returns(ana, posts)
    const importedOnce = await this.#importsOnce(ana, posts)
    await this.#silence(cleo)
    this.#say('done', {
      mirrorsPerBlog: mirrors.length,
      heldBy,
      declaredBy,
      readerArrived: first && second,
      returned: true,
      importedOnce,
    })
  }

  #say(step: string, facts: Readonly<Record<string, unknown>>): void {
    this.#tell({ step, ms: Math.round(performance.now() - this.#beganMs), ...facts })
  }

  async #captured(blog: GuardedBlog): Promise<readonly string[]> {
    const demo = this.#demo
    const mirrors = await until(
      async () => {
        const state = await demo.blogState(blog)
        const urls = (state?.mirrors ?? []).map((mirror) => mirror.url)
        const whole = await Promise.all(urls.map((url) => demo.hasCopy(url, blog)))
        return urls.length === 10 && whole.every(Boolean) ? urls : null
      },
      'ten mirrors hold the copy',
      { withinMs: 120_000 },
    )
    this.#say('captured', { blog: blog.id, address: blog.address, mirrors: mirrors.length })
    return mirrors
  }

  async #falls(blog: GuardedBlog): Promise<void> {
    await this.#demo.processes.kill(blog.name)
    this.#say('fell', { address: blog.address })
  }

  async #declared(blog: GuardedBlog): Promise<string> {
    const fellMs = performance.now()
    const state = await until(
      async () => {
        const found = await this.#demo.blogState(blog)
        return found?.state === 'down' ? found : null
      },
      'the watchers declare the blog down',
      { withinMs: 150_000 },
    )
    this.#say('declared', { by: state.by, votes: state.votes, afterMs: Math.round(performance.now() - fellMs) })
    return String(state.by)
  }

  async #postsByCommand(blog: GuardedBlog): Promise<string> {
    const text = join(this.#demo.dir, 'by-command.md')
    writeFileSync(text, 'My server is gone, **I am not**.\n\nWritten on the command line.\n')
    const args = ['post', text, '--title', 'Still here', '--keys', blog.keys]
    const done = (await dgos(args)) as { readonly posts?: readonly string[] }
    const id = done.posts?.[0] ?? ''
    if (!/^[0-9a-f]{64}$/.test(id)) throw new NotTrue(`dgos post printed no id: ${JSON.stringify(done)}`)
    this.#say('posted-by-command', { post: id })
    return id
  }

  async #postsByForm(blog: GuardedBlog, mirrors: readonly string[]): Promise<string> {
    const door = mirrors[3]!
    const passphrase = readFileSync(blog.passphraseFile, 'utf8').trim()
    const letter = { title: 'From a borrowed computer', markdown: 'Only a *passphrase* was needed.\n\n- one\n- two' }
    const id = await asNewReader(this.#browser, (page) =>
      postThroughForm(page, { door, host: blog.host, passphrase, ...letter }),
    )
    this.#say('posted-by-form', { post: id, door })
    return id
  }

  async #held(posts: readonly string[], mirrors: readonly string[]): Promise<number> {
    const demo = this.#demo
    const fewest = await until(
      async () => {
        const counts = await Promise.all(posts.map((post) => demo.holders(mirrors[0]!, post)))
        return counts.every((count) => count >= mirrors.length) ? Math.min(...counts) : null
      },
      'ten mirrors hold each post',
      { withinMs: 60_000 },
    )
    const same = await demo.sameOnAll(mirrors, posts)
    if (!same) throw new NotTrue('a mirror holds other bytes than the others')
    this.#say('held', { heldBy: fewest, byteIdentical: same })
    return fewest
  }

  async #arrives(friend: GuardedBlog, fallen: GuardedBlog, step: string): Promise<boolean> {
    let readers = 0
    const visit = await until(
      () => {
        readers++
        return asNewReader(this.#browser, (page) =>
          readerFollowsBeacon(page, friend.address, 'From a borrowed computer'),
        )
      },
      'the beacon leads a new reader',
      { withinMs: 60_000, onError: 'fail' },
    )
    const alive = this.#demo.aliveMirrors().some((url) => visit.url.startsWith(url))
    if (!alive || !visit.url.includes(`/m/${fallen.host}/`)) throw new NotTrue(`the reader arrived at ${visit.url}`)
    const { url: at, noticeMs, arrivedMs } = visit
    this.#say(step, { from: friend.address, at, readers, noticeMs, arrivedMs })
    return true
  }

  async #mirrorsDie(blog: GuardedBlog, mirrors: readonly string[]): Promise<void> {
    const killed = await this.#demo.killMembers(mirrors.slice(0, 2))
    this.#say('two-mirrors-killed', { killed, blog: blog.host })
  }

  async #returns(blog: GuardedBlog, posts: readonly string[]): Promise<void> {
    this.#demo.startBlog(blog)
    await until(
      async () => {
        const ids = readBlog(blog.dir).posts.map((post) => post.id)
        return posts.every((post) => ids.includes(post)) ? true : null
      },
      'the blog has imported the posts',
      { withinMs: 120_000 },
    )
    this.#say('imported', { posts: posts.length })
    let seen = ''
    const look = async () => {
      const state = await this.#demo.blogState(blog)
      seen = JSON.stringify({ ...state, mirrors: undefined })
      return state?.state === 'up' && state.unimported === 0 ? true : null
    }
    await until(look, 'the blog counts as up again', { withinMs: 150_000, seen: () => seen })
    this.#say('returned', { state: 'up' })
  }

  /** The blog starts twice more, each time with its import: nothing may be doubled. */
  async #importsOnce(blog: GuardedBlog, posts: readonly string[]): Promise<boolean> {
    for (let again = 0; again < 2; again++) {
      await this.#demo.processes.kill(blog.name)
      this.#demo.startBlog(blog)
      await this.#demo.network.answers(blog.address)
      await this.#demo.importRan(blog)
    }
    const ids = readBlog(blog.dir).posts.map((post) => post.id)
    const once = posts.every((post) => ids.filter((id) => id === post).length === 1)
    if (!once) throw new NotTrue('a post was imported twice')
    this.#say('imported-once', { runs: 3 })
    return once
  }

  async #silence(friend: GuardedBlog): Promise<void> {
    await until(
      async () => {
        const silent = await asNewReader(this.#browser, (page) => seesNoBeacon(page, friend.address))
        return silent ? true : null
      },
      'the beacon falls silent',
      { withinMs: 150_000, onError: 'fail' },
    )
    this.#say('beacon-silent', { on: friend.address })
  }
}
