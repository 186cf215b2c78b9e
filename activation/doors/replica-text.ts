import type { ReplicaStatus } from '../posts/replica-status.ts'

/** "7 of 10 mirrors hold it. It is safe." */
export function replicaText({
  held,
  of,
  safe,
  needed,
}: Pick<ReplicaStatus, 'held' | 'of' | 'safe' | 'needed'>): string {
  const count = `${held} of ${of} mirrors hold${held === 1 ? 's' : ''} it.`
  if (held === of && of > 0) return `All ${of} mirrors hold it. It is safe.`
  return safe ? `${count} It is safe.` : `${count} It is safe once ${needed} operators have it.`
}
