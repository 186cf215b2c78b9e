/** The one bundler: from sources that browsers cannot read to one script that all of ours can. Loaded with the first use. */
import { fileURLToPath } from 'node:url'

export type BundleOptions = {
  /** Names in the source → the JavaScript that takes their place. */
  readonly define?: Readonly<Record<string, string>>
  /** A module may wait at its top; a plain script runs in any tag. */
  readonly format?: 'esm' | 'iife'
}

/** The oldest browsers that everything here is written for. */
const target = ['chrome111', 'firefox113', 'safari16.4']

/** One script of everything that `entry`, a path from the root of the repository, imports. */
export async function bundled(entry: string, { define = {}, format = 'iife' }: BundleOptions = {}) {
  const { build } = await import('esbuild')
  const result = await build({
    entryPoints: [fileURLToPath(new URL(`../../${entry}`, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format,
    platform: 'browser',
    target,
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'error',
    define,
  })
  return new Uint8Array(result.outputFiles[0]!.contents)
}
