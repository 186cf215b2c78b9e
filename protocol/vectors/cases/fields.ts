/**
 * Every field of every kind, just inside and just outside its limits, drawn from the text of kinds.json. Patterns cannot be
 * turned round by machine: each has its examples below, and a new pattern without examples stops the generator.
 */
import table from '../../kinds.json' with { type: 'json' }
import type { VectorFile } from '../world.ts'
import { type Forge, Sheet } from './forge.ts'
import { examplePayloads } from './payloads.ts'

type Shape = {
  readonly type?: string
  readonly $ref?: string
  readonly properties?: Record<string, Shape>
  readonly required?: readonly string[]
  readonly items?: Shape
  readonly minItems?: number
  readonly maxItems?: number
  readonly minBytes?: number
  readonly maxBytes?: number
  readonly pattern?: string
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
}

const defs = table.defs as Record<string, Shape>
const hash = '0123456789abcdef'.repeat(4)

type Example = { readonly good: readonly unknown[]; readonly bad: readonly unknown[] }

const hosts = ['http://a/', 'https://a.example:8443/', 'https://xn--bcher-kva.example/']
const badHosts = [
  'ftp://a.example/',
  'https:///',
  'https://A.example/',
  'https://-a.example/',
  'https://a.example-/',
  'https://a.example:0/',
  'https://a.example:123456/',
  'https://user@a.example/',
  'https://[::1]/',
  'https://b\u00fccher.example/',
  'javascript:alert(1)',
  ' https://a.example/',
  'https://a.example/\n',
]

/** By name of the definition, else by pattern. */
const examples: Readonly<Record<string, Example>> = {
  hash: {
    good: ['0'.repeat(64), 'f'.repeat(64)],
    bad: [hash.toUpperCase(), hash.slice(1), `${hash}0`, `${hash}\n`, `0x${hash.slice(2)}`, ''],
  },
  url: {
    good: [...hosts, 'https://a.example', 'https://a.example/x?y=1&z=(2)#f', "https://a.example/!$'*+,;@[]_~%20"],
    bad: [
      ...badHosts,
      'https://a.example/a b',
      'https://a.example/"',
      'https://a.example/<',
      'https://a.example/\\',
      'https://a.example/\u00e9',
      'https://a.example?x',
    ],
  },
  address: {
    good: [
      ...hosts,
      'https://a.example/~ana/',
      'https://a.example/a/b/c/d/e/',
      `https://a.example/${'x'.repeat(100)}/`,
    ],
    bad: [
      ...badHosts,
      'https://a.example',
      'https://a.example/ana',
      'https://a.example/../',
      'https://a.example/.ana/',
      'https://a.example//',
      'https://a.example/a/b/c/d/e/f/',
      `https://a.example/${'x'.repeat(101)}/`,
      'https://a.example/a?b/',
      'https://a.example/%61/',
    ],
  },
  line: { good: ['', 'Caf\u00e9 \u{1f600}'], bad: ['a\nb', 'a\n', 'a\u0000', 'a\tb', 'a\u007f'] },
  type: {
    good: ['text/html', 'application/atom+xml; charset=utf-8'],
    bad: ['', 'text', 'Text/html', 'text/html;charset=utf-8', 'text/html; boundary=x', 'text/html\n'],
  },
  language: { good: ['en', 'zh-Hant-TW'], bad: ['', 'e', 'en_GB', 'en-', '-en', 'en\n', 'abcdefghi'] },
  '^/[!-~]*$': { good: ['/', '/a?b=c#d', '/~ana/'], bad: ['', 'a', '/a b', '/\u00e9', '/a\n'] },
  '^[ -~]*$': { good: ['', "style-src 'self' 'nonce-a b'"], bad: ['\u00e9', 'a\n', '\t', '\u007f'] },
  '^[a-z0-9-]{1,16}$': { good: ['e', 'eu-west-1'], bad: ['', 'a'.repeat(17), 'EU', 'eu west', 'eu\n'] },
  '^[0-9a-f.:/]{1,24}$': { good: ['198.51', '2001:db8/32'], bad: ['', '1'.repeat(25), 'local', '198.51\n'] },
  '^[0-9a-f]{32}$': { good: ['f'.repeat(32)], bad: ['f'.repeat(31), 'f'.repeat(33), 'F'.repeat(32)] },
  '^[0-9a-f]{48}$': { good: ['f'.repeat(48)], bad: ['f'.repeat(47), 'f'.repeat(49), 'F'.repeat(48)] },
  '^[0-9a-f]{96}$': { good: ['f'.repeat(96)], bad: ['f'.repeat(95), 'f'.repeat(97), 'F'.repeat(96)] },
  '^[0-9a-f]{8}$': { good: ['f'.repeat(8)], bad: ['f'.repeat(7), 'f'.repeat(9), 'F'.repeat(8)] },
  '^[0-9a-f]{40}([0-9a-f]{24})?$': {
    good: ['f'.repeat(40), 'f'.repeat(64)],
    bad: ['', 'f'.repeat(39), 'f'.repeat(41), 'f'.repeat(63), 'f'.repeat(65), 'F'.repeat(40), `${'f'.repeat(40)}\n`],
  },
  '^[a-z0-9-]{1,40}$': { good: ['a', 'a'.repeat(40)], bad: ['', 'a'.repeat(41), 'No', 'a b', 'a\n'] },
}

