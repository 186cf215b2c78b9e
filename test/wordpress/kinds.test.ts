/** What is known of a kind stands in its row of kinds.json: PHP reads there what TypeScript reads. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  blogKindNames,
  changes,
  evidenceOf,
  isFoundation,
  isKept,
  isPrivate,
  keptOf,
  kindNames,
  urgencyOf,
} from '../../protocol/kinds.ts'
import { hasPhp, php, plugin } from './php.ts'

const skip = hasPhp() ? false : 'php is not installed'

async function answerOf(code: string): Promise<unknown> {
  const { status, text } = await php(['-r', `require '${plugin}includes/protocol.php'; echo json_encode( ${code} );`])
  assert.equal(status, 0, text)
  return JSON.parse(text)
}

test('PHP and TypeScript know the same of every kind, in the same order', { skip }, async () => {
  const rows = `array_map( static fn ( $kind ) => array(
    'kind' => $kind, 'place' => DGOS_Kinds::place( $kind ), 'urgency' => DGOS_Kinds::urgency_of( $kind ),
    'foundation' => DGOS_Kinds::is_foundation( $kind ), 'evidence' => DGOS_Kinds::evidence_of( $kind ),
    'changes' => array_values( array_filter( array( 'state', 'mirrors', 'return' ), static fn ( $what ) => DGOS_Kinds::changes( $kind, $what ) ) ),
    'kept' => DGOS_Kinds::is_kept( $kind ), 'private' => DGOS_Kinds::is_private( $kind ),
    'ofBlog' => DGOS_Kinds::kept_of( $kind, 'blog' )->signer->objects ?? null,
    'ofNetwork' => DGOS_Kinds::kept_of( $kind, 'network' )->signer->objects ?? null,
  ), DGOS_Kinds::names() )`
  const wanted = kindNames.map((kind, place) => ({
    kind,
    place,
    urgency: urgencyOf(kind),
    foundation: isFoundation(kind),
    evidence: evidenceOf(kind),
    changes: (['state', 'mirrors', 'return'] as const).filter((what) => changes(kind, what)),
    kept: isKept(kind),
    private: isPrivate(kind),
    ofBlog: keptOf(kind, 'blog')?.signer?.objects ?? null,
    ofNetwork: keptOf(kind, 'network')?.signer?.objects ?? null,
  }))
  assert.deepEqual(await answerOf(rows), wanted)
})

test('the objects of a blog have a list for each kind that is kept of it, and for no other', { skip }, async () => {
  assert.deepEqual(await answerOf('DGOS_Kinds::blog_names()'), blogKindNames)
  const lists = `array_map( static fn ( $property ) => $property->name, ( new ReflectionClass( 'DGOS_Blog_Objects' ) )->getProperties( ReflectionProperty::IS_PUBLIC ) )`
  assert.deepEqual(((await answerOf(lists)) as string[]).sort(), ['blog', ...blogKindNames].sort())
})

test('a kind that nobody knows comes last', { skip }, async () => {
  assert.equal(await answerOf(`DGOS_Kinds::place( 'rumour' )`), kindNames.length)
})
