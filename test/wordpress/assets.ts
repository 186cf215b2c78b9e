/** The browser files of the plugin, built from this tree into its folder as `npm run build:wordpress -- --assets` does. */
import { fileURLToPath } from 'node:url'
import { run } from '../sites/workshop.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
let built: Promise<string> | undefined

export async function buildAssets(): Promise<void> {
  built ??= run(process.execPath, [`${root}server/bin/build-wordpress.js`, '--assets'], root)
  await built
}
