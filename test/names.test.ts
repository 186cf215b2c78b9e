/**
 * One name, one thing. Names that needed a key were replaced by what an engineer of the field guesses; this test finds the
 * old ones should they come back. What stands in docs/words.md is the vocabulary: every word of a file name is there.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { sourcesOf } from './support/source-tree.ts'

const rooms = ['protocol', 'lib', 'ledger', 'mirror', 'network', 'activation', 'naming', 'defence', 'server']
const product = sourcesOf([...rooms, 'embed-beacon'])
/** This file, and the one that knows what classes of PHP were called. */
const naming = ['test/names.test.ts', 'test/wordpress/php-architecture.test.ts']
const typeScript = [...product, ...sourcesOf(['test', 'bench'])].filter(({ path }) => !naming.includes(path))
const php = sourcesOf(['plugins'], ['.php'])
const documents = sourcesOf(['docs'], ['.md'])

/** Nowhere in the program: what it is called now. */
const oldNames: Readonly<Record<string, string>> = {
  openDoor: 'autoVouch',
  Holders: 'MirrorFetcher, ReplicaStatus, contactKeepers',
  HolderFeed: 'ReplicaFeed',
  Desk: 'PostTarget, KitEditor',
  memberDesk: 'memberTarget',
  Pen: 'PostWriter',
  Shelf: 'UploadedImages',
  Passes: 'DoorKeys',
  PassStore: 'GatewayStore',
  Sight: 'ProbeHistory',
  Voices: 'KeyRoles',
  voicesOf: 'keyRolesOf',
  TurnedAway: 'RefusalBackoff',
  turnedAway: 'RefusalBackoff',
  Turns: 'KeyedMutex',
  inTurns: 'mapConcurrent',
  Held: 'FutureObjects',
  Reach: 'PeerReachability',
  Alarm: 'OutageParts',
  createAlarm: 'createOutageParts',
  OwnNames: 'CustomDomains',
  ownNames: 'CustomDomains',
  OwnNameFront: 'CustomDomainPath',
  Attest: 'Attestor',
  Keeping: 'BlobKeeper',
  Front: 'FastPath',
  Posting: 'PostParts',
  createPosting: 'createPostParts',
  HolderWatch: 'ReplicaWatch',
  holdersText: 'replicaText',
}

/** Words that mean something else in places, and once named these: no declaration of the product bears one of them. */
const oldDeclarations =
  /\b(?:class|type|interface|function|enum)\s+(accept|tell|lookout|agreed|roll|after|earlier|surroundings|saying|posting|held|reach|turns|voices|keeping|pen|desk|shelf|passes|sight|alarm)\b/g
/** A function of that name is something else: the route that tells whether a member is reached, and a mark on a page. */
const declaredElsewhere = new Set([
  'server/http/routes/network.ts: reach',
  'embed-beacon/ask.ts: reach',
  'mirror/pages/browser/verify.ts: tell',
])

/** Files as they were once called; what holds it now stands in docs/words.md. */
const oldStems = [
  'holder-watch|holder-feed|holders|holders-text|passes|pass-store|member-desk|desk|pen|shelf|sight|voices',
  'turned-away|turns|held|reach|alarm|own-names|own-name-front|attest|keeping|front|posting|saying',
  'tell|tell-part|lookout|agreed|roll|after|earlier|surroundings|words',
].join('|')
const oldFiles = new RegExp(`(^|/)(${oldStems})\\.ts$`)
const oldPaths = /^server\/(http\/)?routes\/(share|ask)\.ts$/
/** The same in a comment or a document: a name that leads nowhere. */
const namesOldFile = new RegExp(`(?<![\\w-])((${oldStems})|routes/(share|ask))\\.ts\\b`)

const oldPhp =
  /\bDGOS_(Posting|Sets|Round|Gate|Own_Head|Sight|Saying|Voices|Keeping|Attest|Holders)\b|class-dgos-(posting|sets|round|gate|own-head|sight|saying|voices|keeping|attest|holders)\.php/g

function none(problems: readonly string[]): void {
  assert.deepEqual(problems, [], `\n${problems.join('\n')}\n`)
}

test('no identifier of TypeScript bears a name that was replaced', () => {
  const problems = typeScript.flatMap(({ path, code }) =>
    Object.entries(oldNames)
      .filter(([name]) => new RegExp(`(?<![\\w$])#?${name}\\b`).test(code))
      .map(([name, now]) => `${path}: ${name} is called ${now}`),
  )
  const declaring = product.filter(({ path }) => !path.startsWith('protocol/vectors/'))
  const declared = declaring.flatMap(({ path, code }) =>
    [...code.matchAll(oldDeclarations)].map(([, name]) => `${path}: ${name}`),
  )
  none([...problems, ...declared.filter((name) => !declaredElsewhere.has(name))])
})

test('no file bears a name that was replaced, and no comment or document sends anybody to one', () => {
  const named = typeScript.map(({ path }) => path).filter((path) => oldFiles.test(path) || oldPaths.test(path))
  const told = [...typeScript, ...documents].flatMap(({ path, text }) =>
    text
      .split('\n')
      .filter((line) => !/^\s*(import|export)\b|\bimport\(/.test(line) && !/^\} from /.test(line))
      .flatMap((line) => namesOldFile.exec(line)?.[0] ?? [])
      .map((name) => `${path} names ${name}`),
  )
  none([...named, ...told])
})

test('PHP calls its parts as TypeScript does', () => {
  const found = php.flatMap(({ path, text }) => [...text.matchAll(oldPhp)].map(([name]) => `${path}: ${name}`))
  none([...new Set(found)])
})

test('no comment says nothing: one word explains no export', () => {
  const oneWord = /\/\*\*\s+([^\s"`*]+)\s+\*\//g
  none(typeScript.flatMap(({ path, text }) => [...text.matchAll(oneWord)].map(([comment]) => `${path}: ${comment}`)))
})

test('every word used in a file name of the product is in docs/words.md', () => {
  const vocabulary = readFileSync(join(import.meta.dirname, '../docs/words.md'), 'utf8')
  const known = new Set([...vocabulary.matchAll(/^- ([^:]+):/gm)].flatMap(([, names]) => names!.split(/, | /)))
  const unknown = new Map<string, string>()
  for (const { path } of product.filter(({ path }) => path.endsWith('.ts') && !path.startsWith('protocol/vectors/')))
    for (const word of path.replace(/(\.d)?\.ts$/, '').split(/[/-]/)) if (!known.has(word)) unknown.set(word, path)
  none([...unknown].map(([word, path]) => `${word} (${path})`))
})

test('the rules find what they forbid', () => {
  assert.ok(oldFiles.test('mirror/held.ts') && oldFiles.test('held.ts') && !oldFiles.test('ledger/future-objects.ts'))
  assert.ok(oldPaths.test('server/http/routes/ask.ts') && !oldPaths.test('server/http/routes/tls-ask.ts'))
  assert.match('see lookout.ts.', namesOldFile)
  assert.doesNotMatch('see recovery-words.ts, routes/before.ts and tls-ask.ts', namesOldFile)
  assert.deepEqual('DGOS_Gate::x DGOS_Gateway class-dgos-voices.php'.match(oldPhp), [
    'DGOS_Gate',
    'class-dgos-voices.php',
  ])
  assert.deepEqual(
    [...'class Held function heldOf type reach'.matchAll(oldDeclarations)].map(([, name]) => name),
    ['reach'],
  )
})
