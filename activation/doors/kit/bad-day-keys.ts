/** Steps that end keys. What else ends with them is replaced in the same step, or said by name. */
import { sha256 } from '@noble/hashes/sha2.js'
import { ok, type Result, refuse } from '../../../protocol/codes.ts'
import { seal } from '../../../protocol/envelope.ts'
import type { Hash, Key, SignedObject } from '../../../protocol/objects.ts'
import type { Signer } from '../../../protocol/platform.ts'
import { endedPowersText, newFormKey, powersEndedWith } from '../ended-powers.ts'
import { keyPair } from '../enrol.ts'
import { signNextRoot } from '../successor.ts'
import { formPartOf, newKitPhrase, newPassphrase } from '../wordlist.ts'
import {
  type Answers,
  type Done,
  delegationsOf,
  goodPosts,
  keysFor,
  nextRoot,
  rootOf,
  type Situation,
  short,
} from './bad-day-step.ts'
import { kitRandom } from './kit-random.ts'

export async function newKey(at: Situation, answers: Answers): Promise<Result<Done>> {
  const pair = keyPair(kitRandom.bytes(32))
  const { posting } = rootOf(at)
  const ends = answers.value('ends')
  const ended = posting.filter((entry) => ends === 'all' || (ends === 'own' && entry.key === at.own))
  const name = posting.find((entry) => entry.key === at.own)?.name ?? 'kit'
  const left = posting.filter((entry) => !ended.includes(entry))
  const entry = { key: pair.signer.key, name: ends === 'none' ? 'second kit' : name }
  const lastGood = goodPosts(at, answers)
  const keys = ended.map(({ key }) => key)
  const powers = powersEndedWith({ ...at, keys, lastGood })
  const revoke = [...keys.map((key) => ({ key, lastGood })), ...powers.revoke]
  const changes = { posting: [...left, entry], revoke }
  const signed = await signNextRoot(at.blog, changes, keysFor(answers, pair.signer), at.nowMs, sha256)
  if (!signed.ok) return signed
  const again = answers.value('again') === 'yes'
  const said =
    again && powers.declaration !== null ? [await seal('declaration', powers.declaration, pair.signer, sha256)] : []
  const passphrase = newKitPhrase(kitRandom)
  const form = powers.form ? await newForm(at, pair.signer, formPartOf(passphrase)) : null
  const text = ended.length === 0 ? 'One more device may post.' : `${ended.length} of your posting keys ended.`
  return ok({
    objects: [...signed.value.objects, ...said, ...(form === null ? [] : [form.delegation])],
    text: text + endedPowersText(powers, again),
    fresh: { pair, passphrase },
    ...(form === null ? {} : { formPassphrase: form.passphrase }),
  })
}

export async function endKey(at: Situation, answers: Answers): Promise<Result<Done>> {
  const key = answers.value('ended')
  const { posting, signers, online } = rootOf(at)
  const lastGood = goodPosts(at, answers)
  if (at.roles.delegations.has(key)) return endDelegated(at, answers, key, lastGood)
  if (posting.length === 1 && posting[0]!.key === key)
    return refuse('NOT_ALLOWED', 'that is your only posting key: take "a new key" instead, which ends it')
  const powers = powersEndedWith({ ...at, keys: [key], lastGood })
  const changes = {
    posting: posting.filter((entry) => entry.key !== key),
    signers: signers.filter((signer) => signer !== key),
    ...(online === key ? { online: null } : {}),
    revoke: [{ key, lastGood }, ...powers.revoke],
  }
  const text = `The key ${short(key)} has ended.${endedPowersText(powers, false)}`
  const done = await nextRoot(at, answers, changes, text)
  if (!done.ok || !powers.form) return done
  const { delegation, passphrase } = await newForm(at, answers.recovery!)
  return ok({ ...done.value, objects: [...done.value.objects, delegation], formPassphrase: passphrase })
}

async function endDelegated(
  at: Situation,
  answers: Answers,
  key: Key,
  lastGood: readonly Hash[],
): Promise<Result<Done>> {
  const signer = answers.posting ?? answers.recovery
  if (signer === null) return refuse('NOT_ALLOWED', 'type the passphrase of this kit, or your recovery words')
  const isForm = at.roles.delegations.get(key)!.payload.vault !== undefined
  const more = isForm ? ' The form on any member has no key now: the step for its passphrase makes a new one.' : ''
  return ok({ objects: [await endOf(at, key, lastGood, signer)], text: `The key ${short(key)} has ended.${more}` })
}

export async function newOutageKey(at: Situation, answers: Answers): Promise<Result<Done>> {
  const signer = answers.posting
  if (signer === null) return refuse('NOT_ALLOWED', 'type the passphrase of this kit first')
  const lastGood = goodPosts(at, answers)
  const old = delegationsOf(at).filter((delegation) => delegation.payload.vault !== undefined)
  const ends = await Promise.all(old.map((entry) => endOf(at, entry.payload.to, lastGood, signer)))
  const { delegation, passphrase } = await newForm(at, signer)
  return ok({ objects: [...ends, delegation], text: 'The form has a new passphrase.', formPassphrase: passphrase })
}

type NewForm = { readonly delegation: SignedObject<'delegation'>; readonly passphrase: string }

async function newForm(at: Situation, signer: Signer, passphrase = newPassphrase(kitRandom)): Promise<NewForm> {
  const fields = { network: rootOf(at).network, blog: at.blog.blog, time: at.nowMs, passphrase, signer }
  return { delegation: await newFormKey(keyPair(kitRandom.bytes(32)), fields, kitRandom), passphrase }
}

function endOf(at: Situation, to: Key, lastGood: readonly Hash[], signer: Signer): Promise<SignedObject> {
  const { network } = rootOf(at)
  const fields = { network, blog: at.blog.blog, time: at.nowMs, to, may: [], until: at.nowMs, lastGood }
  return seal('delegation', fields, signer, sha256)
}
