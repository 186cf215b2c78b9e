/** Keys of zones on disk: one file a zone, beside the member's own keys. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type KeptKey, kskFlags } from '../../naming/dnssec.ts'
import type { ZoneKeyStore } from '../../naming/names.ts'
import { isHash } from '../../protocol/bytes.ts'
import { type Folder, textOfFile, writeWhole } from './folder.ts'
import { StartRefused } from './start-refused.ts'

const keptKeys = z.array(
  z.strictObject({
    flags: z.union([z.literal(256), z.literal(257)]),
    seed: z.string().refine(isHash),
    madeMs: z.number().int().min(0),
  }),
)

/** A damaged file is refused: new keys would make the zone invalid for everyone who knows the old ones. */
export function zoneKeyStore(folder: Folder): ZoneKeyStore {
  return {
    async read(apex) {
      const text = await textOfFile(folder.zoneKeys(apex))
      return text === null ? [] : readKeys(text, folder.zoneKeys(apex))
    },
    write: (apex, keys) => writeWhole(folder.zoneKeys(apex), `${JSON.stringify(keys)}\n`, 0o600),
  }
}

/** Names of the key files, below the data folder. */
export async function zoneKeyFiles(folder: Folder): Promise<readonly string[]> {
  const names = await readdir(join(folder.root, 'keys'))
  return names
    .filter((name) => /^zone-.+\.json$/.test(name))
    .sort()
    .map((name) => `keys/${name}`)
}

/** The keys that parent zones know: those that a backup must hold. */
export async function lastingZoneKeys(folder: Folder): Promise<readonly string[]> {
  const paths = (await zoneKeyFiles(folder)).map((name) => join(folder.root, name))
  const kept = await Promise.all(paths.map(async (path) => readKeys((await textOfFile(path)) ?? '[]', path)))
  return kept.flat().flatMap(({ flags, seed }) => (flags === kskFlags ? [seed] : []))
}

function readKeys(text: string, path: string): readonly KeptKey[] {
  try {
    return keptKeys.parse(JSON.parse(text))
  } catch {
    throw new StartRefused(
      `${path} is damaged: bring it back from a backup, or remove it and give the parent zone the new DS`,
    )
  }
}
