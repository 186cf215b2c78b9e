/**
 * Generated inputs to the TypeScript contract and to PHP: `node test/wordpress/differential.ts [count] [seed]`. A
 * disagreement prints the input. Both answer through the reader of the vectors, so every rule is put in the same way.
 */
import { nodePlatform } from '../../lib/platform.ts'
import { checkCase, type VectorFile } from '../../protocol/vectors/check.ts'
import { type Dice, diceOf } from './dice.ts'
import * as bytes from './inputs-bytes.ts'
import { listQuestion } from './inputs-lists.ts'
import { makeWorld } from './inputs-world.ts'
import { compatWords } from './php.ts'
import { type Answer, PhpPeer } from './php-peer.ts'

type Question = bytes.Question
/** `asked` counts the answers by rule and by what was found: a rule that always says the same is not tested. */
export type Tally = {
  readonly asked: Map<string, Map<string, number>>
  readonly wrong: string[]
  readonly spoil: string | null
}

const byteQuestions: readonly ((dice: Dice) => Question | Promise<Question>)[] = [
  bytes.base64Question,
  bytes.jsonQuestion,
  bytes.jsonQuestion,
  bytes.signatureQuestion,
  bytes.envelopeQuestion,
  bytes.envelopeQuestion,
  bytes.fieldsQuestion,
  bytes.htmlQuestion,
  bytes.htmlQuestion,
  bytes.requestQuestion,
  bytes.hostPathQuestion,
  listQuestion,
]

/** Questions that one file of objects answers before the next is made. */
const batch = 250

export type DifferentialOptions = {
  readonly count: number
  readonly seed: string
  /** PHP without ext-sodium. */
  readonly compat?: boolean
  /** Our answers to this rule are made wrong: shows that a disagreement is noticed. */
  readonly spoil?: string
}

/** Asks `count` questions, half about bytes, half about networks and blogs. */
export async function differential(options: DifferentialOptions): Promise<Tally> {
  const peer = new PhpPeer(options.compat ? await compatWords() : {})
  const tally: Tally = { asked: new Map(), wrong: [], spoil: options.spoil ?? null }
  try {
    for (let done = 0, round = 0; done < options.count; done += batch, round++) {
      const dice = diceOf(`${options.seed}/${round}`)
      const count = Math.min(batch, options.count - done)
      if (round % 2 === 0) await put(peer, bytes.fieldsFile, () => dice.one(byteQuestions)(dice), count, tally)
      else {
        const world = await makeWorld(dice)
        await put(peer, world.file, () => world.question(dice), count, tally)
      }
    }
  } finally {
    peer.stop()
  }
  return tally
}

async function put(
  peer: PhpPeer,
  file: VectorFile,
  make: () => Question | Promise<Question>,
  count: number,
  tally: Tally,
): Promise<void> {
  const opened = await peer.ask({ file })
  if (opened.opened !== true) throw new Error(`PHP opened no file: ${opened.thrown}`)
  const waiting: Promise<void>[] = []
  for (let i = 0; i < count; i++) {
    const { rule, input } = await make()
    const theirs = peer.ask({ rule, input })
    const said = await answerOf(file, rule, input)
    const ours = rule === tally.spoil ? { found: 'spoiled' } : said
    note(tally, rule, ours)
    waiting.push(theirs.then((answer) => compare(rule, input, ours, answer, tally)))
  }
  await Promise.all(waiting)
}

function note(tally: Tally, rule: string, { found, thrown }: Answer): void {
  const { code, state, down, up } = (found ?? {}) as Record<string, unknown>
  const word = code ?? state ?? down ?? up ?? found
  const isWord =
    typeof word === 'boolean' ||
    /^(accepted|refused|nothing|null|[A-Z][A-Z_0-9]{3,}|up|down|suspected|returning)$/.test(String(word))
  const name = thrown !== undefined ? 'thrown' : isWord ? String(word) : 'found'
  const words = tally.asked.get(rule) ?? new Map<string, number>()
  tally.asked.set(rule, words.set(name, (words.get(name) ?? 0) + 1))
}

async function answerOf(file: VectorFile, rule: string, input: unknown): Promise<Answer> {
  try {
    const { found } = await checkCase(file, { name: '', why: '', rule, input, expected: null }, nodePlatform)
    return { found }
  } catch (error) {
    return { thrown: String(error) }
  }
}

function compare(rule: string, input: unknown, ours: Answer, theirs: Answer, tally: Tally): void {
  // Only a text that is no address makes a rule throw.
  const bothThrow = rule === 'host-path' && ours.thrown !== undefined && theirs.thrown !== undefined
  if (bothThrow || (ours.thrown === undefined && theirs.thrown === undefined && alike(ours.found, theirs.found))) return
  tally.wrong.push(
    `${rule}: ${JSON.stringify(input)}\n  TypeScript ${JSON.stringify(ours)}\n  PHP        ${JSON.stringify(theirs)}`,
  )
}

function alike(a: unknown, b: unknown): boolean {
  return sorted(a) === sorted(b)
}

function sorted(value: unknown): string {
  return JSON.stringify(value ?? null, (_, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

if (import.meta.main) {
  const [count = '100000', seed = String(Date.now())] = process.argv.slice(2)
  const began = Date.now()
  const { asked, wrong } = await differential({ count: Number(count), seed })
  for (const problem of wrong.slice(0, 20)) console.log(problem)
  for (const [rule, words] of [...asked].sort())
    console.log(`${rule}: ${[...words].map((word) => word.join(' ')).join(', ')}`)
  const total = [...asked.values()].flatMap((words) => [...words.values()]).reduce((sum, times) => sum + times, 0)
  console.log(
    `${total} inputs, ${wrong.length} disagreements, seed ${seed}, ${Math.round((Date.now() - began) / 1000)} s`,
  )
  process.exitCode = wrong.length === 0 ? 0 : 1
}
