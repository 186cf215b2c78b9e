/** `dgos doctor`: finds what would go wrong on the day, while there is time to mend it. */
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { MemberView } from '../../protocol/roster.ts'
import { type Folder, requireFolder, textOfFile } from '../machine/folder.ts'
import { readIdentity } from '../machine/identity.ts'
import { configOf, networkOf } from '../start.ts'
import { keysPrint } from './backup.ts'
import { type Call, type Command, dataOption } from './command.ts'
import { dateOf } from './format.ts'
import { MemberClient, type Network } from './member-client.ts'
import { folderOf, ownMember } from './member-folder.ts'
import { nameFindings } from './name-check.ts'

export type Finding = {
  readonly check: string
  readonly result: 'good' | 'warning' | 'bad'
  /** What was found, and what to do where it is not good. */
  readonly detail: string
}

const freeBytesWanted = 2 * 1024 ** 3
const freeBytesNeeded = 200 * 1024 ** 2
/** Objects more than ten minutes ahead are held by everyone. Warn long before. */
const clockWarnMs = 5_000
const clockBadMs = 60_000
const backupOldMs = 90 * 86_400_000
const copyOldMs = 2 * 86_400_000
const peersAsked = 5

export const doctor: Command = {
  name: 'doctor',
  summary: 'Finds what would go wrong on the day: clock, reachability, disk, backup, peers, copies',
  args: [],
  options: { data: dataOption },
  notes: ['Ends with 1 where something is bad.'],
  async run(call) {
    const findings = await examined(call)
    const marks = { good: 'good   ', warning: 'WARNING', bad: 'BAD    ' }
    call.print(
      findings,
      findings.map((finding) => `${marks[finding.result]}  ${finding.check.padEnd(12)}  ${finding.detail}`),
    )
    return findings.some((finding) => finding.result === 'bad') ? 1 : 0
  },
}

/** Everything that the doctor looks at. Throws StartRefused where the folder or its configuration is none. */
export async function examined(call: Call): Promise<readonly Finding[]> {
  const folder = folderOf(call)
  await requireFolder(folder)
  const config = await configOf(folder, call.io.env)
  const identity = await readIdentity(folder)
  await networkOf(folder)
  const own = ownMember(call, config)
  const always = [await keysFinding(call, folder), await diskFinding(folder)]
  const network = await own.network(call.io.clock.nowMs()).catch(() => null)
  if (network === null)
    return [...always, { check: 'running', result: 'bad', detail: `nothing answers at ${own.url}: run "dgos start"` }]
  return [
    ...always,
    { check: 'running', result: 'good', detail: `answers at ${own.url}` },
    standingFinding(network, identity.member.key, call.io.clock.nowMs()),
    ...(await peerFindings(call, network, identity.member.key)),
    await copiesFinding(call, own),
    await wallsFinding(own),
    ...(config.dnsPort === null ? [] : await namesFindings(call, own, config.dnsZones)),
  ]
}

async function keysFinding(call: Call, folder: Folder): Promise<Finding> {
  const check = 'backup'
  const text = await textOfFile(join(folder.root, 'keys/backed-up'))
  if (text === null)
    return { check, result: 'bad', detail: 'the keys were never backed up: run "dgos backup --keys-only <file.tar>"' }
  const { atMs, keys } = JSON.parse(text) as { atMs: number; keys: string }
  if (keys !== (await keysPrint(folder)))
    return { check, result: 'bad', detail: 'a key is newer than the last backup: run "dgos backup"' }
  const old = call.io.clock.nowMs() - atMs > backupOldMs
  return {
    check,
    result: old ? 'warning' : 'good',
    detail: `last backup ${dateOf(atMs)}${old ? ': is it still there?' : ''}`,
  }
}

async function diskFinding(folder: Folder): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder.root)
  const free = bavail * bsize
  const detail = `${(free / 1024 ** 3).toFixed(1)} GiB free`
  if (free < freeBytesNeeded) return { check: 'disk', result: 'bad', detail: `${detail}: posts will be refused soon` }
  return { check: 'disk', result: free < freeBytesWanted ? 'warning' : 'good', detail }
}

function standingFinding({ roster }: Network, self: string, nowMs: number): Finding {
  const check = 'membership'
  const view = roster.memberOf(self)
  if (view === null) return { check, result: 'bad', detail: 'not a member yet: run "dgos join" again' }
  if (view.expires < nowMs)
    return { check, result: 'bad', detail: `the record ran out ${dateOf(view.expires)}: is the clock right?` }
  if (view.leaving) return { check, result: 'warning', detail: 'leaving the network' }
  if (view.standing === 'guest')
    return { check, result: 'warning', detail: 'a guest: one more voucher makes a full member' }
  return { check, result: 'good', detail: `full member, record good until ${dateOf(view.expires)}` }
}

