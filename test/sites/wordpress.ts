/**
 * A real WordPress with its default theme, posts and media, on PHP's own server and SQLite. The files come from the npm
 * package of Automattic's wp-studio (GPL-2.0-or-later), which carries WordPress, WP-CLI and the SQLite driver.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { appendFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../support/ports.ts'
import { type Cleanup, listening, type Origin, run, temporaryFolder, unpacked } from './workshop.ts'
import { pictureOf, writings } from './writing.ts'

const studio = '1.22.0'

/** A fresh WordPress. `serve` starts its web server; before that, plugins may be put into `site`. */
export type FreshWordPress = {
  readonly dir: string
  readonly site: string
  /** Without final slash. */
  readonly url: string
  readonly wp: Wp
  /** Words for php before those of WP-CLI, for tests that start it themselves. */
  readonly wpWords: readonly string[]
  /** `words` are more of php's own, before the rest. */
  serve(workers?: number, words?: readonly string[]): Promise<Origin>
}

export async function freshWordPress(t: Cleanup): Promise<FreshWordPress> {
  const files = await unpacked('wp-studio', studio, 'package/dist/cli/wp-files')
  const dir = await temporaryFolder(t, 'wordpress')
  const site = join(dir, 'site')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  await cp(join(files, 'latest', 'wordpress'), site, { recursive: true })
  await useSqlite(files, site)
  const phar = join(files, 'wp-cli', 'wp-cli.phar')
  const wpWords = ['-d', 'memory_limit=512M', phar, '--allow-root', `--path=${site}`]
  const wp = (...words: string[]) => run('php', [...wpWords, ...words], dir)
  await install(wp, site, url)
  const serve = async (workers = 2, phpWords: readonly string[] = []) => {
    await writeFile(join(dir, 'router.php'), router)
    const env = { ...process.env, PHP_CLI_SERVER_WORKERS: `${workers}` }
    const place = ['-S', `127.0.0.1:${port}`, '-t', site, join(dir, 'router.php')]
    const words = [...phpWords, '-d', 'memory_limit=512M', ...place]
    const server = spawn('php', words, { env, stdio: 'ignore', detached: true })
    const stop = () => end(server)
    t.after(stop)
    await listening(port)
    return { url: `${url}/`, stop }
  }
  return { dir, site, url, wp, wpWords, serve }
}

export async function wordPressSite(t: Cleanup): Promise<Origin> {
  const { dir, wp, serve } = await freshWordPress(t)
  await write(wp, dir)
  return serve()
}

type Wp = (...words: string[]) => Promise<string>

async function useSqlite(files: string, site: string): Promise<void> {
  const name = 'sqlite-database-integration'
  const plugin = join(site, 'wp-content', 'plugins', name)
  await cp(join(files, name), plugin, { recursive: true })
  const drop = await readFile(join(plugin, 'db.copy'), 'utf8')
  const filled = drop
    .replaceAll('{SQLITE_IMPLEMENTATION_FOLDER_PATH}', plugin)
    .replaceAll('{SQLITE_PLUGIN}', `${name}/load.php`)
  await writeFile(join(site, 'wp-content', 'db.php'), filled)
}

async function install(wp: Wp, site: string, url: string): Promise<void> {
  await wp('config', 'create', '--dbname=wp', '--dbuser=x', '--dbpass=x', '--skip-check')
  const config = join(site, 'wp-config.php')
  const quiet = ['WP_HTTP_BLOCK_EXTERNAL', 'DISABLE_WP_CRON', 'AUTOMATIC_UPDATER_DISABLED']
  const lines = quiet.map((name) => `define('${name}', true);`).join('\n')
  await writeFile(config, (await readFile(config, 'utf8')).replace('<?php', `<?php\n${lines}`))
  const admin = ['--admin_user=admin', '--admin_password=admin', '--admin_email=ana@example.org', '--skip-email']
  await wp('core', 'install', `--url=${url}`, '--title=Ana in WordPress', ...admin)
  await wp('rewrite', 'structure', '/%year%/%monthnum%/%postname%/')
}

/** Posts with the picture in the text and as featured image, in the sizes that WordPress makes of it. */
async function write(wp: Wp, dir: string): Promise<void> {
  await mkdir(join(dir, 'media'))
  for (const [i, one] of writings.entries()) {
    const picture = join(dir, 'media', one.picture)
    await writeFile(picture, pictureOf(i))
    const image = (await wp('media', 'import', picture, `--title=${one.title}`, '--porcelain')).trim()
    const block = (
      await wp('eval', `echo wp_get_attachment_image(${image}, 'large', false, ['class' => 'wp-image-${image}']);`)
    ).trim()
    const paragraphs = one.text.split('\n\n').map((text) => `<!-- wp:paragraph --><p>${text}</p><!-- /wp:paragraph -->`)
    const figure = `<!-- wp:image {"id":${image},"sizeSlug":"large"} --><figure class="wp-block-image size-large">${block}</figure><!-- /wp:image -->`
    await appendFile(join(dir, 'media', `${i}.html`), [figure, ...paragraphs].join('\n'))
    const fields = [`--post_title=${one.title}`, '--post_status=publish', `--post_date=${one.day} 10:00:00`]
    const post = (await wp('post', 'create', join(dir, 'media', `${i}.html`), ...fields, '--porcelain')).trim()
    await wp('post', 'meta', 'set', post, '_thumbnail_id', image)
  }
}

const router = `<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$file = $_SERVER['DOCUMENT_ROOT'] . $path;
if ($path !== '/' && is_file($file)) return false;
if (is_dir($file) && is_file($file . '/index.php') && $path !== '/') { chdir($file); require $file . '/index.php'; return; }
chdir($_SERVER['DOCUMENT_ROOT']);
$_SERVER['SCRIPT_NAME'] = '/index.php';
require 'index.php';
`

/** The server and its workers are one process group. */
async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  process.kill(-server.pid!, 'SIGKILL')
  await gone
}
