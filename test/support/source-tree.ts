import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

export type Source = {
  /** From the root of the repository, with forward slashes. */
  readonly path: string
  readonly text: string
  /** The text without comments and without what stands in quotes: for finding words of the program itself. */
  readonly code: string
  readonly imports: readonly Import[]
}
export type Import = {
  /** A path of this repository, a `node:` module, or a package's name without what is inside it. */
  readonly target: string
  readonly isTypeOnly: boolean
}

const root = join(import.meta.dirname, '../..')

/** Every file of our own under `folders` that ends in one of `endings`, read once. */
export function sourcesOf(folders: readonly string[], endings: readonly string[] = ['.ts', '.js']): Source[] {
  const there = folders.filter((folder) => existsSync(join(root, folder)))
  return there.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => endings.some((ending) => name.endsWith(ending)) && !/(^|\/)(node_modules|dist)\//.test(name))
      .sort()
      .map((name) => read(`${folder}/${name}`)),
  )
}

function read(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8')
  return { path, text, code: withoutQuotes(text), imports: importsOf(path, text) }
}

const statement = /^\s*(?:import|export)\s+(type\s)?(?:([^'";]*?)\sfrom\s+)?['"]([^'"]+)['"]/gm
const dynamic = /\bimport\(\s*['"]([^'"]+)['"]/g

function importsOf(path: string, text: string): Import[] {
  const found: Import[] = []
  for (const [, type, names, target] of text.matchAll(statement)) {
    found.push({ target: resolved(path, target!), isTypeOnly: type !== undefined || onlyTypes(names ?? '') })
  }
  for (const [, target] of text.matchAll(dynamic)) found.push({ target: resolved(path, target!), isTypeOnly: false })
  return found
}

/** `{ type A, type B }` brings nothing at run time. */
function onlyTypes(names: string): boolean {
  const inner = /^\s*\{([\s\S]*)\}\s*$/.exec(names)?.[1]
  if (inner === undefined) return false
  return inner.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type '))
}

function resolved(path: string, target: string): string {
  if (target.startsWith('.')) return normalize(join(dirname(path), target))
  if (target.startsWith('node:')) return target
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/')
}

/** Comments, strings and plain template text, in this order of appearance; `${…}` parts of templates stay out too. */
function withoutQuotes(text: string): string {
  const quoted = /\/\*[\s\S]*?\*\/|(?<![:\\])\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g
  return text.replace(quoted, (found) => (found.startsWith('/') ? '' : "''"))
}
