/** A week of a blog as its objects tell it: when it was away, when it was captured, when its author posted. */
import type { BlogFacts } from '../../mirror/pages/facts.ts'
import type { Time } from '../../protocol/objects.ts'

export const timelineMs = 7 * 86_400_000

export type Stretch = { readonly from: Time; readonly to: Time; readonly state: 'down' | 'exercise' | 'returning' }
export type Moment = { readonly time: Time; readonly what: 'copy' | 'post' }
export type Timeline = {
  readonly from: Time
  readonly to: Time
  readonly stretches: readonly Stretch[]
  readonly moments: readonly Moment[]
}

/** Members keep the newest words only, so older outages fade from the picture; nothing is made up. */
export function timelineOf({ blog, state, posts, nowMs }: BlogFacts): Timeline {
  const from = nowMs - timelineMs
  const within = (time: Time) => time > from && time <= nowMs
  const ends = blog.declaration
    .filter((declaration) => declaration.payload.state === 'over')
    .map((declaration) => declaration.payload.time)
  const falls = blog.declaration
    .filter((declaration) => declaration.payload.state === 'down')
    .map(({ payload }) => ({
      from: payload.time,
      to: Math.min(payload.until, nowMs, ...ends.filter((time) => time > payload.time)),
      state: payload.exercise === true ? ('exercise' as const) : ('down' as const),
    }))
  const now: Stretch[] = []
  if (state.state === 'down' && state.since !== null)
    now.push({ from: state.since, to: nowMs, state: state.exercise ? 'exercise' : 'down' })
  if (state.state === 'returning' && state.since !== null)
    now.push({ from: state.since, to: nowMs, state: 'returning' })
  const copies = blog.snapshot.map((snapshot) => ({ time: snapshot.payload.time, what: 'copy' as const }))
  const written = posts.map((post) => ({ time: post.history[0]!.payload.published, what: 'post' as const }))
  return {
    from,
    to: nowMs,
    stretches: joined([...falls, ...now].filter((stretch) => stretch.to > from && stretch.to > stretch.from)),
    moments: [...copies, ...written].filter((moment) => within(moment.time)),
  }
}

/** Words that overlap or touch are one outage. */
function joined(stretches: readonly Stretch[]): readonly Stretch[] {
  const sorted = [...stretches].sort((a, b) => a.from - b.from)
  const out: Stretch[] = []
  for (const stretch of sorted) {
    const last = out.at(-1)
    if (last !== undefined && last.state === stretch.state && stretch.from <= last.to + 60_000)
      out[out.length - 1] = { ...last, to: Math.max(last.to, stretch.to) }
    else out.push(stretch)
  }
  return out
}
