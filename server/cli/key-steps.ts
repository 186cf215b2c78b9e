/** The steps of `dgos blog keys`, each one bad day or one good habit. */

import { join } from 'node:path'
import encodeQR from 'qr'
import { type EndedPowers, endedPowersText, newFormKey, powersEndedWith } from '../../activation/doors/ended-powers.ts'
import { keyPair, recoveryKey } from '../../activation/doors/enrol.ts'
import { recoveryWords } from '../../activation/doors/recovery-words.ts'
import { newPassphrase } from '../../activation/doors/wordlist.ts'
import { nodePlatform, nodeSigner } from '../../lib/platform.ts'
import { isHash } from '../../protocol/bytes.ts'
import { seal } from '../../protocol/envelope.ts'
import type { Hash, Key, Payloads, SignedObject } from '../../protocol/objects.ts'
import type { Signer } from '../../protocol/platform.ts'
import { tips } from '../../protocol/posts.ts'
import { blogOf } from './author-blog.ts'
import {
  type AuthorFile,
  authorFolder,
  type KeyName,
  readAuthorFile,
  secretFile,
  writeAuthorFile,
} from './author-file.ts'
import { type Call, CommandFailed, flagValue, listValue, required, textValue, UsageError } from './command.ts'
import {
  done,
  type KeyRing,
  keyRing,
  recoverySigner,
  rewrite,
  ringOf,
  secretFromInput,
  seedFromInput,
  signRoot,
} from './key-ring.ts'
import { MemberClient } from './member-client.ts'
import { openpgpKeyIn } from './openpgp-file.ts'

const { sha256 } = nodePlatform

export type KeyStep = { readonly help: string; run(call: Call, value: string | null): Promise<number> }

export const keySteps: Readonly<Record<string, KeyStep>> = {
  words: { help: 'prints the recovery words of sheet 1 (or: words 2), with --qr as a code', run: words },
  check: { help: 'says which recovery key the words typed on standard input are', run: check },
  forget: { help: 'takes the recovery keys out of the key file, once they are on paper', run: forget },
  rotate: { help: 'a new posting key for this machine; the old one ends', run: rotate },
  device: { help: 'on a second machine: makes a key file for it, with --blog and --member', run: device },
  add: { help: 'lets the posting key of a second machine speak, with --name', run: add },
  revoke: { help: 'ends a posting, online, steward or delegated key for good', run: revoke },
  restore: {
    help: 'from the words, with --blog and --member: a new key file; all posting keys of before end',
    run: restore,
  },
  online: { help: "a new key for the blog's server; the old one ends", run: online },
  outage: { help: 'a new outage key and passphrase; the old ones end', run: outage },
  steward: { help: 'names another member as steward, by its url; with --revoke-old the old ones end', run: steward },
  trust: {
    help: "lets a member, by its url, answer under the blog's own name",
    run: (call, value) => trust(call, value, true),
  },
  untrust: { help: 'takes that back', run: (call, value) => trust(call, value, false) },
  openpgp: { help: 'the OpenPGP key in this file may sign mails for the blog', run: openpgp },
  unopenpgp: { help: 'takes that back; give the file or the fingerprint', run: unopenpgp },
}

async function words(call: Call, value: string | null): Promise<number> {
  const file = await readAuthorFile(call)
  const key = file.keys.get(value === '2' ? 'recovery-2' : 'recovery')
  if (key === undefined) throw new CommandFailed('that recovery key is not in this key file any more')
  const list = recoveryWords(key.secret ?? key.seed)
  const rows = Array.from({ length: Math.ceil(list.length / 5) }, (_, row) =>
    list
      .slice(5 * row, 5 * row + 5)
      .map((successor, i) => `${String(5 * row + i + 1).padStart(2)} ${successor.padEnd(9)}`),
  )
  call.print({ key: key.signer.key, words: list }, [
    ...rows.map((row) => row.join('')),
    ...(flagValue(call.values, 'qr') ? [encodeQR(list.join(' '), 'ascii')] : []),
    'Write them down. Then try them: "dgos blog keys check".',
  ])
  return 0
}

