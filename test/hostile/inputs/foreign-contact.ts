import { seal } from '../../../protocol/envelope.ts'
import type { SignedObject } from '../../../protocol/objects.ts'
import type { Signer } from '../../../protocol/platform.ts'
import { sha256 } from '../../support/small-network.ts'

/** An author names somebody else's address as the one to tell. */
export function foreignContact(
  about: { readonly network: string; readonly blog: string; readonly member: string; readonly time: number },
  author: Signer,
  to = 'victim@elsewhere.example',
): Promise<SignedObject<'contact'>> {
  return seal('contact', { ...about, notify: [{ how: 'mail', to }] }, author, sha256)
}
