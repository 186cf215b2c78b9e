/**
 * A real WordPress whose blog was down and has posts on three mirrors: real ledgers behind real HTTP, on loopback. The
 * clock of the network stands where the test puts it, in Node and in PHP.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlink, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { guardImports } from '../../activation/return/imported-policy.ts'
import { returnFeed } from '../../activation/return/return-feed.ts'
import { Ledger } from '../../ledger/ledger.ts'
import { SqlObjectStore } from '../../ledger/sql-object-store.ts'
import { openDatabase } from '../../lib/database.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { toHex, utf8 } from '../../protocol/bytes.ts'
import type { Attachment, Hash, SignedObject } from '../../protocol/objects.ts'
import { type FreshWordPress, freshWordPress } from '../sites/wordpress.ts'
import { pictureOf } from '../sites/writing.ts'
import { openWebServer } from '../support/open-servers.ts'
import { type SmallBlog, SmallNetwork, sha256, signerOf, startMs } from '../support/small-network.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { dieAtWrite } from './die-at-write.ts'
import { plugin } from './php.ts'

const hourMs = 3_600_000
/** WordPress shows only posts whose date lies behind its own clock. */
export const writtenMs = Date.UTC(2026, 9, 3, 9, 30)

export type Mirror = {
  readonly url: string
  readonly ledger: Ledger
  /** Whether it answers. */
  answers: boolean
  /** What it sends in place of its feed. */
  alter: (feed: string) => string | Promise<string>
}

export type PostFields = {
  readonly title: string
  readonly html?: string
  readonly images?: readonly number[]
  readonly published?: number
  readonly replaces?: SignedObject<'post'>
  /** Of another post: both show as one. */
  readonly draft?: Hash
  readonly withdrawn?: boolean
  readonly language?: string
  readonly direction?: 'ltr' | 'rtl'
}

export class ReturnWorld {
  readonly clock = new VirtualClock({ startMs: startMs + hourMs })
  readonly mirrors: Mirror[] = []
  readonly blobs = new Map<Hash, Uint8Array>()
  readonly press: FreshWordPress
  net!: SmallNetwork
  blog!: SmallBlog
  #posts = 0

  private constructor(press: FreshWordPress) {
    this.press = press
  }

  static async open(t: TestContext): Promise<ReturnWorld> {
    const world = new ReturnWorld(await freshWordPress(t))
    await world.#found(t)
    await world.#install()
    await world.press.serve(3)
    return world
  }

