/** A member in WordPress that is a blog of the network too: it signs its own copies, dies, comes back and imports. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AuthorKeys, makeKeys } from '../../../activation/doors/enrol.ts'
import { writePostFile } from '../../../activation/doors/post-file.ts'
import { nodePlatform } from '../../../lib/platform.ts'
import { systemRandom } from '../../../lib/random.ts'
import { toHex } from '../../../protocol/bytes.ts'
import { seal } from '../../../protocol/envelope.ts'
import type { Attachment, Hash, SignedObject } from '../../../protocol/objects.ts'
import { pictureOf } from '../../sites/writing.ts'
import { signRoot, takeRoot } from '../blog-world.ts'
import { dieAtWrite } from '../die-at-write.ts'
import type { MixedWorld, Press } from './mixed-world.ts'

const { sha256 } = nodePlatform
/** The lock of an import that was killed opens after two minutes. */
const lockMs = 120_000

export class PressBlog {
  readonly words = 'The river is high.'
  readonly press: Press
  readonly root: SignedObject<'root'>
  readonly #world: MixedWorld
  readonly #keys: AuthorKeys

  private constructor(world: MixedWorld, press: Press, keys: AuthorKeys, root: SignedObject<'root'>) {
    this.#world = world
    this.press = press
    this.#keys = keys
    this.root = root
  }

  /** A post is written, the kit's root is taken, and the site signs its copies from now on. */
  static async open(world: MixedWorld, press: Press): Promise<PressBlog> {
    await press.eval(
      `wp_insert_post( array( 'post_title' => 'At the river', 'post_content' => '<p>The river is high.</p>', 'post_status' => 'publish' ) );`,
    )
    const keys = makeKeys(systemRandom)
    const root = await signRoot(press, keys)
    assert.equal(await takeRoot(press, root), '', 'the root of the kit is taken')
    // What WP-Cron does at the first visit after the enrolment.
    await press.eval(`do_action( DGOS_Capture_Round::EVENT );`)
    return new PressBlog(world, press, keys, root)
  }

  get id(): Hash {
    return this.root.id
  }

  get address(): string {
    return this.press.url
  }

  async die(): Promise<void> {
    this.#world.away.add(this.press.url)
    await this.press.stop()
  }

  async comeBack(): Promise<void> {
    await this.press.start()
    this.#world.away.delete(this.press.url)
  }

  /** A signed file with a post of one picture, handed in at a WordPress member without any script. */
  async handIn(title: string, door: Press): Promise<SignedObject<'post'>> {
    const bytes = pictureOf(0)
    const blob = toHex(sha256(bytes))
    const picture: Attachment = { blob, bytes: bytes.length, type: 'image/png', name: 'bank.png', alt: 'The bank' }
    const fields = {
      network: this.#world.network,
      blog: this.id,
      time: Date.now(),
      published: Date.now(),
      draft: toHex(systemRandom.bytes(32)),
      prevs: [],
      title,
      html: `<p>${title}.</p><p><img src="blob:${blob}" alt="The bank"></p>`,
      attachments: [picture],
    }
    const post = await seal('post', fields, this.#keys.posting.signer, sha256)
    const file = writePostFile([post.envelope], new Map([[blob, bytes]]))
    const body = new FormData()
    body.set('file', new Blob([new Uint8Array(file)]), 'post.dgos')
    const answer = await fetch(`${door.url}dgos/post/`, { method: 'POST', body, signal: AbortSignal.timeout(30_000) })
    const said = await answer.text()
    assert.equal(answer.status, 200, said)
    assert.match(said, /Handed in/)
    return post
  }

  /** `wp dgos import`; with `dieAt` it is killed at that write of WordPress; `late`: as if two minutes had passed. */
  async import({ dieAt = 0, late = false } = {}): Promise<{ readonly killed: boolean; readonly text: string }> {
    await this.#prepare()
    const env = { ...process.env, DGOS_TEST_DIE_AT: `${dieAt}`, DGOS_TEST_LATE_MS: late ? `${lockMs + 1000}` : '0' }
    const options = { env, stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'], timeout: 120_000 }
    const child = spawn('php', [...this.press.wpWords, 'dgos', 'import'], options)
    const parts: Buffer[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => parts.push(part))
    const [, signal] = (await once(child, 'close')) as [number | null, string | null]
    return { killed: signal === 'SIGKILL', text: Buffer.concat(parts).toString('utf8') }
  }

  /** Guids of imported posts and of all pictures, from the database of WordPress. */
  async imported(): Promise<{ readonly posts: readonly string[]; readonly pictures: readonly string[] }> {
    const asked = `global $wpdb; echo wp_json_encode( array(
	'posts' => $wpdb->get_col( "SELECT guid FROM $wpdb->posts WHERE post_type = 'post' AND guid LIKE 'urn:dgos:post:%'" ),
	'pictures' => $wpdb->get_col( "SELECT guid FROM $wpdb->posts WHERE post_type = 'attachment'" ) ) );`
    return JSON.parse(await this.press.eval(asked))
  }

  async #prepare(): Promise<void> {
    const folder = join(this.press.site, 'wp-content', 'mu-plugins')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'test-death.php'), commands)
  }
}

/** Only what is started with these words in its environment is late, or dies. */
const commands = `<?php
$late_ms = (int) getenv( 'DGOS_TEST_LATE_MS' );
if ( $late_ms > 0 ) {
	add_filter( 'dgos_clock', static function () use ( $late_ms ) {
		return new class( $late_ms ) extends DGOS_Clock {
			private $late_ms;
			public function __construct( $late_ms ) { $this->late_ms = $late_ms; }
			public function now_ms(): int { return parent::now_ms() + $this->late_ms; }
		};
	} );
}
${dieAtWrite}`
