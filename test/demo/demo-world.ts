/** The demonstration as a thing to drive: members, blogs, and the questions the story asks of them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemRandom } from '../../lib/random.ts'
import { toHex } from '../../protocol/bytes.ts'
import { Ending } from '../support/ending.ts'
import { ProcessNetwork } from '../support/process-network.ts'
import { dgos, type Processes, repository } from '../support/processes.ts'
import { until } from '../support/until.ts'
import { addressOf, readBlog, writeBlog } from './blog-file.ts'
import { hello, type Script } from './scripts.ts'

export type GuardedBlog = {
  readonly name: string
  readonly dir: string
  readonly address: string
  /** "127.0.0.1:9101", as it stands in `/m/<host>/`. */
  readonly host: string
  readonly keys: string
  readonly passphraseFile: string
  readonly id: string
}

type StateAnswer = {
  readonly state: string
  readonly by: string | null
  readonly votes: number
  readonly unimported: number
  readonly mirrors: readonly { readonly url: string; readonly key: string }[]
}

export type DemoWorldOptions = {
  readonly dir: string
  readonly members: number
  readonly memberPort: number
  readonly blogPort: number
  readonly fast: boolean
  /** Settings of single members, by their url. */
  readonly env?: (url: string) => Readonly<Record<string, string>>
}

export class Demo {
  readonly dir: string
  readonly network: ProcessNetwork
  readonly blogs: readonly GuardedBlog[] = []
  readonly #options: DemoWorldOptions
  readonly #ending: Ending

  private constructor(options: DemoWorldOptions, network: ProcessNetwork, ending: Ending) {
    this.#options = options
    this.dir = options.dir
    this.network = network
    this.#ending = ending
  }

  /** Founds the network, starts members and blogs, and enrols the blogs. `tell` hears of progress. */
  static async start(options: DemoWorldOptions, tell: (text: string) => void): Promise<Demo> {
    const { dir, members, memberPort, fast, env } = options
    tell(`founding a network of ${members} operators in ${dir}`)
    const ending = new Ending()
    const where = { dir, members, firstPort: memberPort, fast }
    const network = await ProcessNetwork.create(ending, { ...where, ...(env === undefined ? {} : { env }) })
    const demo = new Demo(options, network, ending)
    try {
      await network.start()
      tell(`${members} members are up`)
      for (const [n, script] of hello.entries()) {
        await demo.#enrol(n, script)
        tell(`${demo.blogs[n]!.address} is enrolled`)
      }
      return demo
    } catch (error) {
      await demo.stop()
      throw error
    }
  }

  get processes(): Processes {
    return this.network.processes
  }

  startMember(url: string): void {
    this.network.startMember(url)
  }

  startBlog(blog: Pick<GuardedBlog, 'name' | 'dir'>): void {
    this.processes.start(blog.name, [join(repository, 'test/demo/blog-server.ts'), blog.dir])
  }

  async stop(): Promise<void> {
    await this.#ending.end()
  }

  aliveMirrors(): readonly string[] {
    return this.network.alive.map((member) => member.url)
  }

