/** What browsers get from a member, built once for all tests of a process. */
import { textOf } from '../../protocol/bytes.ts'
import { type BrowserFile, browserFiles } from '../../server/bundles/browser-files.ts'
import { beaconNames } from '../../server/bundles/recipes.ts'

export const builtFiles = browserFiles()

export async function builtFile(name: string): Promise<BrowserFile> {
  const file = await builtFiles(name)
  if (file === null) throw new Error(`no file is called ${name}`)
  return file
}

/** beacon.js first, then its parts and what a blog serves from its own address. */
export function builtBeacon(): Promise<readonly BrowserFile[]> {
  return Promise.all(beaconNames.map(builtFile))
}

export async function builtKit(): Promise<{ readonly program: string; readonly hash: string }> {
  const { bytes, hash } = await builtFile('kit.html')
  return { program: textOf(bytes)!, hash }
}
