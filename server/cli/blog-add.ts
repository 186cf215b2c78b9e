/**
 * `dgos blog add`: enrols a blog. Keys are made here; the root and the sealed outage key go to a member; the author pastes
 * the marker; the members ranked for the address look for it, and the blog is guarded once enough of them have seen it.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { makeKeys, makeOutageDelegation, makeRoot } from '../../activation/doors/enrol.ts'
import { sealVault } from '../../activation/doors/vault.ts'
import { newPassphrase } from '../../activation/doors/wordlist.ts'
import { pause } from '../../lib/clock.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { invitationFor } from '../../network/blog-requests.ts'
import { toHex, utf8 } from '../../protocol/bytes.ts'
import { seal } from '../../protocol/envelope.ts'
import type { Contact, Key, SignedObject } from '../../protocol/objects.ts'
import { ranking } from '../../protocol/placement.ts'
import { loopbackOpen, type Roster } from '../../protocol/roster.ts'
import { readIdentity } from '../machine/identity.ts'
import { configOf } from '../start.ts'
import { type AuthorFile, authorFolder, secretFile, writeAuthorFile } from './author-file.ts'
import {
  type Call,
  type Command,
  CommandFailed,
  dataOption,
  flagValue,
  listValue,
  numberValue,
  required,
  textValue,
  UsageError,
} from './command.ts'
import { MemberClient } from './member-client.ts'
import { folderOf } from './member-folder.ts'

const signersMax = 4
const pollMs = 1_000
/** An operator's invitation for a blog of her own, used at once. */
const ownInvitationMs = 3_600_000
const { sha256 } = nodePlatform

export const blogAdd: Command = {
  name: 'blog add',
  summary: 'Enrols a blog: makes keys, shows the marker to paste, waits until it is guarded',
  args: ['<address>'],
  options: {
    member: { type: 'string', value: '<url>', help: 'a member of the network (required)' },
    data: dataOption,
    title: { type: 'string', value: '<text>', help: "the blog's title (default: its host)" },
    language: { type: 'string', value: '<tag>', help: 'its language, e.g. en' },
    steward: {
      type: 'string',
      multiple: true,
      value: '<key>',
      help: 'members that capture it and sign its heads (default: that member and the next ranked)',
    },
    invitation: {
      type: 'string',
      value: '<line>',
      help: 'of the member’s operator: lets it capture the blog and sign for it',
    },
    online: { type: 'boolean', help: 'the blog has code of its own: also make an online key' },
    notify: {
      type: 'string',
      multiple: true,
      value: '<how:where>',
      help: 'tell me of an outage: mail:…, ntfy:https://…, webhook:https://…',
    },
    keys: { type: 'string', value: '<file>', help: 'where the keys go (default ~/.dgos/<blog>.json)' },
    'passphrase-file': { type: 'string', value: '<file>', help: 'seal the key file under this passphrase' },
    'outage-passphrase-file': {
      type: 'string',
      value: '<file>',
      help: 'passphrase of the outage key (default: six random words, printed once)',
    },
    wait: { type: 'string', value: '<seconds>', help: 'how long to wait for the marker to be seen (default 900)' },
    'no-wait': { type: 'boolean', help: 'do not wait' },
    'marker-file': { type: 'string', value: '<file>', help: 'also write the marker tag to a file' },
  },
  async run(call) {
    const { io, values } = call
    const address = addressOf(call.args[0]!)
    const member = new MemberClient({ wire: io.wire }, { url: required(values, 'member') })
    const notify = listValue(values, 'notify').map(notifyOf)
    const { network, roster } = await member.network(io.clock.nowMs())
    const invitation = await invitationTo(call, member, loopbackOpen(network))
    const keys = makeKeys(io.random)
    const root = await makeRoot(
      {
        network: network.id,
        time: io.clock.nowMs(),
        title: textValue(values, 'title') ?? new URL(address).hostname,
        addresses: [address],
        ...(textValue(values, 'language') === null ? {} : { language: textValue(values, 'language')! }),
        recovery: keys.recovery.map((recovery) => recovery.signer.key),
        posting: [{ key: keys.posting.signer.key, name: 'dgos' }],
        ...(flagValue(values, 'online') ? { online: keys.online.signer.key } : {}),
        signers: await signersOf(call, address, member, roster),
      },
      keys.recovery[0]!.signer,
      sha256,
    )
    const given = await secretFile(call, 'outage-passphrase-file')
    const passphrase = given ?? newPassphrase(io.random)
    const vault = await sealVault(keys.outage.seed, passphrase, io.random)
    const common = { network: network.id, blog: root.id, time: io.clock.nowMs() }
    const delegation = await makeOutageDelegation(
      { ...common, outageKey: keys.outage.signer.key, vault, mayDeclare: true },
      keys.posting.signer,
      sha256,
    )
    const file = {
      network: network.id,
      blog: root.id,
      title: root.payload.title,
      addresses: [address],
      members: membersFor(root, roster, member.url),
      keys: new Map([
        ['recovery', keys.recovery[0]!],
        ['recovery-2', keys.recovery[1]!],
        ['posting', keys.posting],
        ...(flagValue(values, 'online') ? [['online', keys.online] as const] : []),
      ] as const),
    }
    const path = textValue(values, 'keys') ?? join(authorFolder(call), `${root.id}.json`)
    await writeAuthorFile(call, file, path)
    if (invitation === null) await member.handAll([root, delegation])
    else await member.enrol([root, delegation], invitation)
    const tag = `<meta name="dgos" content="${root.id}">`
    await showMarker(call, { address, tag, blog: root.id, path, passphrase: given === null ? passphrase : null })
    const proven = flagValue(values, 'no-wait') ? null : await waitForProof(call, member, root.id, address)
    const told = await sendContacts(call, { file, roster, root, member, notify })
    const shown = {
      blog: root.id,
      address,
      marker: tag,
      keys: path,
      proven,
      told,
      ...(given === null ? { passphrase } : {}),
    }
    call.print(shown, proven === true ? [`${address} is guarded. Keep ${path} and the passphrase safe.`] : [])
    return proven === false ? 1 : 0
  },
}

