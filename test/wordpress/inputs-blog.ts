/** A generated blog: its roots, then objects of every kind in random order, by keys that may say them and by others. */
import { rosterOf } from '../../protocol/membership.ts'
import type { Kind, SignedObject } from '../../protocol/objects.ts'
import { isDownVote } from '../../protocol/quorum.ts'
import type { Dice } from './dice.ts'
import { addresses, day, hour, type Maker, minute, sha256, startMs } from './made.ts'

type Scene = {
  readonly maker: Maker
  readonly dice: Dice
  readonly blog: string
  readonly members: readonly string[]
  readonly member: string
  readonly time: number
  say(kind: Kind, by: string, fields: object, at?: number): Promise<unknown>
  /** The fields, once in so many times. */
  maybe(times: number, fields: object): object
}

const roles = ['r0', 'r1', 'p0', 'p1', 'online', 'd0', 'd1', 's0']
const recoveries = [
  ['r0', 'r1'],
  ['r2', 'r1'],
  ['r0', 'r2'],
  ['r1', 'r0'],
]

/** The alias of root 1. */
export async function makeBlog(maker: Maker, members: readonly string[]): Promise<string> {
  const { dice } = maker
  const keys = (names: readonly string[]) => names.map((name) => maker.key(name))
  const fields = {
    recovery: keys(['r0', 'r1']),
    posting: keys(['p0', 'p1']).map((key) => ({ key, name: '' })),
    ...(dice.once(5) ? {} : { online: maker.key('online') }),
    signers: keys(dice.some(['s0', 'online', members[0]!], 3)),
    addresses: addresses.slice(0, 1 + dice.below(3)),
    title: 'Ana',
    revoked: [],
  }
  const first = await maker.say('root', 'r0', startMs + dice.below(40) * day, { ...fields, version: 1 })
  for (let left = dice.below(4); left > 0; left--) await makeRoot(maker, first, fields)
  for (let left = 20 + dice.below(40); left > 0; left--) {
    const time = maker.time()
    const say: Scene['say'] = (kind, by, said, at = time) => maker.say(kind, by, at, { blog: first.id, ...said })
    const maybe = (times: number, said: object) => (dice.once(times) ? said : {})
    await dice.one(makers)({ maker, dice, blog: first.id, members, member: dice.one(members), time, say, maybe })
  }
  return maker.made.find((made) => made.object.id === first.id)!.alias
}

async function makeRoot(maker: Maker, first: SignedObject<'root'>, fields: object): Promise<void> {
  const { dice } = maker
  const before = dice.one(maker.of('root'))
  const lastGood = dice.once(2) ? [] : [maker.idOf('post')]
  const changes = {
    recovery: dice.one(recoveries).map((name) => maker.key(name)),
    revoked: dice.once(2) ? [] : [{ key: maker.key(dice.one(roles)), lastGood }],
    ...(dice.once(12) ? { closed: true } : {}),
  }
  const version = before.payload.version + (dice.once(10) ? 2 : 1)
  const link = { blog: first.id, previous: before.id, version }
  await maker.say('root', dice.one(['r0', 'r1', 'r2']), maker.time(), { ...fields, ...changes, ...link })
}

const makers: readonly ((scene: Scene) => Promise<unknown>)[] = [
  makeDelegation,
  makeHead,
  makeHead,
  makeSnapshot,
  makeAttestations,
  makeObservations,
  makeObservations,
  makeLife,
  makeAuthorWord,
  makeVerdict,
  makeVerdict,
  makePost,
  makePost,
  makeCheckpoint,
  makeOther,
]

function makeDelegation({ maker, dice, time, say, maybe }: Scene): Promise<unknown> {
  const may = dice.once(5) ? [] : dice.some(['post', 'declaration', 'head', 'snapshot'], 4)
  const limits = { ...maybe(3, { postsPerDay: dice.below(3) }), ...maybe(4, { lastGood: [maker.idOf('post')] }) }
  const to = maker.key(dice.one(['d0', 'd1', 's0']))
  return say('delegation', dice.one(roles), { to, may, until: time + dice.below(900) * day, ...limits })
}

function makeHead({ maker, dice, members, time, say, maybe }: Scene): Promise<unknown> {
  const before = dice.one([...maker.of('head'), null])
  const step = dice.once(6) ? dice.one(maker.of('root')) : maker.of('root').at(-1)!
  const seq = before?.payload.root === step.id ? before.payload.seq + 1 : 1
  const fields = {
    root: step.id,
    rootVersion: step.payload.version,
    seq: dice.once(10) ? 1 + dice.below(4) : seq,
    mirrors: (dice.once(3) ? dice.some(members, 10) : members.slice(0, 10)).map((name) => maker.key(name)),
    expires: time + 7 * day,
    ...(before === null ? {} : { previous: before.id }),
    ...maybe(9, { forgotten: ['/a'] }),
  }
  const kept = before?.payload.snapshot
  const snapshot = dice.once(2) && before !== null ? (kept === undefined ? {} : { snapshot: kept }) : null
  const by = dice.one(['online', 'online', 's0', 'p0', 'd0', 'r0'])
  return say('head', by, { ...fields, ...(snapshot ?? maybe(2, { snapshot: maker.idOf('snapshot') })) })
}

function makeSnapshot({ dice, say }: Scene): Promise<unknown> {
  const pages = [{ path: '/', url: addresses[0], blob: '0'.repeat(64), type: 'text/html', bytes: 1 }]
  const alike = dice.one(['a', 'b']).repeat(64)
  return say('snapshot', dice.one(['online', 's0', 'd0', 'p0']), {
    address: addresses[0],
    title: '',
    pages,
    assets: [],
    alike,
  })
}