  async #found(t: TestContext): Promise<void> {
    const urls: string[] = []
    for (let i = 0; i < 3; i++) {
      urls.push(
        `${await openWebServer(t, (request, response) => void this.#answer(i, request).then((body) => response.writeHead(body === null ? 404 : 200).end(body ?? '')))}/`,
      )
    }
    this.net = await SmallNetwork.found(3, (i) => urls[i]!)
    this.blog = await this.net.blog('ana', `${this.press.url}/`)
    await this.blog.attestations()
    await this.blog.head()
    await this.blog.say('down', startMs, 48 * hourMs)
    for (const [i, url] of urls.entries()) {
      const store = await SqlObjectStore.open(openDatabase({ path: ':memory:' }))
      const deps = { store, clock: this.clock, platform: nodePlatform, log: silentLog }
      const ledger = await Ledger.open(deps, { network: this.net.network, self: signerOf(`m${i}`).key })
      guardImports(ledger)
      this.mirrors.push({ url, ledger, answers: true, alter: (feed) => feed })
    }
    await this.#spread(this.#known())
  }

  #known(): readonly SignedObject[] {
    return [...this.net.objects, ...this.blog.kept]
  }

  async #spread(objects: readonly SignedObject[]): Promise<void> {
    for (const { ledger } of this.mirrors) {
      const answers = await ledger.accept(
        objects.map((object) => object.envelope),
        'author',
      )
      const refused = answers.find((answer) => answer.result === 'refused')
      if (refused !== undefined) throw new Error(JSON.stringify(refused))
    }
  }

  async #answer(i: number, request: IncomingMessage): Promise<string | Uint8Array | null> {
    const mirror = this.mirrors[i]!
    const path = request.url!.slice(1)
    if (!mirror.answers) return null
    if (path === 'dgos/v1/objects') {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      const { objects } = JSON.parse(Buffer.concat(parts).toString('utf8'))
      return JSON.stringify({ answers: await mirror.ledger.accept(objects, 'author') })
    }
    const blob = /^dgos\/v1\/blobs\/(\w+)$/.exec(path)?.[1]
    if (blob !== undefined) return this.blobs.get(blob) ?? null
    const blog = /^dgos\/v1\/blogs\/(\w+)\/return\.json$/.exec(path)?.[1]
    if (blog === undefined) return null
    const options = { url: mirror.url, nowMs: this.clock.nowMs() }
    return mirror.alter(JSON.stringify(returnFeed(await mirror.ledger.blog(blog), options)))
  }

  /** The plugin, keys, network and blog, as the set-up leaves them; and a clock and a death that the test commands. */
  async #install(): Promise<void> {
    const { site, wp, dir } = this.press
    await symlink(plugin, join(site, 'wp-content', 'plugins', 'dgos'))
    await wp('eval', 'wp_mkdir_p( WPMU_PLUGIN_DIR );')
    await writeFile(join(site, 'wp-content', 'mu-plugins', 'test-world.php'), commands(join(dir, 'now')))
    await this.setClock()
    await wp('plugin', 'activate', 'dgos')
    const seed = toHex(sha256(utf8('ana online')))
    const envelopes = this.#known().map((object) => object.envelope)
    await writeFile(join(dir, 'world.json'), JSON.stringify({ network: this.net.network.envelope, envelopes }))
    await writeFile(
      join(dir, 'world.php'),
      `<?php
$world = json_decode( file_get_contents( '${join(dir, 'world.json')}' ) );
add_option( 'dgos_key_online', '${seed}', '', false );
DGOS_Plugin::instance()->settings()->set( 'network', wp_json_encode( $world->network ) );
DGOS_Plugin::instance()->settings()->set( 'joined', true );
foreach ( DGOS_Plugin::instance()->ledger()->accept_all( $world->envelopes, 'self' ) as $one ) {
	if ( 'stored' !== $one['status'] && 'known' !== $one['status'] ) { throw new Exception( wp_json_encode( $one ) ); }
}
DGOS_Plugin::instance()->own_blog()->enrol( '${this.blog.id}', '${this.press.url}/' );
`,
    )
    await wp('eval-file', join(dir, 'world.php'))
  }

  async setClock(): Promise<void> {
    await writeFile(join(this.press.dir, 'now'), `${this.clock.nowMs()}`)
  }

  /** Time for a dead run's lock to open. */
  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms)
    await this.setClock()
  }

  image(i: number): Attachment {
    const bytes = pictureOf(i)
    const blob = toHex(sha256(bytes))
    this.blobs.set(blob, bytes)
    return { blob, bytes: bytes.length, type: 'image/png', name: `picture ${i}.png`, alt: `Picture ${i}` } as Attachment
  }

  /** Signs a post and gives it to all mirrors. */
  async post(fields: PostFields): Promise<SignedObject<'post'>> {
    const attachments = (fields.images ?? []).map((i) => this.image(i))
    const pictures = attachments
      .map((attachment) => `<p><img src="blob:${attachment.blob}" alt="${attachment.alt}"></p>`)
      .join('')
    const time = startMs + ++this.#posts * 1000
    const text = {
      title: fields.title,
      html: (fields.html ?? `<p>${fields.title}.</p>`) + pictures,
      attachments,
      prevs: [],
    }
    const more = {
      ...(fields.replaces === undefined ? {} : { replaces: fields.replaces.id }),
      ...(fields.withdrawn === undefined ? {} : { withdrawn: fields.withdrawn }),
      ...(fields.language === undefined ? {} : { language: fields.language }),
      ...(fields.direction === undefined ? {} : { direction: fields.direction }),
    }
    const draft = fields.draft ?? signerOf(`draft ${this.#posts}`).key
    const published = fields.published ?? writtenMs + this.#posts * 1000
    const post = await this.blog.add('post', 'posting', { draft, ...text, published, time, ...more })
    await this.#spread([post])
    return post
  }

  /** What gossip brings: the member in WordPress hears of everything that its network knows. */
  async learn(): Promise<void> {
    const { wp, dir } = this.press
    await writeFile(join(dir, 'news.json'), JSON.stringify(this.#known().map((object) => object.envelope)))
    await wp(
      'eval',
      `DGOS_Plugin::instance()->ledger()->accept_all( json_decode( file_get_contents( '${join(dir, 'news.json')}' ) ), 'peer' );`,
    )
  }

  /** `wp dgos import`; with `dieAt` the process is killed (SIGKILL) at that write of WordPress. */
  async import(words: readonly string[] = [], dieAt = 0): Promise<{ readonly killed: boolean; readonly text: string }> {
    const all = [...this.press.wpWords, 'dgos', 'import', ...words]
    const env = { ...process.env, DGOS_TEST_DIE_AT: `${dieAt}` }
    const child = spawn('php', all, { cwd: this.press.dir, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const parts: Buffer[] = []
    child.stdout.on('data', (part: Buffer) => parts.push(part))
    child.stderr.on('data', (part: Buffer) => parts.push(part))
    const [, signal] = (await once(child, 'close')) as [number | null, string | null]
    return { killed: signal === 'SIGKILL', text: Buffer.concat(parts).toString('utf8') }
  }

  /** Rows of WordPress, as JSON of a PHP expression. */
  async ask<T>(expression: string): Promise<T> {
    return JSON.parse(await this.press.wp('eval', `global $wpdb; echo wp_json_encode( ${expression} );`)) as T
  }
}

/** Each write of an import is counted; the one that is named is its last. */
const commands = (now: string) => `<?php
class DGOS_Test_Clock_Source { public static function now() { return (int) file_get_contents( '${now}' ); } }
add_filter( 'dgos_clock', static function ( $clock ) {
	return new class() extends DGOS_Clock { public function now_ms(): int { return DGOS_Test_Clock_Source::now(); } };
} );
${dieAtWrite}`
