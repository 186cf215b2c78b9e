/** The hostile documents of `npm run inert` are hostile: what is not rebuilt is found to be so, and each batch is another. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { documentsPerBatch, hostileDocuments } from '../../bench/inert/documents.ts'
import { inertPage } from '../../mirror/pages/inert.ts'
import { html } from '../../mirror/pages/markup.ts'
import { problemIn } from '../mirror/inert-problems.ts'

test('three of four documents would do something if nobody rebuilt them, and none does afterwards', () => {
  const documents = hostileDocuments(0)
  assert.equal(documents.length, documentsPerBatch)
  const acting = documents.filter((text) => problemIn(text, true) !== null)
  assert.ok(acting.length > 0.75 * documents.length, `only ${acting.length}`)
  const links = { file: () => null, sheet: () => null, page: () => null, drawing: () => null }
  const place = { url: 'https://ana.example/', canonical: 'https://ana.example/', bar: html`` }
  for (const text of documents.slice(0, 100)) assert.equal(problemIn(inertPage(text, links, place), true), null, text)
})

test('a batch is the same every time, and no other', () => {
  assert.deepEqual(hostileDocuments(3), hostileDocuments(3))
  assert.notDeepEqual(hostileDocuments(3), hostileDocuments(4))
})