async function makeAttestations({ dice, members, say }: Scene): Promise<void> {
  const address = dice.one(addresses)
  const at = startMs + dice.below(60) * day
  for (const name of dice.once(2) ? members : dice.some(members))
    await say('attestation', name, { address, marker: dice.one(['tag', 'tag', 'file']) }, at + dice.below(9) * hour)
}

function observation({ maker, dice, members, time }: Scene) {
  return {
    address: addresses[0],
    state: dice.one(['down', 'down', 'down', 'up', 'up', 'changed']),
    reason: 'x',
    probes: dice.one([1, 3, 7]),
    since: time - dice.one([0, minute, 61 * minute]),
    unreachable: dice.some(members, 3).map((name) => maker.key(dice.once(9) ? `${name}'` : name)),
  }
}

/** Watchers speak at about the same time, or there would never be a quorum. */
async function makeObservations(scene: Scene): Promise<void> {
  const { dice, members, time, say } = scene
  const fields = observation(scene)
  for (const name of dice.once(2) ? members : dice.some(members)) {
    const at = time + dice.below(5) * minute
    await say('observation', name, { ...fields, since: at - (time - fields.since) }, at)
  }
}

async function makeLife(scene: Scene): Promise<void> {
  const { maker, dice, members, time, say } = scene
  const nonce = dice.one(['1', '2', '3', '4']).repeat(64)
  const fields = { blog: scene.blog, address: addresses[0], nonce }
  const life = await maker.say('life', dice.one(['online', 'online', 'online', 'p0']), time, fields)
  const at = time + dice.below(3) * minute
  for (const name of dice.some(members, 4))
    await say('observation', name, { ...observation(scene), state: 'up', since: at, life: life.envelope }, at)
}

function makeAuthorWord({ maker, dice, time, say, maybe }: Scene): Promise<unknown> {
  const until = time + dice.one([10 * minute, 30 * minute, hour, 6 * hour, day, 8 * day])
  const by = dice.one(['p0', 'p1', 'd0', 'd1', 'r0'])
  return say('declaration', by, {
    by: 'author',
    state: dice.one(['down', 'down', 'over']),
    until,
    ...maybe(5, { distrustSince: time - hour }),
    ...maybe(5, { show: maker.idOf('snapshot') }),
    ...maybe(9, { exercise: true }),
  })
}

/** Votes of one moment by different watchers, at the lower median of their times: mostly a verdict that holds. */
function makeVerdict({ maker, dice, member, time, say }: Scene): Promise<unknown> {
  const words = maker.of('observation').filter((observation) => observation.payload.life === undefined)
  const state = dice.one(['down', 'down', 'over'] as const)
  const fits = words.filter(({ payload }) => (state === 'down' ? isDownVote(payload) : payload.state === 'up'))
  const first = fits.length === 0 ? null : dice.one(fits).payload.time
  const near = fits.filter((fit) => first !== null && Math.abs(fit.payload.time - first) <= 4 * minute)
  const everything = maker.made.map((made) => made.object)
  const roster = rosterOf(maker.of('network')[0]!, everything, first ?? time, sha256)
  const byOperator = new Map(
    near.map((observation) => [roster.memberOf(observation.payload.key)?.operator, observation]),
  )
  byOperator.delete(undefined)
  const votes = [...byOperator.values()].slice(0, 10)
  const chosen = dice.once(8) ? dice.some(words, 6) : votes
  const times = chosen.map((observation) => observation.payload.time).sort((a, b) => a - b)
  const at = dice.once(10) ? time : (times[(times.length - 1) >> 1] ?? time)
  const until = at + dice.one([10 * minute, 30 * minute, 30 * minute, hour])
  return say(
    'declaration',
    member,
    { by: 'quorum', state, until, votes: chosen.map((observation) => observation.envelope) },
    at,
  )
}

function makePost({ maker, dice, time, say, maybe }: Scene): Promise<unknown> {
  const text = dice.once(6)
    ? { title: '', html: '', withdrawn: true }
    : { title: dice.one(['', 'a']), html: '<p>a</p>', ...maybe(12, { withdrawn: true }) }
  return say('post', dice.one(['p0', 'p1', 'd0', 'd1', 'c0', 'r1']), {
    draft: dice.one(['1', '2', '3']).repeat(64),
    prevs: dice.some(maker.of('post'), 3).map((post) => post.id),
    attachments: [],
    published: dice.one([time, time - hour, startMs]),
    ...maybe(2, { replaces: maker.idOf('post') }),
    ...maybe(4, { cancel: maker.key('c0') }),
    ...maybe(6, { showAt: time + dice.below(3) * hour }),
    ...text,
  })
}

function makeCheckpoint({ maker, dice, member, say }: Scene): Promise<unknown> {
  const head = dice.one([...maker.of('head'), null])
  const posts = dice.some(maker.of('post'), 3).map((post) => post.id)
  if (head === null) return say('checkpoint', member, { rootVersion: 1, seq: 0, posts })
  const { rootVersion, seq } = head.payload
  return say('checkpoint', member, { head: head.id, rootVersion, seq, posts })
}

function makeOther({ maker, dice, member, say, maybe }: Scene): Promise<unknown> {
  const target = dice.one([{}, { post: maker.idOf('post') }])
  const posts = [{ post: maker.idOf('post'), url: 'https://ana.example/1' }]
  const choices = [
    () => say('receipt', member, { post: maker.idOf('post') }),
    () => say('refusal', member, { ...target, reason: 'law', ...maybe(3, { lifted: true }) }),
    () => say('imported', dice.one(['online', 'p0', 'd0']), { posts }),
    () => say('contact', dice.one(['p0', 'd0']), { member: maker.key(member), notify: [] }),
  ]
  return dice.one(choices)()
}
