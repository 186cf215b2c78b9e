/**
 * Asks recheck (makenowjust-labs) whether a pattern can take more than linear time. A proof takes up to a minute, so those
 * given are kept by the hash of the pattern: only new patterns are asked about. `node test/support/linear-patterns.ts`
 * asks about all of them again and writes the record anew.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { check } from 'recheck'
import { phpPatterns, scriptPatterns } from './patterns.ts'

export type Judged = { readonly linear: boolean; readonly why: string }

const recordFile = join(import.meta.dirname, 'linear-patterns.json')
const firstMs = 5_000
const secondMs = 60_000

/**
 * The checker's own choice of method first. Its fuzzer errs towards alarm, and its automaton is slow: what the one calls
 * vulnerable or cannot decide is put to the other, which proves what it says.
 */
export async function isLinear(source: string, flags: string): Promise<Judged> {
  const anchored = flags.includes('y') ? `^(?:${source})` : source
  const folded = flags.includes('i') ? lowered(anchored) : anchored
  // One case fewer to tell apart: a text in lower case takes the pattern in lower case as long as any text the pattern.
  const plain = [...flags].filter((flag) => 'msu'.includes(flag)).join('')
  const first = await check(folded, plain, { timeout: firstMs })
  if (first.status === 'safe') return { linear: true, why: '' }
  if (first.status === 'vulnerable' && first.checker === 'automaton') return { linear: false, why: wordsOf(first) }
  const second = await check(folded, plain, { timeout: secondMs, checker: 'automaton' })
  return { linear: second.status === 'safe', why: `${wordsOf(first)}; ${wordsOf(second)}` }
}

type Diagnostics = Awaited<ReturnType<typeof check>>

function wordsOf(found: Diagnostics): string {
  if (found.status === 'vulnerable') return `${found.complexity.summary}, by ${found.attack.pattern.slice(0, 120)}`
  return found.status === 'unknown' ? `not decided: ${found.error.kind}` : 'safe'
}

function lowered(source: string): string {
  return source.replace(/\\.|[A-Z]/gs, (part) => (part.startsWith('\\') ? part : part.toLowerCase()))
}

export function isProven(source: string, flags: string): boolean {
  return proven.has(nameOf(source, flags))
}

const proven: ReadonlySet<string> = new Set(
  existsSync(recordFile) ? (JSON.parse(readFileSync(recordFile, 'utf8')) as string[]) : [],
)

function nameOf(source: string, flags: string): string {
  return createHash('sha256').update(`${source}/${flags}`).digest('hex').slice(0, 24)
}

/** Every pattern afresh. Those that are not linear are printed, and stay out of the record. */
async function record(): Promise<void> {
  const names = new Set<string>()
  for (const { place, source, flags } of [...scriptPatterns(), ...phpPatterns()]) {
    if (source === null || names.has(nameOf(source, flags))) continue
    const { linear, why } = await isLinear(source, flags)
    if (linear) names.add(nameOf(source, flags))
    else console.log(`${place}: /${source}/${flags} ${why}`)
  }
  writeFileSync(recordFile, `${JSON.stringify([...names].sort(), null, 2)}\n`)
}

if (import.meta.main) await record()
