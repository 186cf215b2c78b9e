/** Writes the vector files: `npm run vectors`. A test fails where this would change them. */
import { writeFile } from 'node:fs/promises'
import { sha256 } from '@noble/hashes/sha2.js'
import { signerFromSeed } from '../signature.ts'
import { vectorTexts } from './cases/index.ts'

let count = 0
for (const [name, text] of await vectorTexts({ sha256, signerOf: signerFromSeed })) {
  await writeFile(new URL(name, import.meta.url), text)
  const { cases } = JSON.parse(text) as { cases: unknown[] }
  count += cases.length
  console.log(`${name}: ${cases.length} cases, ${text.length} bytes`)
}
console.log(`${count} cases`)