/**
 * What lets the blog in: the line given, one of the operator's own where the member is this machine's, '' where its door is
 * open, null where the blog captures itself, the network is one of this machine, or the member says nothing of its door. Refuses before any key is made.
 */
async function invitationTo(call: Call, member: MemberClient, isLocal: boolean): Promise<string | null> {
  const given = textValue(call.values, 'invitation')
  if (given !== null) return given
  const own = await ownInvitation(call, member)
  if (own !== null) return own
  const { join } = ((await member.get('dgos/v1/kit')) ?? {}) as { join?: string }
  if (join === 'open') return ''
  if (join === undefined || isLocal || flagValue(call.values, 'online')) return null
  throw new CommandFailed(
    join === 'closed'
      ? `${member.url} takes no new blogs: choose another member`
      : `${member.url} takes blogs by invitation: ask its operator for one (dgos blog invite), and give it with --invitation`,
  )
}

/** null where the member is not the one of this machine, or the operator's key is elsewhere. */
async function ownInvitation(call: Call, member: MemberClient): Promise<string | null> {
  const folder = folderOf(call)
  if (!existsSync(folder.config) || (await configOf(folder, call.io.env)).url !== member.url) return null
  const { operator, member: signer } = await readIdentity(folder)
  const until = call.io.clock.nowMs() + ownInvitationMs
  return operator === null ? null : invitationFor({ random: call.io.random }, { member: signer.key, until }, operator)
}

function addressOf(given: string): string {
  const address = given.endsWith('/') ? given : `${given}/`
  if (!/^https?:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?\/([A-Za-z0-9~_-][A-Za-z0-9._~-]*\/){0,5}$/.test(address)) {
    throw new UsageError(`${given} is not an address of a blog: give http(s)://host/ or http(s)://host/path/`)
  }
  return address
}

function notifyOf(text: string): Contact['notify'][number] {
  const found = /^(mail|ntfy|webhook):(.{3,500})$/.exec(text)
  if (found === null)
    throw new UsageError(`--notify ${text}: give mail:you@example.org, ntfy:https://… or webhook:https://…`)
  return { how: found[1] as 'mail' | 'ntfy' | 'webhook', to: found[2]! }
}

