/** A real WordPress that is the member m0 of a small network, with a clock that the test sets. Objects come from the test. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SignedObject } from '../../protocol/objects.ts'
import { SmallBlog, SmallNetwork, sha256, signerOf, startMs } from '../support/small-network.ts'
import { type Cleanup, temporaryFolder } from '../support/temporary-folder.ts'
import { type MemberSite, memberSite } from './member-site.ts'

export class SmallSite {
  readonly site: MemberSite
  readonly net: SmallNetwork
  readonly dir: string
  #nowMs = startMs + 60_000

  private constructor(site: MemberSite, net: SmallNetwork, dir: string) {
    this.site = site
    this.net = net
    this.dir = dir
  }

  /** `url` says where the other members are. */
  static async open(t: Cleanup, members: number, url: (i: number) => string): Promise<SmallSite> {
    const site = await memberSite(t, { permalinks: '/%postname%/', fast: true, loopback: true })
    const net = await SmallNetwork.found(members, (i) => (i === 0 ? site.url : url(i)))
    const small = new SmallSite(site, net, await temporaryFolder(t, 'small-site'))
    await small.#join()
    return small
  }

  get nowMs(): number {
    return this.#nowMs
  }

  async pass(ms: number): Promise<void> {
    this.#nowMs += ms
    await writeFile(join(this.dir, 'now'), `${this.#nowMs}`)
  }

  async #join(): Promise<void> {
    const { dir, net, site } = this
    await this.pass(0)
    const clock = `<?php add_filter( 'dgos_clock', static fn () => new class() extends DGOS_Clock { public function now_ms(): int { return (int) file_get_contents( '${dir}/now' ); } } );`
    await writeFile(join(dir, 'clock.php'), clock)
    await writeFile(join(dir, 'network'), JSON.stringify(net.network.envelope))
    await writeFile(join(dir, 'members'), JSON.stringify(net.objects.map(({ id, envelope }) => ({ id, envelope }))))
    await site.eval(`wp_mkdir_p( WPMU_PLUGIN_DIR ); copy( '${dir}/clock.php', WPMU_PLUGIN_DIR . '/clock.php' );
      add_option( 'dgos_key_member', '${Buffer.from(sha256(Buffer.from('m0'))).toString('hex')}', '', false );
      $p = DGOS_Plugin::instance();
      $p->settings()->set( 'network', file_get_contents( '${dir}/network' ) ); $p->settings()->set( 'joined', true ); $p->settings()->set( 'name', 'm0' );
      foreach ( json_decode( file_get_contents( '${dir}/members' ) ) as $one ) { $p->object_store()->put( DGOS_Envelope::reopen( $one->id, $one->envelope ) ); }`)
  }

  /** PHP that makes `$p` the plugin and `$said( $objects )` the words of the gate: statuses, and codes of refusals. */
  async run<T>(code: string, objects: Readonly<Record<string, readonly SignedObject[]>> = {}): Promise<T> {
    const envelopes = Object.entries(objects).map(([name, all]) => [name, all.map((object) => object.envelope)])
    await writeFile(join(this.dir, 'objects.json'), JSON.stringify(Object.fromEntries(envelopes)))
    return JSON.parse(
      await this.site.eval(`global $wpdb; $p = DGOS_Plugin::instance();
        $objects = (array) json_decode( file_get_contents( '${this.dir}/objects.json' ) );
        $said = static fn ( array $all ) => array_map( static fn ( $one ) => $one['code'] ?? $one['status'], $p->ledger()->accept_all( $all, 'peer' ) );
        ${code}`),
    ) as T
  }

  /** The site as a blog of its own, signed for by its own key. */
  async enrol(): Promise<SmallBlog> {
    const online = signerOf('m0').key
    const root = await this.net.sign('root', 'ben recovery', {
      version: 1,
      recovery: [signerOf('ben recovery').key],
      posting: [{ key: signerOf('ben posting').key, name: 'laptop' }],
      online,
      signers: [online],
      addresses: [this.site.url],
      title: 'Blog of ben',
      revoked: [],
    })
    await this.run(
      `echo wp_json_encode( $said( $objects['root'] ) ); $p->own_blog()->enrol( '${root.id}', '${this.site.url}' );`,
      { root: [root] },
    )
    return new SmallBlog(this.net, 'ben', this.site.url, root)
  }
}