  /** A blog's state as the first living member sees it; null where none answers. */
  async blogState(blog: Pick<GuardedBlog, 'id'>): Promise<StateAnswer | null> {
    for (const url of this.aliveMirrors()) {
      const found = (await this.#json(`${url}dgos/v1/blogs/${blog.id}`)) as Record<string, never> | null
      if (found === null) continue
      const { state, mirrors } = found as unknown as {
        state: {
          state: string
          by: string | null
          declaration: { votes?: number } | null
          unimported: readonly string[]
        }
        mirrors: StateAnswer['mirrors']
      }
      const votes = state.declaration?.votes ?? 0
      return { state: state.state, by: state.by, votes, unimported: state.unimported.length, mirrors }
    }
    return null
  }

  /** Whether a mirror serves the copy of the front page. */
  async hasCopy(url: string, blog: GuardedBlog): Promise<boolean> {
    return (await this.#get(`${url}m/${blog.host}/copy/`))?.status === 200
  }

  /** How many mirrors hold a post, as one member knows it. */
  async holders(url: string, post: string): Promise<number> {
    const found = (await this.#json(`${url}dgos/v1/posts/${post}/holders`)) as { held?: number } | null
    return found?.held ?? 0
  }

  /** Whether all mirrors give the same bytes for each of these posts. */
  async sameOnAll(mirrors: readonly string[], posts: readonly string[]): Promise<boolean> {
    for (const post of posts) {
      const texts = await Promise.all(mirrors.map((url) => this.#json(`${url}dgos/v1/objects/${post}`)))
      const payloads = new Set(
        texts.map((text) => (text as { payload?: string } | null)?.payload ?? `missing ${Math.random()}`),
      )
      if (payloads.size !== 1) return false
    }
    return true
  }

  async killMembers(urls: readonly string[]): Promise<readonly string[]> {
    await Promise.all(urls.map((url) => this.processes.kill(url)))
    return urls
  }

  /** Waits until the import that a blog runs at its start has reported. */
  async importRan(blog: GuardedBlog): Promise<void> {
    const log = join(this.dir, 'logs', `${blog.name}.log`)
    const reported = () => readFileSync(log, 'utf8').trimEnd().split('\nready\n').at(-1)?.includes('"sources"')
    await until(reported, 'the import reports', { withinMs: 60_000 })
  }

  async #enrol(n: number, script: Script): Promise<void> {
    const { blogPort, dir } = this.#options
    const name = script.name
    const blogDir = join(dir, `blog-${name}`)
    mkdirSync(blogDir, { recursive: true })
    const port = blogPort + n
    const ana = addressOf({ port: blogPort })
    const posts = script.blog.posts.map((post) => ({ ...post, html: post.html.replace('{ana}', ana) }))
    const file = {
      ...script.blog,
      posts,
      port,
      seed: n + 1,
      blog: null,
      network: null,
      onlineSeed: toHex(systemRandom.bytes(32)),
      mirrors: [],
      tail: '',
    }
    writeBlog(blogDir, file)
    this.startBlog({ name, dir: blogDir })
    await this.network.answers(addressOf(file))
    const keys = join(dir, `${name}-keys.json`)
    const passphraseFile = join(dir, `${name}-passphrase.txt`)
    writeFileSync(passphraseFile, `calm river stone lamp garden ${name}\n`, { mode: 0o600 })
    const member = this.network.members[(n * 4) % this.network.members.length]!.url
    const args = ['blog', 'add', addressOf(file), '--member', member, '--online', '--title', script.blog.title]
    const added = (await dgos([...args, '--keys', keys, '--outage-passphrase-file', passphraseFile, '--no-wait'])) as {
      blog: string
    }
    const { names, seeds } = JSON.parse(readFileSync(keys, 'utf8')) as { names: string[]; seeds: string[] }
    writeBlog(blogDir, {
      ...readBlog(blogDir),
      blog: added.blog,
      network: this.network.id,
      onlineSeed: seeds[names.indexOf('online')]!,
      mirrors: this.network.members.map((member) => member.url),
      tail: script.beacon ? await this.#beaconTag() : '',
    })
    const host = new URL(addressOf(file)).host
    const blog = { name, dir: blogDir, address: addressOf(file), host, keys, passphraseFile, id: added.blog }
    ;(this.blogs as GuardedBlog[]).push(blog)
  }

  /** The one tag that a friend pastes: the script of one member, seven members pinned by their keys. */
  async #beaconTag(): Promise<string> {
    const { members } = this.network
    const pins = members.slice(3, 10).map((member) => `${member.url}=${member.key}`)
    const source = members.at(-1)!.url
    const listed = (await this.#json(`${source}beacon.json`)) as { file?: string; integrity?: string } | null
    const integrity = listed?.integrity === undefined ? '' : ` integrity="${listed.integrity}" crossorigin="anonymous"`
    return `<script async src="${source}${listed?.file ?? 'beacon.js'}"${integrity} data-network="${this.network.id}" data-members="${pins.join(',')}"></script>`
  }

  async #get(url: string): Promise<Response | null> {
    try {
      return await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5_000) })
    } catch {
      return null // not there: an answer, here
    }
  }

  async #json(url: string): Promise<unknown> {
    const response = await this.#get(url)
    return response?.ok === true ? await response.json() : null
  }
}

/** A folder that was used before would bring back yesterday's network. */
export function refuseUsed(dir: string): void {
  if (existsSync(join(dir, 'member-01')))
    throw new Error(`${dir} holds an earlier demonstration: remove it, or choose another with --dir`)
}