/** A text of exactly so many bytes that fits the definition. Plain texts take two-byte signs: bytes are counted, not characters. */
function filler(name: string, pattern: string | undefined, bytes: number): unknown {
  const joined = (start: string, unit: string, end = '') => ({
    $join: [start, { $repeat: unit, times: bytes - start.length - end.length }, end],
  })
  if (name === 'url') return joined('https://a.example/', 'x')
  if (name === 'type') return joined('image/', 'x')
  if (name === 'address') {
    const segment = `${'x'.repeat(100)}/`
    return joined(`https://a.example/${segment.repeat(4)}`, 'x', '/')
  }
  if (name === 'language') return `abcdefgh-abcdefgh-abcdefgh-${bytes === 35 ? 'abcdefgh' : 'abcdefg-a'}`
  if (pattern?.startsWith('^/')) return joined('/', 'x')
  if (pattern === '^[ -~]*$') return joined('', 'x')
  return { $join: [{ $repeat: '\u00e9', times: Math.floor(bytes / 2) }, bytes % 2 === 1 ? 'e' : ''] }
}

export function fieldCases(forge: Forge): VectorFile {
  const base = examplePayloads(forge)
  const sheet = new Sheet(forge, {
    rule: 'fields',
    about:
      'Every field of kinds.json at its limits. The base payload of the kind is changed at one place: "at" with "value" sets it, "at" alone removes it. Expected: "accepted", or the path of the field that is wrong.',
    shared: { base },
  })
  const thorough = new Set<string>()
  for (const [kind, shape] of Object.entries(table.kinds as unknown as Record<string, Shape>)) {
    sheet.case(`${kind}: every field`, 'The example payload has every field within its limits.', { kind }, 'accepted')
    const unknown = { kind, at: '/later', value: { x: [1, 'y'] } }
    sheet.case(
      `${kind}: unknown field`,
      'Later versions may add fields: unknown ones are kept and ignored.',
      unknown,
      'accepted',
    )
    new Walk(sheet, kind, thorough).object(shape, '')
  }
  return sheet.file()
}

class Walk {
  readonly #sheet: Sheet
  readonly #kind: string
  /** Definitions whose examples have all been written out already. */
  readonly #thorough: Set<string>

  constructor(sheet: Sheet, kind: string, thorough: Set<string>) {
    this.#sheet = sheet
    this.#kind = kind
    this.#thorough = thorough
  }

  #case(at: string, what: string, why: string, value: unknown, wrong: string | null): void {
    const name = `${this.#kind}${at}: ${what}`
    const input = { kind: this.#kind, at, ...(value === undefined ? {} : { value }) }
    this.#sheet.case(name, why, input, wrong ?? 'accepted')
  }

  object(shape: Shape, path: string): void {
    for (const [name, inner] of Object.entries(shape.properties ?? {})) {
      const at = `${path}/${name}`
      if (shape.required?.includes(name)) this.#case(at, 'missing', 'The field is required.', undefined, at)
      else this.#case(at, 'absent', 'The field is optional.', undefined, null)
      this.#value(inner, at)
    }
  }