async function peerFindings(call: Call, { roster }: Network, self: string): Promise<readonly Finding[]> {
  const others = roster.members.filter((member) => member.id !== self).slice(0, peersAsked)
  if (others.length === 0)
    return [{ check: 'peers', result: 'warning', detail: 'no other member yet: nobody else keeps copies' }]
  const asked = await Promise.all(others.map((other) => askPeer(call, other, self)))
  const answered = asked.filter((answer) => answer !== null)
  const peers: Finding =
    answered.length === 0
      ? {
          check: 'peers',
          result: 'bad',
          detail: `none of ${others.length} members answers: check the network of this machine`,
        }
      : {
          check: 'peers',
          result: answered.length < others.length / 2 ? 'warning' : 'good',
          detail: `${answered.length} of ${others.length} answer`,
        }
  if (answered.length === 0) return [peers]
  const offsets = answered.map((asked) => asked.offsetMs).sort((a, b) => a - b)
  const offset = offsets[Math.floor(offsets.length / 2)]!
  const far = Math.abs(offset)
  const clock: Finding = {
    check: 'clock',
    result: far > clockBadMs ? 'bad' : far > clockWarnMs ? 'warning' : 'good',
    detail: `${Math.round(far)} ms ${offset < 0 ? 'ahead of' : 'behind'} the others${far > clockWarnMs ? ': set it (NTP)' : ''}`,
  }
  const reached = answered.filter((asked) => asked.reached).length
  const outside: Finding = {
    check: 'reachable',
    result: reached === 0 ? 'bad' : reached < answered.length ? 'warning' : 'good',
    detail: `${reached} of ${answered.length} members reach ${roster.memberOf(self)?.url ?? 'this one'} from outside`,
  }
  return [peers, clock, outside]
}

type Asked = { readonly offsetMs: number; readonly reached: boolean }

async function askPeer(call: Call, peer: MemberView, self: string): Promise<Asked | null> {
  const { clock, wire } = call.io
  const member = new MemberClient({ wire }, { url: peer.url })
  try {
    await member.get('dgos/v1/ping') // the first one opens the connection and is not measured
    const startMs = clock.nowMs()
    const pong = (await member.get('dgos/v1/ping')) as { time?: number } | null
    const middleMs = (startMs + clock.nowMs()) / 2
    const found = (await member.get(`dgos/v1/reach?member=${self}`)) as { reached?: boolean } | null
    return { offsetMs: (pong?.time ?? middleMs) - middleMs, reached: found?.reached === true }
  } catch {
    return null // counted as a member that does not answer
  }
}

type Blog = {
  title: string
  state: string
  capturedAt: number | null
  proven: string[]
  wall?: { title: string; letIn: string; blinds: boolean; speaks: boolean } | null
}

async function copiesFinding(call: Call, own: MemberClient): Promise<Finding> {
  const blogs = ((await own.get('dgos/v1/blogs')) ?? []) as Blog[]
  const nowMs = call.io.clock.nowMs()
  const old = blogs.filter(
    (blog) => blog.proven.length > 0 && blog.state === 'up' && nowMs - (blog.capturedAt ?? 0) > copyOldMs,
  )
  const down = blogs.filter((blog) => blog.state === 'down').length
  const text = `${blogs.length} blogs, ${down} down now`
  if (old.length === 0) return { check: 'copies', result: 'good', detail: text }
  return {
    check: 'copies',
    result: 'warning',
    detail: `${text}; no fresh copy of ${old
      .map((blog) => blog.title)
      .join(', ')
      .slice(0, 200)}`,
  }
}

/** Blogs that their guards cannot see: their owners let them in, or nobody but they can say that their blog is down. */
async function wallsFinding(own: MemberClient): Promise<Finding> {
  const check = 'walls'
  const blogs = ((await own.get('dgos/v1/blogs')) ?? []) as Blog[]
  const walled = blogs.flatMap(({ title, wall }) => (wall?.blinds ? [{ title, wall }] : []))
  if (walled.length === 0) return { check, result: 'good', detail: 'guards can see every blog' }
  const [first] = walled
  const text = walled.map(({ title, wall }) => `${title} (${wall.title}${wall.speaks ? '' : ', mute'})`).join(', ')
  return {
    check,
    result: 'warning',
    detail: `guards cannot see ${text.slice(0, 200)}: tell the owners to let them in, as docs/walls.md says; ${first!.wall.title}: ${first!.wall.letIn}`,
  }
}

/** Each blog whose own zone is kept here: what is not good, or that all is. Zones of many are checked name by name by their owners. */
async function namesFindings(call: Call, own: MemberClient, zones: readonly string[]): Promise<readonly Finding[]> {
  const hosts = zones.filter((zone) => !zone.startsWith('*.'))
  const found = await Promise.all(hosts.map(async (host) => ({ host, findings: await nameFindings(call, own, host) })))
  return found.flatMap(({ host, findings }): readonly Finding[] => {
    const wrong = findings.filter((finding) => finding.result !== 'good')
    if (wrong.length === 0) return [{ check: 'names', result: 'good', detail: `${host} leads where it should` }]
    return wrong.map(({ check, result, detail }) => ({
      check: 'names',
      result,
      detail: `${host}: ${check}: ${detail}`,
    }))
  })
}
