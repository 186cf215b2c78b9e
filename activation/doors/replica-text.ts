import type { ReplicaStatus } from '../posts/replica-status.ts'

type Count = Pick<ReplicaStatus, 'held' | 'of' | 'safe' | 'needed'>

/** "Safe: 7 of 10 friends keep it." Of one that was taken back: who knows that. */
export function replicaText({ held, of, safe, needed }: Count, withdrawn = false): string {
  const isWhole = held === of && of > 0
  if (withdrawn) return isWhole ? `Withdrawn at all ${of} mirrors.` : `Withdrawn at ${held} of ${of} mirrors.`
  if (isWhole) return of === 1 ? 'Safe: your one friend keeps it.' : `Safe: all ${of} friends keep it.`
  const keep = `${held} of ${of} friends keep${held === 1 ? 's' : ''} it`
  return safe ? `Safe: ${keep}.` : `Sent: ${keep}. It is safe once ${needed} do.`
}
