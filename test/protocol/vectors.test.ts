import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { nodePlatform, nodeSigner } from '../../lib/platform.ts'
import { verifyPortable } from '../../protocol/signature.ts'
import { vectorTexts } from '../../protocol/vectors/cases/index.ts'
import { checkCase, type VectorFile } from '../../protocol/vectors/check.ts'

const folder = new URL('../../protocol/vectors/', import.meta.url)

async function committed(): Promise<Map<string, string>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(new URL(name, folder), 'utf8')] as const)),
  )
}

test('every case of every vector file holds here', async (t) => {
  let [cases, agree] = [0, 0]
  for (const [name, text] of await committed()) {
    const file = JSON.parse(text) as VectorFile
    for (const vectorCase of file.cases) {
      const { agrees, found } = await checkCase(file, vectorCase, nodePlatform)
      cases++
      if (agrees) agree++
      else t.diagnostic(`${name}, ${vectorCase.name}: found ${JSON.stringify(found)}`)
    }
  }
  t.diagnostic(`${cases} cases, Node ${agree} agree`)
  assert.ok(cases >= 300, 'at least three hundred cases')
  assert.equal(agree, cases)
})

test('the portable verifier agrees on every signature', async () => {
  const platform = { ...nodePlatform, verify: verifyPortable }
  for (const name of ['ed25519.json', 'envelope.json', 'outages.json']) {
    const file = JSON.parse((await committed()).get(name)!) as VectorFile
    for (const vectorCase of file.cases)
      assert.ok((await checkCase(file, vectorCase, platform)).agrees, `${name}, ${vectorCase.name}`)
  }
})

test('the vectors are what the generator writes: npm run vectors', async () => {
  const files = await committed()
  const made = await vectorTexts({ sha256: nodePlatform.sha256, signerOf: nodeSigner })
  assert.deepEqual([...files.keys()], [...made.keys()].sort())
  for (const [name, text] of made) assert.ok(files.get(name) === text, `${name} has drifted`)
})

test('a wrong expectation is noticed', async () => {
  for (const [name, text] of await committed()) {
    const file = JSON.parse(text) as VectorFile
    const first = { ...file.cases[0]!, expected: { nothing: 'of the kind' } }
    assert.equal((await checkCase(file, first, nodePlatform)).agrees, false, name)
  }
})

test('every case says why, under a name of its own', async () => {
  for (const [name, text] of await committed()) {
    const { cases } = JSON.parse(text) as VectorFile
    assert.equal(new Set(cases.map((vectorCase) => vectorCase.name)).size, cases.length, name)
    for (const vectorCase of cases) assert.ok(vectorCase.why.length > 2, `${name}, ${vectorCase.name}`)
  }
})
