/** What people read in this repository, and `npm run format` for it: one sentence a line. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { oneSentenceALine } from './support/sentences.ts'

export const root = join(import.meta.dirname, '..')
export const documents: readonly string[] = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'plugins/wordpress/DEVELOPING.md'],
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

export const textOf = (document: string) => readFileSync(join(root, document), 'utf8')

if (process.argv[1] === import.meta.filename)
  for (const document of documents) writeFileSync(join(root, document), oneSentenceALine(textOf(document)))
