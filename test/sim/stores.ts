/** Local bookkeeping of a simulated member: in memory, gone with a crash, as a lost cache would be. */
export function memberStores() {
  return {}
}
