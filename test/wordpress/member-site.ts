/** A real WordPress with this repository's plugin: PHP's own server on SQLite, for tests of the member that it becomes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Cleanup, listening, run, temporaryFolder, unpacked } from '../sites/workshop.ts'
import { freePort } from '../support/ports.ts'
import { plugin } from './php.ts'

export type MemberSite = {
  /** With a final slash. */
  readonly url: string
  /** The folder of WordPress. */
  readonly site: string
  /** What PHP is told to run WP-CLI on it, for tests that start that themselves. */
  readonly wpWords: readonly string[]
  /** Runs PHP inside of WordPress and gives back what it printed. */
  eval(code: string): Promise<string>
  /** What WordPress wrote into its debug.log: warnings of the plugin. */
  log(): Promise<string>
  /** At the same address as before. */
  start(): Promise<void>
  /** As a power cut: server and workers at once. */
  stop(): Promise<void>
  /** Takes connections and answers none, as a host that is cut off or overloaded, until it is thawed. */
  freeze(): void
  thaw(): void
}

export type MemberSiteOptions = {
  /** '' for plain permalinks. */
  readonly permalinks: string
  /** Wakes a second apart and probes in proportion. */
  readonly fast: boolean
  /** Addresses of this machine count as the open web. */
  readonly loopback: boolean
  /** Host and port of a MariaDB with an empty database `wp`; without it WordPress runs on SQLite. */
  readonly mariaDb?: string
}

export async function memberSite(t: Cleanup, options: MemberSiteOptions): Promise<MemberSite> {
  const files = await unpacked('wp-studio', '1.22.0', 'package/dist/cli/wp-files')
  const dir = await temporaryFolder(t, 'wp-member')
  const site = join(dir, 'site')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/`
  await cp(join(files, 'latest', 'wordpress'), site, { recursive: true })
  await cp(plugin, join(site, 'wp-content', 'plugins', 'dgos'), { recursive: true })
  if (options.mariaDb === undefined) await useSqlite(files, site)
  const phar = join(files, 'wp-cli', 'wp-cli.phar')
  const wpWords = ['-d', 'memory_limit=512M', phar, '--allow-root', `--path=${site}`]
  const wp = (...words: string[]) => run('php', [...wpWords, ...words], dir)
  await wp('config', 'create', '--dbname=wp', '--dbuser=root', '--dbpass=', '--skip-check', ...hostOf(options))
  await configure(site, options)
  const admin = ['--admin_user=admin', '--admin_password=admin', '--admin_email=ana@example.org', '--skip-email']
  await wp('core', 'install', `--url=${url}`, '--title=Ben in WordPress', ...admin)
  if (options.permalinks !== '') await wp('rewrite', 'structure', options.permalinks)
  await wp('plugin', 'activate', 'dgos')
  await writeFile(join(dir, 'router.php'), router)
  const server = new SiteServer(port, ['-t', site, join(dir, 'router.php')])
  t.after(() => server.stop())
  await server.start()
  const log = () => readFile(join(site, 'wp-content', 'debug.log'), 'utf8').catch(() => '')
  return {
    url,
    site,
    wpWords,
    log,
    eval: (code) => wp('eval', code),
    start: () => server.start(),
    stop: () => server.stop(),
    freeze: () => server.signal('SIGSTOP'),
    thaw: () => server.signal('SIGCONT'),
  }
}

/** PHP's own server and its workers: one process group. */
class SiteServer {
  readonly #port: number
  readonly #words: readonly string[]
  #child: ChildProcess | null = null

  constructor(port: number, words: readonly string[]) {
    this.#port = port
    this.#words = words
  }

  async start(): Promise<void> {
    const words = ['-d', 'memory_limit=128M', '-S', `127.0.0.1:${this.#port}`, ...this.#words]
    const env = { ...process.env, PHP_CLI_SERVER_WORKERS: '4' }
    this.#child = spawn('php', words, { env, stdio: 'ignore', detached: true })
    await listening(this.#port)
  }

  async stop(): Promise<void> {
    const child = this.#child
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    this.signal('SIGKILL')
    await gone
  }

  signal(name: NodeJS.Signals): void {
    process.kill(-this.#child!.pid!, name)
  }
}

function hostOf({ mariaDb }: MemberSiteOptions): string[] {
  return mariaDb === undefined ? [] : [`--dbhost=${mariaDb}`]
}

async function useSqlite(files: string, site: string): Promise<void> {
  const name = 'sqlite-database-integration'
  const folder = join(site, 'wp-content', 'plugins', name)
  await cp(join(files, name), folder, { recursive: true })
  const drop = await readFile(join(folder, 'db.copy'), 'utf8')
  const filled = drop
    .replaceAll('{SQLITE_IMPLEMENTATION_FOLDER_PATH}', folder)
    .replaceAll('{SQLITE_PLUGIN}', `${name}/load.php`)
  await writeFile(join(site, 'wp-content', 'db.php'), filled)
}

async function configure(site: string, { fast, loopback }: MemberSiteOptions): Promise<void> {
  const path = join(site, 'wp-config.php')
  const on = ['WP_HTTP_BLOCK_EXTERNAL', 'DISABLE_WP_CRON', 'AUTOMATIC_UPDATER_DISABLED', 'WP_DEBUG', 'WP_DEBUG_LOG']
  const all = [...on, ...(loopback ? ['DGOS_LOOPBACK'] : []), ...(fast ? ['DGOS_FAST'] : [])].map(
    (name) => `define('${name}', true);`,
  )
  const lines = [...all, "define('WP_DEBUG_DISPLAY', false);"].join('\n')
  await writeFile(path, (await readFile(path, 'utf8')).replace('<?php', `<?php\n${lines}`))
}

const router = `<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$file = $_SERVER['DOCUMENT_ROOT'] . $path;
if ($path !== '/' && is_file($file)) return false;
chdir($_SERVER['DOCUMENT_ROOT']);
$_SERVER['SCRIPT_NAME'] = '/index.php';
require 'index.php';
`
