import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { documents, root, textOf } from './documents.ts'
import { oneSentenceALine, sentencesOf } from './support/sentences.ts'
import { sourcesOf } from './support/source-tree.ts'

const rooms = ['protocol', 'lib', 'ledger', 'mirror', 'network', 'activation', 'naming', 'server', 'embed-beacon']

test('documents have one sentence a line', () => {
  const others = documents.filter((document) => textOf(document) !== oneSentenceALine(textOf(document)))
  assert.deepEqual(others, [], '`npm run format` writes them so')
})

test('files that CONTRIBUTING sends a change to are there', () => {
  const [, table] = /## Where a change goes\n([\s\S]*?)\n## /.exec(textOf('CONTRIBUTING.md'))!
  const rows = table!.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| change | files'))
  assert.equal(rows.length, 12)
  const paths = rows.flatMap((row) => [...row.matchAll(/`([\w.-]+\/[\w./-]*)`/g)].map(([, path]) => path!))
  assert.ok(paths.length >= 20)
  assert.deepEqual(
    paths.filter((path) => !existsSync(join(root, path))),
    [],
  )
  const bare = rows.flatMap((row) => [...row.matchAll(/`([\w-]+\.(?:ts|php|json))`/g)].map(([, name]) => name!))
  const names = new Set([...sourcesOf(rooms), ...sourcesOf(['plugins'], ['.php'])].map(({ path }) => basename(path)))
  assert.ok(bare.length >= 5)
  assert.deepEqual(
    bare.filter((name) => !names.has(name)),
    [],
  )
})

test('the vocabulary is linked from where people begin', () => {
  for (const document of ['README.md', 'CONTRIBUTING.md', 'docs/architecture.md'])
    assert.match(textOf(document), /\]\((docs\/)?words\.md\)/, document)
})

test('a line ends where a sentence does, and nowhere else', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['One. Two `a. B` three? Yes.', ['One.', 'Two `a. B` three?', 'Yes.']],
    ['See [here. There](x.md) and (here. There). End.', ['See [here. There](x.md) and (here. There).', 'End.']],
    ['**Copies.** A blog lies there. It stays.', ['**Copies.** A blog lies there.', 'It stays.']],
    ['By hosts, e.g. Blogger, in 3.5 s. Then', ['By hosts, e.g. Blogger, in 3.5 s.', 'Then']],
    ['By section 3. 4. One', ['By section 3. 4.', 'One']],
  ]
  for (const [text, sentences] of cases) assert.deepEqual(sentencesOf(text), sentences)
})

test('words stay, code and tables stay, and a second time changes nothing', () => {
  const before =
    '# A. B\n\nOne\ntwo. Three.\n\n- four. Five\n  six.\n\n    code. Code\n\n```\na. B\n```\n\n| a. B | c. D |\n'
  const after =
    '# A. B\n\nOne two.\nThree.\n\n- four.\n  Five six.\n\n    code. Code\n\n```\na. B\n```\n\n| a. B | c. D |\n'
  assert.equal(oneSentenceALine(before), after)
  assert.equal(oneSentenceALine(after), after)
})
