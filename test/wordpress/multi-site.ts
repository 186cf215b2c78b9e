/** A real multisite with the plugin active for the whole network, made of a member site; its sites share a server. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { run } from '../sites/workshop.ts'
import { type MemberSite, memberSite } from './member-site.ts'

export type Asked = { readonly status: number; readonly text: string }

export class MultiSite {
  /** Its main site. */
  readonly main: MemberSite
  readonly #domain: string
  readonly #kind: 'subdirectory' | 'subdomain'

  private constructor(main: MemberSite, kind: 'subdirectory' | 'subdomain', domain: string) {
    this.main = main
    this.#kind = kind
    this.#domain = domain
  }

  /** Subdomains are those of blogs.test; nothing resolves that name, and requests bear it to the server's address. */
  static async open(t: TestContext, kind: 'subdirectory' | 'subdomain'): Promise<MultiSite> {
    const main = await memberSite(t, { permalinks: '/%postname%/', fast: true, loopback: true })
    const { host, port } = new URL(main.url)
    const domain = kind === 'subdomain' ? `blogs.test:${port}` : host
    const multi = new MultiSite(main, kind, domain)
    await multi.wp('plugin', 'deactivate', 'dgos')
    if (kind === 'subdomain') {
      for (const name of ['home', 'siteurl']) await multi.wp('option', 'update', name, `http://${domain}`)
    }
    await multi.wp('core', 'multisite-convert', ...(kind === 'subdomain' ? ['--subdomains'] : []))
    await multi.wp('plugin', 'activate', 'dgos', '--network')
    await writeFile(join(dirname(main.site), 'router.php'), router)
    return multi
  }

  /** With a final slash. */
  url(name: string): string {
    if (name === '') return `http://${this.#domain}/`
    return this.#kind === 'subdomain' ? `http://${name}.${this.#domain}/` : `http://${this.#domain}/${name}/`
  }

  /** A new site as WordPress makes one; its number. */
  async add(name: string): Promise<number> {
    const { host, pathname } = new URL(this.url(name))
    const fields = `'domain' => '${host}', 'path' => '${pathname}', 'network_id' => 1, 'user_id' => 1, 'title' => '${name}'`
    const id = await this.wp('eval', `echo wp_insert_site( array( ${fields} ) );`)
    assert.match(id, /^\d+$/, id)
    await this.eval(name, `update_option( 'permalink_structure', '/%postname%/' ); flush_rewrite_rules( false );`)
    return Number(id)
  }

  /** Runs PHP inside of one of its sites. */
  eval(name: string, code: string): Promise<string> {
    return this.wp(`--url=${this.url(name)}`, 'eval', code)
  }

  wp(...words: string[]): Promise<string> {
    return run('php', [...this.main.wpWords, ...words], this.main.site)
  }

  /** Asks the server of all of them by the name of one. */
  get(url: string): Promise<Asked> {
    const { host, pathname, search } = new URL(url)
    const { port } = new URL(this.main.url)
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path: pathname + search, headers: { host } }, (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.once('end', () => resolve({ status: answer.statusCode!, text: Buffer.concat(parts).toString() }))
      })
      asked.once('error', reject)
      asked.end()
    })
  }
}

/** Below the path of a site lie the same files, as the rewrite rules of a multisite say. */
const router = `<?php
$root = $_SERVER['DOCUMENT_ROOT'];
$path = parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH );
$file = preg_replace( '#^/[a-z]+(?=/(wp-(content|admin|includes)/|[^/]+\\\\.php$))#', '', $path );
if ( $path !== '/' && is_file( $root . $path ) ) { return false; }
if ( $file !== $path && is_file( $root . $file ) ) {
	if ( substr( $file, -4 ) === '.php' ) { chdir( dirname( $root . $file ) ); require $root . $file; return; }
	header( 'content-type: ' . ( substr( $file, -3 ) === '.js' ? 'text/javascript' : 'text/css' ) );
	readfile( $root . $file );
	return;
}
chdir( $root );
$_SERVER['SCRIPT_NAME'] = '/index.php';
require 'index.php';
`
