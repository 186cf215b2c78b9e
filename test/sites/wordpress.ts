/** A real WordPress for a test: of the version, on the database and behind the web server that it asks for. */
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../support/ports.ts'
import { type Cleanup, temporaryFolder } from '../support/temporary-folder.ts'
import { sqliteDriver, studioFiles, type WordPressVersion, wordPressFiles } from './wordpress-files.ts'
import { nginxServer, phpServer, type WebServer } from './wordpress-servers.ts'
import { type Origin, run } from './workshop.ts'
import { pictureOf, writings } from './writing.ts'

export type WordPressOptions = {
  readonly version?: WordPressVersion
  /** Host and port of a MariaDB with an empty database `wp`; without it WordPress runs on SQLite. */
  readonly mariaDb?: string | undefined
  /** `php`: PHP's own server. `nginx`: nginx with php-fpm, configured as WordPress's handbook has it. */
  readonly server?: 'php' | 'nginx'
  /** The port of loopback at which something stands in front: that is where WordPress believes to be. */
  readonly front?: number
  readonly title?: string
  /** '' for plain permalinks. */
  readonly permalinks?: string
  /** True in wp-config.php, besides those that keep a test's WordPress from asking others. */
  readonly constants?: readonly string[]
}

/** `serve` starts its web server; before that, plugins may be put into `site`. */
export type FreshWordPress = {
  readonly dir: string
  readonly site: string
  /** Where WordPress believes to be, without final slash. */
  readonly url: string
  /** Where its web server listens, without final slash. */
  readonly origin: string
  readonly wp: Wp
  /** Words for php before those of WP-CLI, for tests that start it themselves. */
  readonly wpWords: readonly string[]
  /** `words` are more of php's own, before the rest. */
  serve(workers?: number, words?: readonly string[]): Promise<SiteOrigin>
}

export type SiteOrigin = Origin & WebServer

type Wp = (...words: string[]) => Promise<string>

export async function freshWordPress(t: Cleanup, options: WordPressOptions = {}): Promise<FreshWordPress> {
  const dir = await temporaryFolder(t, 'wordpress')
  const site = join(dir, 'site')
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const url = options.front === undefined ? origin : `http://127.0.0.1:${options.front}`
  await run('cp', ['-r', await wordPressFiles(options.version ?? 'current'), site], dir)
  if (options.mariaDb === undefined) await useSqlite(site, options.version ?? 'current')
  const phar = join(await studioFiles(), 'wp-cli', 'wp-cli.phar')
  // WP-CLI in a WordPress of 2022 on a PHP of 2023: what is deprecated there is not the plugin's
  const wpWords = ['-d', 'memory_limit=512M', '-d', 'error_reporting=24575', phar, '--allow-root', `--path=${site}`]
  const wp = (...words: string[]) => run('php', [...wpWords, ...words], dir)
  await install(wp, site, url, options)
  const serve = async (workers = 3, words: readonly string[] = []) => {
    const served = { dir, site, port, workers, words }
    const server = options.server === 'nginx' ? await nginxServer(served) : await phpServer(served)
    t.after(() => server.stop())
    await server.start()
    return { url: `${url}/`, ...server }
  }
  return { dir, site, url, origin, wp, wpWords, serve }
}

/** With posts and media, served. */
export async function wordPressSite(t: Cleanup): Promise<Origin> {
  const { dir, wp, serve } = await freshWordPress(t, { title: 'Ana in WordPress' })
  await write(wp, dir)
  return serve()
}

async function useSqlite(site: string, version: WordPressVersion): Promise<void> {
  const name = 'sqlite-database-integration'
  const plugin = join(site, 'wp-content', 'plugins', name)
  await run('cp', ['-r', await sqliteDriver(version), plugin], site)
  const drop = await readFile(join(plugin, 'db.copy'), 'utf8')
  const filled = drop
    .replaceAll('{SQLITE_IMPLEMENTATION_FOLDER_PATH}', plugin)
    .replaceAll('{SQLITE_PLUGIN}', `${name}/load.php`)
  await writeFile(join(site, 'wp-content', 'db.php'), filled)
}

const quiet = ['WP_HTTP_BLOCK_EXTERNAL', 'DISABLE_WP_CRON', 'AUTOMATIC_UPDATER_DISABLED']

async function install(wp: Wp, site: string, url: string, options: WordPressOptions): Promise<void> {
  const { mariaDb, title = 'Ana in WordPress', permalinks = '/%year%/%monthnum%/%postname%/' } = options
  const host = mariaDb === undefined ? [] : [`--dbhost=${mariaDb}`]
  await wp('config', 'create', '--dbname=wp', '--dbuser=root', '--dbpass=', '--skip-check', ...host)
  const config = join(site, 'wp-config.php')
  const lines = [...quiet, ...(options.constants ?? [])].map((name) => `define('${name}', true);`)
  lines.push("defined('WP_DEBUG_DISPLAY') || define('WP_DEBUG_DISPLAY', false);")
  await writeFile(config, (await readFile(config, 'utf8')).replace('<?php', `<?php\n${lines.join('\n')}`))
  const admin = ['--admin_user=admin', '--admin_password=admin', '--admin_email=ana@example.org', '--skip-email']
  await wp('core', 'install', `--url=${url}`, `--title=${title}`, ...admin)
  if (permalinks !== '') await wp('rewrite', 'structure', permalinks)
}

/** Posts with the picture in the text and as featured image, in the sizes that WordPress makes of it. */
async function write(wp: Wp, dir: string): Promise<void> {
  await mkdir(join(dir, 'media'))
  for (const [i, writing] of writings.entries()) {
    const picture = join(dir, 'media', writing.picture)
    await writeFile(picture, pictureOf(i))
    const image = (await wp('media', 'import', picture, `--title=${writing.title}`, '--porcelain')).trim()
    const block = (
      await wp('eval', `echo wp_get_attachment_image(${image}, 'large', false, ['class' => 'wp-image-${image}']);`)
    ).trim()
    const paragraphs = writing.text
      .split('\n\n')
      .map((paragraph) => `<!-- wp:paragraph --><p>${paragraph}</p><!-- /wp:paragraph -->`)
    const figure = `<!-- wp:image {"id":${image},"sizeSlug":"large"} --><figure class="wp-block-image size-large">${block}</figure><!-- /wp:image -->`
    await appendFile(join(dir, 'media', `${i}.html`), [figure, ...paragraphs].join('\n'))
    const fields = [`--post_title=${writing.title}`, '--post_status=publish', `--post_date=${writing.day} 10:00:00`]
    const post = (await wp('post', 'create', join(dir, 'media', `${i}.html`), ...fields, '--porcelain')).trim()
    await wp('post', 'meta', 'set', post, '_thumbnail_id', image)
  }
}
