/** Evidence of objects that are none. */
export function emptyEvidence(objects = 20_001): readonly unknown[] {
  return Array.from({ length: objects }, () => ({}))
}
