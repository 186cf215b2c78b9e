/**
 * The author's key file on the author's own machine: `~/.dgos/<blog>.json`, mode 600. Keys lie in it open, or sealed
 * under a passphrase (the same sealing as the outage key's). Nothing of it ever goes to a member.
 */
import { mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { recoverySeed } from '../../activation/doors/recovery-words.ts'
import { openVault, sealVault } from '../../activation/doors/vault.ts'
import { nodeSigner } from '../../lib/platform.ts'
import { concat, fromHex, isHash, toHex } from '../../protocol/bytes.ts'
import type { Vault } from '../../protocol/objects.ts'
import type { Signer } from '../../protocol/platform.ts'
import { textOfFile, writeWhole } from '../machine/folder.ts'
import { requirePrivate } from '../machine/identity.ts'
import { type Call, CommandFailed, textValue, UsageError } from './command.ts'

const hash = z.string().refine(isHash)
const fields = z.object({
  format: z.literal('dgos-author-1'),
  network: hash,
  blog: hash,
  title: z.string(),
  addresses: z.array(z.string()).min(1),
  /** Members by which the blog can be reached, best first. */
  members: z.array(z.string()).min(1),
  /** Names of the keys in the order of their seeds; of a recovery key stands here what its words hold. */
  names: z.array(z.enum(['recovery', 'recovery-2', 'posting', 'online'])),
  seeds: z.array(z.string().regex(/^([0-9a-f]{32}|[0-9a-f]{64})$/)).optional(),
  /** Bytes of each where they are sealed; 32 each in files of before. */
  sizes: z.array(z.number()).optional(),
  sealed: z.looseObject({ kdf: z.literal('scrypt') }).optional(),
})

export type KeyName = 'recovery' | 'recovery-2' | 'posting' | 'online'
export type HeldKey = {
  readonly seed: Uint8Array
  readonly signer: Signer
  /** Of a recovery key: what its words hold. */
  readonly secret?: Uint8Array
}
export type AuthorFile = Omit<z.output<typeof fields>, 'seeds' | 'sizes' | 'sealed' | 'names' | 'format'> & {
  readonly path: string
  readonly keys: ReadonlyMap<KeyName, HeldKey>
}

export const authorOptions = {
  blog: { type: 'string', value: '<id>', help: 'the blog (default: the only one in ~/.dgos)' },
  keys: { type: 'string', value: '<file>', help: 'the key file (default ~/.dgos/<blog>.json)' },
  'passphrase-file': { type: 'string', value: '<file>', help: 'passphrase of the key file, where it is sealed' },
  member: { type: 'string', value: '<url>', help: 'the member to talk to (default: those in the key file)' },
} as const

export function authorFolder({ io }: Call): string {
  return io.env.DGOS_HOME ?? join(io.home, '.dgos')
}

export async function writeAuthorFile(call: Call, file: Omit<AuthorFile, 'path'>, path: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
  const { keys, ...open } = file
  const names = [...keys.keys()]
  const seeds = [...keys.values()].map((key) => key.secret ?? key.seed)
  const passphrase = await secretFile(call, 'passphrase-file')
  const secret =
    passphrase === null
      ? { seeds: seeds.map(toHex) }
      : {
          sizes: seeds.map((seed) => seed.length),
          sealed: await sealVault(concat(...seeds), passphrase, call.io.random),
        }
  await writeWhole(path, `${JSON.stringify({ format: 'dgos-author-1', ...open, names, ...secret }, null, 2)}\n`, 0o600)
}

/** The key file that the options name, opened. */
export async function readAuthorFile(call: Call): Promise<AuthorFile> {
  const path = await pathOf(call)
  const text = await textOfFile(path)
  if (text === null) throw new UsageError(`there is no key file ${path}`)
  await requirePrivate(path)
  const parsed = fields.safeParse(jsonOf(text))
  if (!parsed.success) throw new CommandFailed(`${path} is not a key file of this program, or it is damaged`)
  const { format, names, seeds, sizes, sealed, ...rest } = parsed.data
  const lengths = sizes ?? names.map(() => 32)
  const all = seeds?.map(fromHex) ?? (await unsealed(call, sealed as Vault | undefined, lengths, path))
  const keys = new Map(names.map((name, i) => [name, heldKey(name, all[i]!)] as const))
  return { ...rest, path, keys }
}

function heldKey(name: KeyName, secret: Uint8Array): HeldKey {
  if (!name.startsWith('recovery')) return { seed: secret, signer: nodeSigner(secret) }
  const seed = recoverySeed(secret)
  return { seed, secret, signer: nodeSigner(seed) }
}

async function unsealed(
  call: Call,
  sealed: Vault | undefined,
  sizes: readonly number[],
  path: string,
): Promise<readonly Uint8Array[]> {
  const passphrase = await secretFile(call, 'passphrase-file')
  if (sealed === undefined) throw new CommandFailed(`${path} holds no keys`)
  if (passphrase === null) throw new UsageError(`${path} is sealed: give --passphrase-file`)
  const opened = await openVault(sealed, passphrase)
  if (!opened.ok)
    throw new CommandFailed(opened.reason === 'wrong-passphrase' ? 'wrong passphrase' : `${path} is damaged`)
  const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0))
  return starts.map((start, i) => opened.seed.subarray(start, start + sizes[i]!))
}

async function pathOf(call: Call): Promise<string> {
  const named = textValue(call.values, 'keys')
  if (named !== null) return named
  const folder = authorFolder(call)
  const blog = textValue(call.values, 'blog')
  if (blog !== null) return join(folder, `${blog}.json`)
  const files = (await namesIn(folder)).filter((name) => /^[0-9a-f]{64}\.json$/.test(name))
  if (files.length === 1) return join(folder, files[0]!)
  throw new UsageError(
    files.length === 0 ? `no key file in ${folder}: run "dgos blog add" first` : 'you have several blogs: give --blog',
  )
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const found = await stat(folder).catch(() => null)
  return found === null ? [] : readdir(folder)
}

/** The first line of a file that holds a passphrase; null where the option is not given. */
export async function secretFile({ values }: Call, option: string): Promise<string | null> {
  const path = textValue(values, option)
  if (path === null) return null
  const text = await textOfFile(path)
  if (text === null || text.trim() === '') throw new UsageError(`--${option}: ${path} holds no passphrase`)
  return text.split('\n')[0]!.trim()
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null // the schema says what is wrong
  }
}