/** The member the author chose, then those ranked first for the address: one an operator. */
async function signersOf(call: Call, address: string, member: MemberClient, roster: Roster): Promise<readonly Key[]> {
  const named = listValue(call.values, 'steward')
  if (named.length > signersMax) throw new UsageError(`at most ${signersMax} stewards`)
  if (named.length > 0) return named
  const first = roster.memberOf(await member.key())
  if (first === null) throw new CommandFailed(`${member.url} is not in the list of members yet`)
  const operators = new Set([first.operator])
  const signers = [first.id]
  for (const member of ranking(toHex(sha256(utf8(address))), roster, sha256)) {
    if (signers.length === signersMax) break
    if (operators.has(member.operator) || member.passive) continue
    operators.add(member.operator)
    signers.push(member.id)
  }
  return signers
}

/** Where the author will look for the blog on the day: its mirrors, and the member of today. */
function membersFor(root: SignedObject<'root'>, roster: Roster, url: string): string[] {
  const ranked = ranking(root.id, roster, sha256).slice(0, 10)
  return [...new Set([url, ...ranked.map((member) => member.url)])]
}

type Marker = { address: string; tag: string; blog: string; path: string; passphrase: string | null }

async function showMarker(call: Call, { address, tag, blog, path, passphrase }: Marker): Promise<void> {
  const file = textValue(call.values, 'marker-file')
  if (file !== null) {
    const { writeFile } = await import('node:fs/promises')
    await writeFile(file, `${tag}\n`)
  }
  call.tell(`blog ${blog}`)
  call.tell(`keys ${path}  (mode 600; back it up)`)
  call.tell('write the recovery words down, they bring everything back: dgos blog keys words')
  if (passphrase !== null) call.tell(`passphrase of the outage key, shown only now: ${passphrase}`)
  call.tell(`Put this into the <head> of ${address} (or publish {"blog":"${blog}"} at /.well-known/dgos.json,`)
  call.tell(`or a DNS TXT record "dgos=${blog}" at _dgos.${new URL(address).hostname}):`)
  call.tell(`  ${tag}`)
}

async function waitForProof(call: Call, member: MemberClient, blog: string, address: string): Promise<boolean> {
  const { clock } = call.io
  const untilMs = clock.steadyMs() + numberValue(call.values, 'wait', 900) * 1000
  let seen = -1
  for (;;) {
    const found = (await member.get(`dgos/v1/blogs/${blog}`)) as { proven?: string[]; attestations?: unknown[] } | null
    const attested = found?.attestations?.length ?? 0
    if (attested !== seen) call.tell(`seen by ${attested} members`)
    seen = attested
    if (found?.proven?.includes(address) === true) return true
    if (clock.steadyMs() >= untilMs) {
      call.tell('not enough members have seen the marker yet; they go on looking: see "dgos blog status"')
      return false
    }
    await pause(clock, pollMs)
  }
}

type Contacts = {
  readonly file: Omit<AuthorFile, 'path'>
  readonly roster: Roster
  readonly root: SignedObject<'root'>
  readonly member: MemberClient
  readonly notify: Contact['notify']
}

/** Where to tell the author, handed to each mirror alone: it spreads nowhere. */
async function sendContacts(call: Call, { file, roster, root, member, notify }: Contacts): Promise<number> {
  if (notify.length === 0) return 0
  const signer = file.keys.get('posting')!.signer
  const state = (await member.get(`dgos/v1/blogs/${root.id}`)) as { mirrors?: { key: string; url: string }[] } | null
  const mirrors = Array.isArray(state?.mirrors) ? state.mirrors : []
  let told = 0
  for (const { key, url } of mirrors) {
    const fields = { network: root.payload.network, time: call.io.clock.nowMs(), blog: root.id, member: key, notify }
    const contact = await seal('contact', fields, signer, sha256)
    const mirror = new MemberClient({ wire: call.io.wire }, { url: roster.memberOf(key)?.url ?? url })
    const answers = await mirror.hand([root, contact]).catch(() => [])
    if (answers[1]?.result === 'stored' || answers[1]?.result === 'known') told++
  }
  call.tell(`${told} of ${mirrors.length} mirrors know where to tell you`)
  return told
}
