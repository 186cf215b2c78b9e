/** A real WordPress with this repository's plugin, for tests of the member that it becomes. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freshWordPress, type SiteOrigin, type WordPressOptions } from '../sites/wordpress.ts'
import { run } from '../sites/workshop.ts'
import type { Cleanup } from '../support/temporary-folder.ts'
import { plugin } from './php.ts'

export type MemberSite = SiteOrigin & {
  /** The folder of WordPress. */
  readonly site: string
  /** WP-CLI: what it printed. */
  wp(...words: string[]): Promise<string>
  /** What PHP is told to run WP-CLI on it, for tests that start that themselves. */
  readonly wpWords: readonly string[]
  /** Runs PHP inside of WordPress and gives back what it printed. */
  eval(code: string): Promise<string>
  /** What WordPress wrote into its debug.log, without what is about its core alone. */
  log(): Promise<string>
}

export type MemberSiteOptions = Omit<WordPressOptions, 'constants'> & {
  /** '' for plain permalinks. */
  readonly permalinks: string
  /** Wakes a second apart and probes in proportion. */
  readonly fast: boolean
  /** Addresses of this machine count as the open web. */
  readonly loopback: boolean
  /** More words for the PHP that serves. */
  readonly words?: readonly string[]
}

/** Served, with the plugin active and a copy of its own that may be changed. */
export async function memberSite(t: Cleanup, options: MemberSiteOptions): Promise<MemberSite> {
  const { fast, loopback, words, ...press } = options
  const constants = ['WP_DEBUG', 'WP_DEBUG_LOG']
  if (loopback) constants.push('DGOS_LOOPBACK')
  if (fast) constants.push('DGOS_FAST')
  const { site, wp, wpWords, serve } = await freshWordPress(t, { title: 'Ben in WordPress', ...press, constants })
  await run('cp', ['-r', plugin, join(site, 'wp-content', 'plugins', 'dgos')], site)
  await wp('plugin', 'activate', 'dgos')
  const origin = await serve(4, words)
  const log = async () => {
    const text = await readFile(join(site, 'wp-content', 'debug.log'), 'utf8').catch(() => '')
    return ofCore.reduce((rest, lines) => rest.replace(lines, ''), text)
  }
  return { ...origin, site, wp, wpWords, log, eval: (code) => wp('eval', code) }
}

const ofCore = [
  // PHP 8.2 and a WordPress that is older
  /^\[.*\] PHP Deprecated: .* in \S*\/(?:wp-includes|wp-admin)\/.*\n/gm,
  // two requests at once on SQLite, and a machine so busy that one waits longer than a lock allows
  /^\[.*\] WordPress database error (?:(?!^\[)[\s\S])*?database is locked(?:(?!^\[)[\s\S])*/gm,
  // it looks for updates, and may not
  /^\[.*\] PHP Warning: .* connection to WordPress\.org\. .*\n/gm,
]