async function check(call: Call): Promise<number> {
  const ring = await keyRing(call)
  const { key } = nodeSigner(await seedFromInput(call))
  const rank = ring.roles.chain.current.payload.recovery.indexOf(key)
  if (rank < 0) throw new CommandFailed('the words are whole, but no recovery key of this blog')
  call.print({ key, rank: rank + 1 }, [`right: recovery key ${rank + 1} of this blog`])
  return 0
}

async function forget(call: Call): Promise<number> {
  const file = await readAuthorFile(call)
  if (!flagValue(call.values, 'yes')) throw new UsageError('give --yes when both sheets are on paper and checked')
  await rewrite(call, file, new Map([...file.keys].filter(([name]) => !name.startsWith('recovery'))))
  call.print({ forgotten: true }, ['the recovery keys are on paper only'])
  return 0
}

async function rotate(call: Call): Promise<number> {
  const ring = await keyRing(call)
  const old = ring.file.keys.get('posting')?.signer.key
  const fresh = keyPair(call.io.random.bytes(32))
  const kept = ring.roles.chain.current.payload.posting.filter((posting) => posting.key !== old)
  const name = textValue(call.values, 'name') ?? 'dgos'
  const ending = endingOf(call, ring, old === undefined ? [] : [old])
  const { declaration } = ending.powers
  const said = declaration === null ? [] : [await seal('declaration', declaration, fresh.signer, sha256)]
  const form = await replacedForm(call, ring, ending, fresh.signer)
  const posting = [...kept, { key: fresh.signer.key, name }]
  const besides = [...said, ...form.objects]
  const root = await signRoot(call, ring, { posting, revoke: ending.revoke }, { posting: fresh.signer, besides })
  await rewrite(call, ring.file, new Map([...ring.file.keys, ['posting', fresh] as const]))
  tellEnded(call, ending, form, true)
  return done(call, root, { posting: fresh.signer.key, ...form.shown }, 'this machine has a new posting key')
}

async function device(call: Call): Promise<number> {
  const member = new MemberClient({ wire: call.io.wire }, { url: required(call.values, 'member') })
  const fresh = keyPair(call.io.random.bytes(32))
  const path = await newFile(call, member, required(call.values, 'blog'), new Map([['posting', fresh] as const]))
  const { key } = fresh.signer
  call.print({ posting: key, keys: path }, [
    `keys ${path}`,
    `Now on a machine that has a recovery key: dgos blog keys add ${key} --name "second device"`,
  ])
  return 0
}

async function add(call: Call, value: string | null): Promise<number> {
  const key = keyOf(value)
  const ring = await keyRing(call)
  const { posting } = ring.roles.chain.current.payload
  const added = { key, name: textValue(call.values, 'name') ?? 'device' }
  const root = await signRoot(call, ring, { posting: [...posting.filter((device) => device.key !== key), added] })
  return done(call, root, { posting: key }, `${added.name} may post`)
}

export async function revoke(call: Call, value: string | null): Promise<number> {
  const key = keyOf(value)
  const ring = await keyRing(call)
  const { posting, online: server, signers } = ring.roles.chain.current.payload
  const left = posting.filter((device) => device.key !== key)
  if (left.length === 0) throw new CommandFailed('that is the last posting key: "dgos blog keys rotate" replaces it')
  const ending = endingOf(call, ring, [key])
  const signer = ending.powers.form ? await recoverySigner(call, ring) : null
  const form = signer === null ? noForm : await replacedForm(call, ring, ending, signer)
  const changes = {
    posting: left,
    signers: signers.filter((signer) => signer !== key),
    ...(server === key ? { online: null } : {}),
    revoke: ending.revoke,
  }
  const root = await signRoot(call, ring, changes, { besides: form.objects })
  tellEnded(call, ending, form, false)
  return done(call, root, { revoked: key, ...form.shown }, `revoked ${key}`)
}

