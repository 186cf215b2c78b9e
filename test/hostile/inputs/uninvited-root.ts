import { seal } from '../../../protocol/envelope.ts'
import type { SignedObject } from '../../../protocol/objects.ts'
import { sha256, signerOf } from '../../support/small-network.ts'

/** A root of a stranger that names a member as its steward, which nobody asked. */
export function uninvitedRoot(network: string, steward: string, time: number): Promise<SignedObject<'root'>> {
  const signer = signerOf('stranger recovery')
  const fields = {
    version: 1,
    recovery: [signer.key],
    posting: [{ key: signerOf('stranger posting').key, name: 'k' }],
    signers: [steward],
    addresses: ['http://stranger.example/'],
    title: 'Stranger',
    revoked: [],
  }
  return seal('root', { network, time, ...fields }, signer, sha256)
}
