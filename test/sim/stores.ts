/** Local bookkeeping of a simulated member: in memory, gone with a crash, as a lost cache would be. */
import { MemoryCaptureStore } from '../support/memory-capture-store.ts'
import { MemoryHintStore, MemoryInvitationStore, MemoryNoticeStore } from '../support/memory-stores.ts'

export function memberStores() {
  return {
    captures: new MemoryCaptureStore(),
    hints: new MemoryHintStore(),
    notices: new MemoryNoticeStore(),
    invitations: new MemoryInvitationStore(),
    dnsText: async () => [],
    mailer: null,
    compress: async (bytes: Uint8Array) => ({ identity: bytes, gzip: null, br: null }),
  }
}
