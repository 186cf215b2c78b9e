/**
 * A member's keys: the one it signs with, the one that may follow it (its hash stands in the member record), and the
 * operator's, which vouches for others and may be kept elsewhere. Files of mode 600; looser ones are refused.
 */
import { chmod, stat } from 'node:fs/promises'
import { nodeSigner } from '../../lib/platform.ts'
import type { Random } from '../../lib/random.ts'
import { fromHex, toHex } from '../../protocol/bytes.ts'
import type { Key } from '../../protocol/objects.ts'
import type { Signer } from '../../protocol/platform.ts'
import { type Folder, textOfFile, writeWhole } from './folder.ts'
import { StartRefused } from './start-refused.ts'

export type Identity = {
  readonly member: Signer
  /** The public key that may follow. Its private half is never loaded while the member runs. */
  readonly nextKey: Key
  /** null where the operator keeps the key elsewhere. */
  readonly operator: Signer | null
}

const header = 'dgos-key-1'

/** Makes the keys that are missing and leaves the others as they are. */
export async function makeIdentity(folder: Folder, random: Random): Promise<Identity> {
  for (const path of [folder.keys.member, folder.keys.next, folder.keys.operator]) {
    if ((await textOfFile(path)) === null) await writeKeyFile(path, random.bytes(32))
  }
  return readIdentity(folder)
}

export async function readIdentity(folder: Folder): Promise<Identity> {
  const member = await readKeyFile(folder.keys.member)
  const next = await readKeyFile(folder.keys.next)
  if (member === null || next === null) {
    throw new StartRefused(`${folder.keys.member} or next.key is missing: restore the backup, or run "dgos init"`)
  }
  return { member, nextKey: next.key, operator: await readKeyFile(folder.keys.operator) }
}

export async function writeKeyFile(path: string, seed: Uint8Array): Promise<void> {
  await writeWhole(path, `${header} ${toHex(seed)}\n`, 0o600)
  await chmod(path, 0o600)
}

/** null where there is no such file. Refuses a file that others may read, or one that holds no key. */
export async function readKeyFile(path: string): Promise<Signer | null> {
  const text = await textOfFile(path)
  if (text === null) return null
  await requirePrivate(path)
  const found = /^dgos-key-1 ([0-9a-f]{64})\n?$/.exec(text)
  if (found === null) throw new StartRefused(`${path} does not hold a key of this program`)
  return nodeSigner(fromHex(found[1]!))
}

/** Secrets are for their owner alone. */
export async function requirePrivate(path: string): Promise<void> {
  const mode = (await stat(path)).mode & 0o777
  if ((mode & 0o077) !== 0) {
    throw new StartRefused(`${path} may be read by others (mode ${mode.toString(8)}): run "chmod 600 ${path}"`)
  }
}
