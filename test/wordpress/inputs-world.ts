/**
 * Generated networks and blogs: every kind of object, signed, in random relations, right and wrong. Questions about them
 * name random parts of them at random times. The shape is that of a vector file.
 */
import { rosterOf } from '../../protocol/membership.ts'
import type { Envelope, SignedObject } from '../../protocol/objects.ts'
import type { VectorFile } from '../../protocol/vectors/check.ts'
import type { Dice } from './dice.ts'
import { makeBlog } from './inputs-blog.ts'
import type { Question } from './inputs-bytes.ts'
import { makeMembers } from './inputs-network.ts'
import { addresses, hour, Maker, minute, sha256 } from './made.ts'

export type MadeWorld = { readonly file: VectorFile; question(dice: Dice): Question }

export async function makeWorld(dice: Dice): Promise<MadeWorld> {
  const maker = new Maker(dice)
  const members = await makeMembers(maker)
  const root1 = await makeBlog(maker, members)
  const objects = Object.fromEntries(
    maker.made.map(({ alias, object: { id, envelope } }) => [alias, { id, envelope: envelope as Envelope }]),
  )
  const file: VectorFile = { rule: 'state', about: 'made', shared: {}, keys: maker.keys, objects, cases: [] }
  return { file, question: (dice) => question(dice, maker, members, root1) }
}

const blogRules = [
  'roots',
  'head',
  'head-signer',
  'copy',
  'fresh',
  'posts',
  'live',
  'state',
  'state',
  'state',
  'proven',
  'owner',
  'authorise',
  'authorise',
  'authorise',
]
const networkRules = [
  'roster',
  'ranking',
  'placement',
  'placement',
  'attesters',
  'placement-id',
  'down',
  'down',
  'up',
  'evidence',
]

function question(dice: Dice, maker: Maker, members: readonly string[], root1: string): Question {
  const ofNetwork = maker.made
    .filter(({ object }) => ['member', 'voucher'].includes(object.kind))
    .map((made) => made.alias)
  const ofBlog = maker.made
    .filter(({ object }) => !['network', 'member', 'voucher'].includes(object.kind))
    .map((made) => made.alias)
  const most = (aliases: readonly string[]) => aliases.filter(() => !dice.once(dice.one([2, 10, 100])))
  const network = [maker.made[0]!.alias, ...most(ofNetwork)]
  const nowMs = maker.time() + dice.one([0, minute, 2 * minute, 10 * minute, hour])
  const drawn = dice.one(dice.once(2) ? blogRules : networkRules)
  const rule = drawn === 'evidence' && maker.of('declaration').length === 0 ? 'down' : drawn
  const scene = { network, nowMs }
  if (networkRules.includes(rule)) return { rule, input: { ...scene, ...networkInput(dice, maker, rule, members) } }
  const objects = dice.once(12) ? most(ofBlog) : [...new Set([root1, ...most(ofBlog)])]
  const blog = { ...scene, blog: root1, objects }
  const object = dice.one(maker.made).alias
  switch (rule) {
    case 'head-signer':
      return { rule, input: { ...blog, down: dice.once(2), silent: dice.some(['online', 's0', 'd0', members[0]!], 2) } }
    case 'live':
      return { rule, input: { ...blog, object } }
    case 'owner': {
      const other = dice.one(maker.made.filter(({ object }) => object.kind === 'root')).alias
      return {
        rule,
        input: { ...scene, address: dice.one(addresses), blogs: { [root1]: objects, [other]: most(ofBlog) } },
      }
    }
    case 'authorise': {
      const asked = maker.made.find((made) => made.alias === object)!.object
      return {
        rule,
        input: {
          ...blog,
          blog: dice.once(30) ? null : root1,
          objects: objects.filter((other) => other !== object),
          object,
          inner: innerOf(asked, maker),
        },
      }
    }
    default:
      return { rule, input: blog }
  }
}

/** Aliases of what is embedded in an object. */
function innerOf(object: SignedObject, maker: Maker): string[] {
  const envelopes =
    object.kind === 'declaration'
      ? (object.payload.votes ?? [])
      : object.kind === 'observation' && object.payload.life
        ? [object.payload.life]
        : []
  return envelopes.map(
    (envelope) => maker.made.find(({ object }) => object.envelope.payload === envelope.payload)!.alias,
  )
}

function networkInput(dice: Dice, maker: Maker, rule: string, members: readonly string[]): object {
  if (rule === 'attesters') return { address: dice.one(addresses) }
  if (rule === 'placement-id')
    return { key: dice.hash(), nonces: Array.from({ length: dice.below(4) }, () => dice.hash()), network: dice.hash() }
  if (rule === 'ranking' || rule === 'placement' || rule === 'roster')
    return {
      subject: dice.hash(),
      ...(dice.once(2) ? {} : { copies: dice.below(12) }),
      except: dice.some([...members.map((name) => `o${name}`), 'o0'], 2),
      avoid: dice.some(members, 4),
    }
  return watchingInput(dice, maker, rule, members)
}

/** Only mirrors that stand on the roster can be looked up, so these rules are put with the network whole. */
function watchingInput(dice: Dice, maker: Maker, rule: string, members: readonly string[]): object {
  const observations = maker.made.filter(({ object }) => object.kind === 'observation')
  const declarations = maker.made.filter(({ object }) => object.kind === 'declaration')
  const whole = maker.made.filter(({ object }) => ['network', 'member', 'voucher'].includes(object.kind))
  const declaration = declarations.length === 0 ? null : dice.one(declarations)
  const near = observations.length === 0 ? maker.time() : dice.one(observations).object.payload.time
  const nowMs = near + dice.below(8) * minute
  const known = rosterOf(
    maker.of('network')[0]!,
    whole.map((made) => made.object),
    nowMs,
    sha256,
  )
  const standing = members.filter((name) => known.memberOf(maker.key(name)) !== null)
  const mirrors = dice.once(3) ? dice.some(standing, 10) : standing
  const some = (dice.once(3) ? dice.some(observations, 40) : observations).map((made) => made.alias)
  const evidence =
    declaration === null
      ? { observations: some }
      : { declaration: declaration.alias, observations: dice.once(9) ? some : innerOf(declaration.object, maker) }
  const network = whole.map((made) => made.alias)
  return {
    network,
    nowMs,
    blog: maker.of('root')[0]!.id,
    mirrors,
    strangers: dice.below(3),
    ...(rule === 'evidence' ? evidence : { observations: some }),
  }
}
