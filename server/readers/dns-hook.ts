/**
 * The operator's own program, run when a blog that trusts this member with its name goes down and when it is back: the one
 * help for a first-time visitor who types the address. It is handed names in its environment and nothing through a shell.
 *
 *   every few seconds: state of each such blog → differs from what the hook was last told → run → remembered where it ended well
 */
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { type BlogFacts, type FactsSource, factsNow } from '../../mirror/pages/facts.ts'
import { hostOf, isPathBlog, mirrorPath } from '../../protocol/addresses.ts'
import type { Hash, Key } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import { rootChain } from '../../protocol/roots.ts'
import { customAddresses } from './custom-domains.ts'

export type HookEvent = 'declare' | 'lift'
/** Resolves with the exit code; null where the program could not be run or was ended for taking too long. */
export type RunHook = (env: Readonly<Record<string, string>>) => Promise<number | null>
/** What the hook was last told, kept over restarts: blogs that are declared. */
export type HookMemory = { read(): Promise<readonly Hash[]>; write(declared: readonly Hash[]): Promise<void> }

export type DnsHookDeps = {
  readonly facts: FactsSource
  readonly blogs: () => readonly Hash[]
  readonly run: RunHook
  readonly memory: HookMemory
  readonly clock: Clock
  readonly log: Log
  readonly sha256: Sha256
}
export type DnsHookOptions = { readonly self: Key; readonly url: string }

/** A program that fails is tried again after this, and so often; then not before the next change. */
const againMs = 60_000
const attemptsMax = 5

type Attempt = { readonly event: HookEvent; readonly count: number; readonly atMs: number }

export class DnsHook {
  readonly #deps: DnsHookDeps
  readonly #options: DnsHookOptions
  readonly #attempts = new Map<Hash, Attempt>()
  #declared: Set<Hash> | null = null

  constructor(deps: DnsHookDeps, options: DnsHookOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** Looks at every blog that trusts this member. Programs run one after the other. */
  async look(): Promise<void> {
    const { facts: source, blogs, clock, sha256, memory } = this.#deps
    this.#declared ??= new Set(await memory.read())
    for (const blog of blogs()) {
      const told = this.#declared.has(blog)
      const trusted = rootChain(blog, (await source.blog(blog)).root)?.current.payload.trusted ?? []
      if (trusted.length === 0 && !told) continue
      const facts = await factsNow(source, blog, clock.nowMs(), sha256)
      const down = facts !== null && isDown(facts) && customAddresses(facts, this.#options.self).length > 0
      if (facts === null || down === told) this.#attempts.delete(blog)
      else await this.#tell(facts, down ? 'declare' : 'lift')
    }
  }

  async #tell(facts: BlogFacts, event: HookEvent): Promise<void> {
    const { run, memory, clock, log } = this.#deps
    const { blog } = facts.blog
    const before = this.#attempts.get(blog)
    const count = before?.event === event ? before.count : 0
    if (count >= attemptsMax || (count > 0 && clock.nowMs() < before!.atMs + againMs)) return
    this.#attempts.set(blog, { event, count: count + 1, atMs: clock.nowMs() })
    const code = await run(environmentOf(facts, event, this.#options.url))
    log.info('dns-hook', { blog, event, code })
    if (code !== 0) return
    this.#attempts.delete(blog)
    if (event === 'declare') this.#declared!.add(blog)
    else this.#declared!.delete(blog)
    await memory.write([...this.#declared!].sort())
  }
}

/** A disputed word moves no name, and an exercise neither. */
function isDown({ state }: BlogFacts): boolean {
  return state.state === 'down' && !state.disputed && !state.exercise
}

/** Hosts and urls follow the protocol's ASCII grammars: no blank, quote or line break can be among them. */
export function environmentOf(facts: BlogFacts, event: HookEvent, url: string): Readonly<Record<string, string>> {
  const { proven, head, roster, roles, name } = facts
  const whole = proven.find(({ address }) => !isPathBlog(address)) ?? proven[0]
  const address = whole?.address ?? roles.chain.current.payload.addresses[0]!
  const mirrors = (head?.payload.mirrors ?? []).flatMap((key) => roster.memberOf(key) ?? [])
  return {
    DGOS_EVENT: event,
    DGOS_BLOG: facts.blog.blog,
    DGOS_ADDRESS: address,
    DGOS_HOST: hostOf(address).replace(/:\d+$/, ''),
    DGOS_BY: facts.state.by ?? '',
    DGOS_MEMBER: url,
    DGOS_MEMBER_HOST: new URL(url).hostname,
    DGOS_MIRRORS: mirrors.map((mirror) => mirror.url + mirrorPath(name)).join(' '),
  }
}