/** The machine is lost: a new key file from paper. What the lost keys signed up to now stays, unless --last-good says less. */
async function restore(call: Call): Promise<number> {
  const member = new MemberClient({ wire: call.io.wire }, { url: required(call.values, 'member') })
  const recovery = recoveryKey(await secretFromInput(call))
  const fresh = keyPair(call.io.random.bytes(32))
  const name: KeyName = 'recovery'
  const keys = new Map([
    [name, recovery],
    ['posting', fresh],
  ] as const)
  const path = await newFile(call, member, required(call.values, 'blog'), keys)
  const file = await readAuthorFile({ ...call, values: { ...call.values, keys: path } })
  const ring = await ringOf(file, member)
  const { posting, recovery: known } = ring.roles.chain.current.payload
  if (!known.includes(recovery.signer.key)) throw new CommandFailed('these words are no recovery key of this blog')
  const revoked = posting.map(({ key }) => key)
  const ending = endingOf(call, ring, revoked)
  const form = await replacedForm(call, ring, ending, fresh.signer)
  const values = { ...call.values, words: false }
  const changes = { posting: [{ key: fresh.signer.key, name: 'restored' }], revoke: ending.revoke }
  const root = await signRoot({ ...call, values }, ring, changes, { besides: form.objects })
  tellEnded(call, ending, form, false)
  return done(call, root, { keys: path, revoked, ...form.shown }, `keys ${path}`)
}

async function online(call: Call): Promise<number> {
  const ring = await keyRing(call)
  const old = ring.roles.chain.current.payload.online
  const fresh = keyPair(call.io.random.bytes(32))
  const revoked = old === undefined ? [] : [{ key: old, lastGood: [] }]
  const root = await signRoot(call, ring, { online: fresh.signer.key, revoke: revoked })
  await rewrite(call, ring.file, new Map([...ring.file.keys, ['online', fresh] as const]))
  return done(
    call,
    root,
    { online: fresh.signer.key },
    'the server of the blog has a new key; put it there from the key file',
  )
}

async function outage(call: Call): Promise<number> {
  const ring = await keyRing(call)
  const { file, roles, member } = ring
  const signer = file.keys.get('posting')?.signer ?? (await recoverySigner(call, ring))
  const time = call.io.clock.nowMs()
  const common = { network: file.network, blog: file.blog, time }
  const old = [...roles.delegations.values()].filter((delegation) => delegation.payload.vault !== undefined)
  const ends: SignedObject[] = []
  for (const { payload } of old) {
    const fields = { ...common, to: payload.to, may: [], until: time, lastGood: goodPosts(call, ring) }
    ends.push(await seal('delegation', fields, signer, sha256))
  }
  const given = await secretFile(call, 'outage-passphrase-file')
  const passphrase = given ?? newPassphrase(call.io.random)
  const fresh = keyPair(call.io.random.bytes(32))
  const fields = { ...common, passphrase, signer }
  await member.handAll([...ends, await newFormKey(fresh, fields, call.io.random)])
  const shown = given === null ? { passphrase } : {}
  call.print({ outage: fresh.signer.key, ended: old.map((delegation) => delegation.payload.to), ...shown }, [
    'a new outage key; the old ones are revoked',
    ...(given === null ? [`its passphrase, shown only now: ${passphrase}`] : []),
  ])
  return 0
}

async function steward(call: Call, value: string | null): Promise<number> {
  const ring = await keyRing(call)
  if (value === null) throw new UsageError('give the url of the member that is to be the steward')
  const key = isHash(value) ? value : await new MemberClient({ wire: call.io.wire }, { url: value }).key()
  const old = ring.roles.chain.current.payload.signers.filter((signer) => signer !== key)
  const bad = flagValue(call.values, 'revoke-old') ? old.map((steward) => ({ key: steward, lastGood: [] })) : []
  const root = await signRoot(call, ring, { signers: [key], revoke: bad })
  return done(call, root, { steward: key }, `${value} is the steward now`)
}

async function trust(call: Call, value: string | null, on: boolean): Promise<number> {
  const ring = await keyRing(call)
  if (value === null) throw new UsageError('give the url of the member')
  const key = isHash(value) ? value : await new MemberClient({ wire: call.io.wire }, { url: value }).key()
  const others = (ring.roles.chain.current.payload.trusted ?? []).filter((other) => other !== key)
  const trusted = on ? [...others, key] : others
  const root = await signRoot(call, ring, { trusted })
  return done(call, root, { trusted }, `${value} may ${on ? '' : 'no longer '}answer under the blog's own name`)
}

