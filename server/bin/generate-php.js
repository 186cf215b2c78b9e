// `npm run build:wordpress:generated`: writes what the PHP plugin says again of the TypeScript side. Committed as it is.
import './require-node.js'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const { generatedFiles } = await import('../../plugins/wordpress/generated.ts')
const files = generatedFiles((path) => readFileSync(join(root, path), 'utf8'))

for (const [path, text] of files) writeFileSync(join(root, path), text)
console.log(`${files.size} files written into plugins/wordpress`)
