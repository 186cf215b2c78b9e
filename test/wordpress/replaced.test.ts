/** PHP forgets of a blog's words what TypeScript forgets: talk that newer words replaced, and verdicts that were renewed. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fadedWords } from '../../ledger/replaced.ts'
import { SmallNetwork, startMs } from '../support/small-network.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { hasPhp, php, plugin } from './php.ts'

const minuteMs = 60_000

test('PHP forgets the same renewed verdicts, at every hour of an outage', {
  skip: hasPhp() ? false : 'php is not installed',
}, async (t) => {
  let nowMs = startMs
  const net = await SmallNetwork.found(12, undefined, undefined, { nowMs: () => nowMs })
  const blog = await net.blog()
  for (let i = 0; i < 10; i++) {
    nowMs = startMs + i * 15 * minuteMs
    await blog.declare([await blog.observe('m1')])
  }
  await blog.say('down', startMs, 3_600_000)
  const moments = [20, 60, 75, 160, 200, 500].map((minutes) => startMs + minutes * minuteMs)
  const expected = moments.map((momentMs) => [...fadedWords(blog.objects(), net.objects, momentMs)].sort())
  assert.deepEqual(
    expected.map((ids) => ids.length > 0),
    [false, false, true, true, true, true],
    'none while all of them count, most when they ran out',
  )
  const path = join(await temporaryFolder(t, 'replaced'), 'words.json')
  const envelopes = blog.kept.map((object) => object.envelope)
  await writeFile(path, JSON.stringify({ blog: blog.id, envelopes, moments }))
  const code = `require '${plugin}includes/protocol.php'; require '${plugin}includes/ledger/class-dgos-replaced.php';
$given = json_decode( file_get_contents( '${path}' ) );
$blog = new DGOS_Blog_Objects( $given->blog, array_map( array( 'DGOS_Envelope', 'open' ), $given->envelopes ) );
foreach ( $given->moments as $now ) { $ids = DGOS_Replaced::faded( $blog, array(), $now ); sort( $ids ); $all[] = $ids; }
echo json_encode( $all );`
  const { text } = await php(['-r', code])
  assert.deepEqual(JSON.parse(text), expected)
})
