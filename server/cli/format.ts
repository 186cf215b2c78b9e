/** Values as people read them. */
export function dateOf(ms: number | null): string {
  return ms === null ? 'never' : new Date(ms).toISOString().replace('T', ' ').slice(0, 16)
}

export function short(hash: string): string {
  return hash.slice(0, 12)
}
