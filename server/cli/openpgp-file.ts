/** A public OpenPGP key in a file, as `gpg --armor --export` writes it. */
import { readFile } from 'node:fs/promises'
import { openpgpFingerprint } from '../../activation/doors/mail/openpgp.ts'
import { CommandFailed, UsageError } from './command.ts'

export async function openpgpKeyIn(path: string): Promise<{ readonly armored: string; readonly fingerprint: string }> {
  const armored = await readFile(path, 'utf8').catch(() => Promise.reject(new UsageError(`cannot read ${path}`)))
  const fingerprint = await openpgpFingerprint(armored)
  if (!fingerprint.ok) throw new CommandFailed(`${path}: ${fingerprint.detail}`)
  return { armored, fingerprint: fingerprint.value }
}