  #value(shape: Shape, at: string, ref = ''): void {
    if (shape.$ref !== undefined) {
      this.#value(defs[shape.$ref]!, at, shape.$ref === 'key' ? 'hash' : shape.$ref)
      return
    }
    const wrongType = shape.type === 'string' ? 1 : 'x'
    this.#case(at, 'wrong type', `The field is of type ${shape.type}.`, wrongType, at)
    if (shape.type === 'string') this.#string(shape, at, ref)
    else if (shape.type === 'integer') this.#integer(shape, at, ref)
    else if (shape.type === 'array') this.#array(shape, at)
    else if (shape.type === 'object') this.object(shape, at)
  }

  #string(shape: Shape, at: string, ref: string): void {
    if (shape.enum !== undefined) {
      for (const word of shape.enum) this.#case(at, word, 'One of the words.', word, null)
      this.#case(at, 'other word', 'None of the words.', 'other', at)
      this.#case(at, 'capital word', 'Words are lower-case.', shape.enum[0]!.toUpperCase(), at)
      return
    }
    this.#examples(shape, at, ref)
    const { minBytes, maxBytes } = shape
    if (minBytes !== undefined) this.#case(at, 'too short', `At least ${minBytes} bytes.`, 'x'.repeat(minBytes - 1), at)
    if (maxBytes === undefined) return
    this.#case(at, 'longest', `${maxBytes} bytes are allowed.`, filler(ref, shape.pattern, maxBytes), null)
    this.#case(at, 'too long', `${maxBytes + 1} bytes are not.`, filler(ref, shape.pattern, maxBytes + 1), at)
  }

  /** All examples of a definition where it is met first, one refused example elsewhere. */
  #examples(shape: Shape, at: string, ref: string): void {
    if (shape.pattern === undefined) return
    const name = ref === '' ? shape.pattern : ref
    const found = examples[name]
    if (found === undefined) throw new Error(`no examples for ${name}`)
    const first = !this.#thorough.has(name)
    this.#thorough.add(name)
    const why = `The grammar is ${shape.pattern}`
    const good = first ? found.good : []
    const bad = first ? found.bad : found.bad.slice(0, 1)
    for (const [i, value] of good.entries()) this.#case(at, `good ${i + 1}`, why, value, null)
    for (const [i, value] of bad.entries()) this.#case(at, `bad ${i + 1}`, why, value, at)
  }

  #integer(shape: Shape, at: string, ref: string): void {
    const { minimum, maximum } = shape as { minimum: number; maximum: number }
    if (ref === 'time' && this.#thorough.has('time')) {
      this.#case(at, 'negative', 'Times are not negative.', -1, at)
      return
    }
    if (ref === 'time') this.#thorough.add('time')
    this.#case(at, 'least', `${minimum} is allowed.`, minimum, null)
    this.#case(at, 'too little', `${minimum} is the least.`, minimum - 1, at)
    this.#case(at, 'most', `${maximum} is allowed.`, maximum, null)
    if (maximum < Number.MAX_SAFE_INTEGER) this.#case(at, 'too much', `${maximum} is the most.`, maximum + 1, at)
    this.#case(at, 'text', 'A number in quotes is a text.', String(minimum), at)
  }

  #array(shape: Shape, at: string): void {
    const { minItems, maxItems } = shape
    const example = this.#example(at)
    this.#case(at, 'most items', `${maxItems} are allowed.`, { $items: example, times: maxItems }, null)
    this.#case(at, 'too many items', `${maxItems! + 1} are not.`, { $items: example, times: maxItems! + 1 }, at)
    if (minItems !== undefined) this.#case(at, 'no items', `At least ${minItems}.`, [], at)
    else this.#case(at, 'no items', 'The list may be empty.', [], null)
    this.#value(shape.items!, `${at}/0`)
  }

  /** The first item of the example payload's list. */
  #example(at: string): unknown {
    let value: unknown = (examplePayloads(this.#sheet.forge) as unknown as Record<string, unknown>)[this.#kind]
    for (const step of at.split('/').slice(1)) value = (value as Record<string, unknown>)[step]
    return (value as unknown[])[0]
  }
}
