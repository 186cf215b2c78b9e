/** Rules about the network: who is a member, who keeps a copy, what the watchers decide. */
import { addressesOfHostPath, hostPath } from '../addresses.ts'
import { placementId } from '../membership.ts'
import type { Hash, Key, SignedObject, Time } from '../objects.ts'
import { attesters, placeMirrors, ranking } from '../placement.ts'
import { downVerdict, evidenceHolds, outweighs, upVerdict } from '../quorum.ts'
import type { MemberView } from '../roster.ts'
import { areRanked, placeStandIns, seatingOf } from '../seats.ts'
import type { Rule, World } from './world.ts'

export type Scene = { readonly network?: readonly string[]; readonly nowMs: Time }

export function rosterIn(input: Scene, world: World) {
  return world.roster(input.network ?? (world.shared.network as readonly string[]), input.nowMs)
}

type Placing = Scene & {
  readonly subject: Hash
  readonly copies?: number
  readonly except?: readonly string[]
  readonly avoid?: readonly string[]
}
type Watching = Scene & {
  readonly blog: Hash
  readonly mirrors: readonly string[]
  readonly standIns?: readonly string[]
  readonly observations: readonly string[]
  readonly strangers?: number
}

function watching(input: Watching, world: World) {
  const roster = rosterIn(input, world)
  return {
    blog: input.blog,
    roster,
    mirrors: input.mirrors.map((name) => roster.memberOf(world.key(name))!),
    standIns: (input.standIns ?? []).map((name) => roster.memberOf(world.key(name))!),
    strangers: input.strangers ?? 0,
    observations: input.observations.map((name) => world.object(name) as SignedObject<'observation'>),
    atMs: input.nowMs,
  }
}

const names = (keys: readonly Key[], world: World) => keys.map(world.alias)
const membersNamed = (members: readonly MemberView[], world: World) => members.map((member) => world.alias(member.id))

export const networkRules: Readonly<Record<string, Rule>> = {
  roster: (input: Scene, world: World) => {
    const roster = rosterIn(input, world)
    const members = roster.members.map((member) => ({
      member: world.alias(member.id),
      key: world.alias(member.key),
      operator: world.alias(member.operator),
      standing: member.standing,
      inviters: names(member.inviters, world),
    }))
    return { members, operators: names(roster.operators, world).sort() }
  },

  'placement-id': (input: { key: Key; nonces: readonly Hash[]; network: Hash }, world: World) =>
    placementId(input.key, input.nonces, input.network, world.platform.sha256),

  ranking: (input: Placing, world: World) =>
    membersNamed(ranking(input.subject, rosterIn(input, world), world.platform.sha256), world),

  placement: (input: Placing, world: World) => {
    const avoid = new Set((input.avoid ?? []).map(world.key))
    const options = {
      ...(input.copies === undefined ? {} : { copies: input.copies }),
      exceptOperators: (input.except ?? []).map(world.key),
      prefer: (member: MemberView) => !avoid.has(member.id),
    }
    return membersNamed(placeMirrors(input.subject, rosterIn(input, world), world.platform.sha256, options), world)
  },

  attesters: (input: Scene & { address: string }, world: World) =>
    membersNamed(attesters(input.address, rosterIn(input, world), world.platform.sha256), world),

  'host-path': (input: { address: string }) => hostPath(input.address),

  'host-path-addresses': (input: { hostPath: string }) => addressesOfHostPath(input.hostPath),

  down: (input: Watching, world: World) => {
    const { down, votes, absent, needed, timeMs } = downVerdict(watching(input, world))
    return { down, votes: votes.map((vote) => world.alias(vote.id)), absent: names(absent, world), needed, timeMs }
  },

  up: (input: Watching, world: World) => {
    const { up, votes, needed } = upVerdict(watching(input, world))
    return { up, votes: votes.map((vote) => world.alias(vote.id)), needed }
  },

  evidence: (input: Watching & { declaration: string }, world: World) => {
    const { observations: votes, ...scene } = watching(input, world)
    return evidenceHolds(world.object(input.declaration) as SignedObject<'declaration'>, { ...scene, votes })
  },

  outweighs: (input: Watching & { declaration: string; words: readonly string[] }, world: World) => {
    const { observations: votes, ...scene } = watching(input, world)
    const words = input.words.map((name) => world.object(name) as SignedObject<'observation'>)
    return outweighs(world.object(input.declaration) as SignedObject<'declaration'>, { ...scene, votes }, words)
  },

  seating: (input: Scene & { head: string; own?: readonly string[] }, world: World) => {
    const { mirrors, standIns, strangers } = seatingOf(
      (world.object(input.head) as SignedObject<'head'>).payload,
      (input.own ?? []).map(world.key),
      rosterIn(input, world),
    )
    return { mirrors: membersNamed(mirrors, world), standIns: membersNamed(standIns, world), strangers }
  },

  'stand-ins': (input: Scene & { blog: Hash; mirrors: readonly string[]; own?: readonly string[] }, world: World) => {
    const taken = { mirrors: input.mirrors.map(world.key), own: (input.own ?? []).map(world.key) }
    return membersNamed(placeStandIns(input.blog, taken, rosterIn(input, world), world.platform.sha256), world)
  },

  ranked: (input: Scene & { blog: Hash; standIns: readonly string[] }, world: World) =>
    areRanked(input.standIns.map(world.key), input.blog, rosterIn(input, world), world.platform.sha256),
}
