/**
 * What an author can do on a bad day, and on a careful one: each step says what it asks, and makes of the answers what is
 * to be signed. Nothing is sent from here. The same steps as `dgos blog keys`; docs/keys.md tells when to take which.
 */

import { sha256 } from '@noble/hashes/sha2.js'
import { isHash } from '../../../protocol/bytes.ts'
import { ok, type Result, refuse } from '../../../protocol/codes.ts'
import { seal } from '../../../protocol/envelope.ts'
import { currentHead } from '../../../protocol/heads.ts'
import { authorUntilMsMax } from '../../../protocol/limits.ts'
import { shownPosts } from '../../../protocol/posts.ts'
import { endKey, newKey, newOutageKey } from './bad-day-keys.ts'
import {
  type Answers,
  type Choice,
  type Done,
  delegationsOf,
  type Field,
  nextRoot,
  rootOf,
  type Situation,
  type Step,
  short,
} from './bad-day-step.ts'

const addressGrammar = /^https?:\/\/[^\s/"'<>?#]+\/(?:[^\s"'<>?#]+\/)?$/

export const steps: Readonly<Record<string, Step>> = {
  key: {
    title: 'This kit is lost, stolen or its passphrase forgotten: a new key',
    help: 'You get a new kit with a new key and a new passphrase. Take it also now and then, with no harm done.',
    needs: 'recovery',
    fields: (at) => [
      {
        id: 'ends',
        label: 'Which keys end',
        choices: [
          ['own', 'the key of this kit'],
          ['all', 'every posting key: all devices are lost'],
          ['none', 'none: this is to be one more device'],
        ],
      },
      goodField(at),
      { id: 'again', label: 'My blog is still down: say so with the new key', check: true },
    ],
    run: newKey,
  },
  device: {
    title: 'Let another device post',
    help: 'For a device that has made a key of its own, with "dgos blog keys device".',
    needs: 'recovery',
    fields: () => [
      { id: 'device-key', label: 'Its public key' },
      { id: 'device-name', label: 'What you call it' },
    ],
    run: addDevice,
  },
  end: {
    title: 'A key is stolen, or a device, an app or a mail door is to end',
    help: 'The key ends for good. Look at your posts first: those after the last good one vanish at every mirror.',
    needs: 'either',
    fields: (at) => [{ id: 'ended', label: 'Which key', choices: keysOf(at) }, goodField(at)],
    run: endKey,
  },
  outage: {
    title: 'The passphrase of the form is lost or stolen',
    help: 'The form on every member gets a new key and a new passphrase; the old ones end.',
    needs: 'posting',
    fields: (at) => [goodField(at)],
    run: newOutageKey,
  },
  host: {
    title: 'My host was broken into, or seized',
    help: 'Readers are led away at once, and what the host has signed since then is set aside. Take "A new key for the blog\'s server" when you have a clean host, then say below that the blog is back.',
    needs: 'posting',
    fields: () => [
      { id: 'since', label: 'Since when, on your clock', type: 'datetime-local' },
      {
        id: 'show-copy',
        label: 'The copy that mirrors are to show: its id, or nothing for the newest one before that time',
      },
    ],
    run: distrust,
  },
  online: {
    title: "A new key for the blog's server",
    help: 'The new server shows you its public key. With none, the server loses its key and signs nothing any more.',
    needs: 'recovery',
    fields: () => [{ id: 'online-key', label: "The new server's public key, or nothing" }],
    run: newOnlineKey,
  },
  steward: {
    title: 'Another member is to capture my blog',
    help: 'For a steward gone bad, or to part as friends.',
    needs: 'recovery',
    fields: () => [
      { id: 'steward-url', label: 'Address of the new member', type: 'url' },
      { id: 'steward-bad', label: 'The one before is not to be trusted: its key ends', check: true },
    ],
    run: newSteward,
  },
  move: {
    title: 'My blog has moved to a new address',
    help: 'Put the tag into the front page there. Old addresses lead to the new one.',
    needs: 'recovery',
    fields: () => [{ id: 'new-address', label: 'The new address', type: 'url' }],
    run: move,
  },
  drop: {
    title: 'A stranger has my old domain',
    help: 'Move first; then the old address is no longer yours in the eyes of the network.',
    needs: 'recovery',
    fields: (at) => [
      {
        id: 'old-address',
        label: 'The address to give up',
        choices: rootOf(at).addresses.map((address) => [address, address]),
      },
    ],
    run: drop,
  },
  close: {
    title: 'Leave the network for good',
    help: 'Mirrors delete the copy and the posts. This cannot be taken back.',
    needs: 'recovery',
    fields: () => [{ id: 'leave', label: 'Type "leave"' }],
    run: leave,
  },
  sheet: {
    title: 'Is my sheet of recovery words right?',
    help: 'Nothing is signed or sent.',
    needs: 'recovery',
    fields: () => [],
    run: checkSheet,
  },
}

async function addDevice(at: Situation, answers: Answers): Promise<Result<Done>> {
  const key = answers.value('device-key')
  if (!isHash(key)) return refuse('BAD_FIELDS', 'a public key is 64 digits and letters a to f')
  const name = answers.value('device-name') || 'device'
  const posting = [...rootOf(at).posting.filter((posting) => posting.key !== key), { key, name }]
  return nextRoot(at, answers, { posting }, `"${name}" may post.`)
}

async function distrust(at: Situation, answers: Answers): Promise<Result<Done>> {
  if (answers.posting === null) return refuse('NOT_ALLOWED', 'type the passphrase of this kit first')
  const distrustSince = Date.parse(answers.value('since'))
  if (!Number.isFinite(distrustSince)) return refuse('BAD_FIELDS', 'say since when the host is not yours')
  if (distrustSince > at.nowMs) return refuse('BAD_FIELDS', 'that time has not come yet')
  const asked = answers.value('show-copy')
  if (asked !== '' && !isHash(asked)) return refuse('BAD_FIELDS', 'the id of a copy is 64 digits and letters a to f')
  const before = currentHead(at.blog, distrustSince)?.payload
  const show = asked !== '' ? asked : before !== undefined && before.time < distrustSince ? before.snapshot : undefined
  const fields = {
    network: rootOf(at).network,
    blog: at.blog.blog,
    time: at.nowMs,
    state: 'down' as const,
    by: 'author' as const,
    until: at.nowMs + authorUntilMsMax,
    distrustSince,
    ...(show === undefined ? {} : { show }),
  }
  const declaration = await seal('declaration', fields, answers.posting, sha256)
  return ok({
    objects: [declaration],
    text: 'Said for seven days: your blog is down, and its host is not to be believed.',
  })
}

async function newOnlineKey(at: Situation, answers: Answers): Promise<Result<Done>> {
  const key = answers.value('online-key')
  if (key !== '' && !isHash(key)) return refuse('BAD_FIELDS', 'a public key is 64 digits and letters a to f')
  const { online } = rootOf(at)
  const revoke = online === undefined || online === key ? [] : [{ key: online, lastGood: [] }]
  const text = key === '' ? "The blog's server has no key any more." : "The blog's server has its new key."
  return nextRoot(at, answers, { online: key === '' ? null : key, revoke }, text)
}

async function newSteward(at: Situation, answers: Answers): Promise<Result<Done>> {
  const url = slashed(answers.value('steward-url'))
  const key = await answers.member(url)
  if (key === null) return refuse('UNKNOWN_BLOG', `${url} does not answer as a member`)
  const old = rootOf(at).signers.filter((signer) => signer !== key)
  const revoke = answers.value('steward-bad') === 'yes' ? old.map((steward) => ({ key: steward, lastGood: [] })) : []
  return nextRoot(at, answers, { signers: [key], revoke }, `${url} captures your blog from now on.`)
}

async function move(at: Situation, answers: Answers): Promise<Result<Done>> {
  const address = slashed(answers.value('new-address'))
  if (!addressGrammar.test(address)) return refuse('BAD_FIELDS', 'give an address like https://example.org/')
  const addresses = [address, ...rootOf(at).addresses.filter((other) => other !== address)].slice(0, 8)
  const text = `Now put the tag into the front page there: <meta name="dgos" content="${at.blog.blog}">`
  const done = await nextRoot(at, answers, { addresses }, text)
  return done.ok ? ok({ ...done.value, addresses }) : done
}

async function drop(at: Situation, answers: Answers): Promise<Result<Done>> {
  const address = answers.value('old-address')
  const addresses = rootOf(at).addresses.filter((other) => other !== address)
  if (addresses.length === 0) return refuse('NOT_ALLOWED', 'that is your only address: move first')
  const done = await nextRoot(at, answers, { addresses }, `${address} is no address of your blog any more.`)
  return done.ok ? ok({ ...done.value, addresses }) : done
}

async function leave(at: Situation, answers: Answers): Promise<Result<Done>> {
  if (answers.value('leave') !== 'leave') return refuse('BAD_FIELDS', 'type "leave" if you mean it')
  return nextRoot(at, answers, { closed: true }, 'Your blog has left the network.')
}

async function checkSheet(at: Situation, { recovery }: Answers): Promise<Result<Done>> {
  const rank = rootOf(at).recovery.indexOf(recovery?.key ?? '')
  if (rank < 0) return refuse('NOT_ALLOWED', 'the words are whole, but no recovery key of this blog')
  return ok({ objects: [], text: `Right: this is sheet ${rank + 1} of this blog.` })
}

/** Posts of the ended key that stay: the newest good ones; what they follow stays with them. */
function goodField({ blog, nowMs }: Situation): Field {
  const posts = shownPosts(blog, nowMs).map(
    ({ current }): Choice => [current.id, `up to "${current.payload.title || 'Untitled'}"`],
  )
  return {
    id: 'good',
    label: 'Posts of that key that stay',
    choices: [['all', 'all that are known now'], ...posts, ['none', 'none']],
  }
}

function keysOf(at: Situation): readonly Choice[] {
  const { posting, signers, online } = rootOf(at)
  return [
    ...posting.map(
      (device): Choice => [device.key, `posting: ${device.name}${device.key === at.own ? ' (this kit)' : ''}`],
    ),
    ...(online === undefined ? [] : [[online, "the blog's server"] as const]),
    ...signers.map((signer): Choice => [signer, `steward ${short(signer)}`]),
    ...delegationsOf(at).map(
      ({ payload }): Choice => [payload.to, `${payload.name ?? 'delegated'} ${short(payload.to)}`],
    ),
  ]
}

function slashed(text: string): string {
  return `${/^https?:\/\//.test(text) ? text : `https://${text}`}`.replace(/\/?$/, '/')
}