async function openpgp(call: Call, value: string | null): Promise<number> {
  if (value === null) throw new UsageError('give the file of your public key: gpg --armor --export <address>')
  const { fingerprint } = await openpgpKeyIn(value)
  return nameOpenpgp(call, fingerprint, true)
}

async function unopenpgp(call: Call, value: string | null): Promise<number> {
  if (value === null) throw new UsageError('give the file of the public key, or its fingerprint')
  const typed = value.toLowerCase().replace(/\s/g, '')
  const isFingerprint = /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(typed)
  return nameOpenpgp(call, isFingerprint ? typed : (await openpgpKeyIn(value)).fingerprint, false)
}

async function nameOpenpgp(call: Call, fingerprint: string, on: boolean): Promise<number> {
  const ring = await keyRing(call)
  const others = (ring.roles.chain.current.payload.openpgp ?? []).filter((other) => other !== fingerprint)
  const all = on ? [...others, fingerprint] : others
  const root = await signRoot(call, ring, { openpgp: all })
  return done(call, root, { openpgp: all }, `mails signed by ${fingerprint} are ${on ? '' : 'no longer '}yours`)
}

type Ending = { readonly powers: EndedPowers; readonly revoke: Payloads['root']['revoked'] }

/** That these posting keys end, and what ends with them. */
function endingOf(call: Call, ring: KeyRing, keys: readonly Key[]): Ending {
  const lastGood = goodPosts(call, ring)
  const { blog, roles } = ring
  const powers = powersEndedWith({ blog, roles, keys, lastGood, nowMs: call.io.clock.nowMs() })
  return { powers, revoke: [...keys.map((key) => ({ key, lastGood })), ...powers.revoke] }
}

type ReplacedForm = { readonly objects: readonly SignedObject[]; readonly shown: { readonly passphrase?: string } }

const noForm: ReplacedForm = { objects: [], shown: {} }

/** A new key and passphrase for the form, where the ones before end. */
async function replacedForm(call: Call, { file }: KeyRing, { powers }: Ending, signer: Signer): Promise<ReplacedForm> {
  if (!powers.form) return noForm
  const { random, clock } = call.io
  const passphrase = newPassphrase(random)
  const fields = { network: file.network, blog: file.blog, time: clock.nowMs(), passphrase, signer }
  return { objects: [await newFormKey(keyPair(random.bytes(32)), fields, random)], shown: { passphrase } }
}

function tellEnded(call: Call, { powers }: Ending, { shown }: ReplacedForm, again: boolean): void {
  const text = endedPowersText(powers, again).trim()
  if (text !== '') call.tell(text)
  if (shown.passphrase !== undefined)
    call.tell(`the form's passphrase has ended too; the new one, shown only now: ${shown.passphrase}`)
}

/** The newest posts that stay good: those named, or all that are known. */
function goodPosts({ values }: Call, { blog }: KeyRing): readonly Hash[] {
  if (flagValue(values, 'none-good')) return []
  const named = listValue(values, 'last-good')
  if (named.some((post) => !isHash(post))) throw new UsageError('--last-good: give the id of a post')
  return named.length > 0 ? named : tips(blog)
}

async function newFile(call: Call, member: MemberClient, blog: Hash, keys: AuthorFile['keys']): Promise<string> {
  const known = (await blogOf(member, blog)).find((object) => object.kind === 'root' && object.id === blog)
  if (known?.kind !== 'root') throw new CommandFailed(`${member.url} does not know the blog`)
  const path = textValue(call.values, 'keys') ?? join(authorFolder(call), `${blog}.json`)
  const { network, title, addresses } = known.payload
  await writeAuthorFile(call, { network, blog, title, addresses: [...addresses], members: [member.url], keys }, path)
  return path
}

function keyOf(value: string | null): Key {
  if (value === null || !isHash(value)) throw new UsageError('give the key: 64 hexadecimal digits')
  return value
}
