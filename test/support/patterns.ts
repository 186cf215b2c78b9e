/** Every regular expression of the product, read from its source: TypeScript through acorn, PHP through PHP's own lexer. */
import { execFileSync } from 'node:child_process'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { type AnyNode, parse } from 'acorn'
import { full } from 'acorn-walk'
import { sourcesOf } from './source-tree.ts'

export type Pattern = {
  /** "mirror/capture/url.ts:12" */
  readonly place: string
  /** null where the program puts the pattern together while it runs. */
  readonly source: string | null
  readonly flags: string
}

const folders = ['protocol', 'lib', 'ledger', 'mirror', 'network', 'activation', 'server', 'embed-beacon']
const laterFolders = ['naming', 'defence', 'swarm', 'notices']

export function scriptPatterns(): Pattern[] {
  const plugin = sourcesOf(['plugins'], ['.js']).filter(({ path }) => !path.includes('/assets/')) // built ones come from here
  return [...sourcesOf([...folders, ...laterFolders]), ...plugin]
    .filter(({ path }) => !path.endsWith('.d.ts') && !path.startsWith('protocol/vectors/'))
    .flatMap(({ path, text }) => patternsIn(path, text))
}

/** Literals, and `RegExp(…)` of a plain string. */
export function patternsIn(path: string, text: string): Pattern[] {
  const script = path.endsWith('.ts') ? stripTypeScriptTypes(text) : text
  const found: Pattern[] = []
  const add = (at: number, source: string | null, flags: string) =>
    found.push({ place: `${path}:${script.slice(0, at).split('\n').length}`, source, flags })
  const tree = parse(script, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true })
  full(tree, (node) => {
    const any = node as AnyNode
    if (any.type === 'Literal' && any.regex !== null && any.regex !== undefined)
      add(any.start, any.regex.pattern, any.regex.flags)
    const makes = (any.type === 'NewExpression' || any.type === 'CallExpression') && any.callee.type === 'Identifier'
    if (!makes || (any.callee as { name: string }).name !== 'RegExp') return
    const [source, flags] = any.arguments
    const text = source?.type === 'Literal' && typeof source.value === 'string' ? source.value : null
    add(any.start, text, flags?.type === 'Literal' ? String(flags.value) : '')
  })
  return found
}

/** First arguments of `preg_…`, where they are strings, sums of strings, or constants of the same class; and every string that looks like a pattern. */
export function phpPatterns(): Pattern[] {
  const files = sourcesOf(['plugins'], ['.php'])
    .map(({ path }) => path)
    .filter((path) => !/\/(tests|vendor|languages)\//.test(path))
  const script = join(import.meta.dirname, 'patterns.php')
  const root = join(import.meta.dirname, '../..')
  const out = execFileSync('php', [script, ...files], { cwd: root, encoding: 'utf8', maxBuffer: 8 << 20 })
  return (JSON.parse(out) as { place: string; pattern: string | null }[]).map(({ place, pattern }) => {
    const delimited = pattern === null ? null : fromPcre(pattern)
    return { place, source: delimited?.source ?? null, flags: delimited?.flags ?? '' }
  })
}

/** A PCRE pattern in the spelling of JavaScript, which the checker reads. Possessive and atomic parts become plain: worse than they are, never better. */
export function fromPcre(pattern: string): { readonly source: string; readonly flags: string } {
  const open = pattern[0]!
  const close = { '(': ')', '{': '}', '[': ']', '<': '>' }[open] ?? open
  const end = pattern.lastIndexOf(close)
  const modifiers = pattern.slice(end + 1)
  const spaced = modifiers.includes('x') ? withoutSpace(pattern.slice(1, end)) : pattern.slice(1, end)
  const source = spaced
    .replaceAll('(?>', '(?:')
    .replaceAll('\\G', '^')
    .replaceAll('\\A', '^')
    .replaceAll('\\z', '$')
    .replaceAll('\\h', '[ \\t]')
    .replaceAll('\\R', '(?:\\r\\n|\\n|\\r)')
    .replace(/\\x\{([0-9a-fA-F]+)\}/g, '\\u{$1}')
    .replace(
      /\[:([a-z]+):\]/g,
      (_, name: string) => ({ alpha: 'a-zA-Z', digit: '0-9', alnum: 'a-zA-Z0-9' })[name] ?? '',
    )
    .replace(/([*+?}])\+/g, '$1')
  const flags = [...modifiers].filter((flag) => 'ims'.includes(flag)).join('')
  return { source, flags: flags + (/\\u\{|\\p\{/.test(source) ? 'u' : '') }
}

/** What the modifier x leaves out: white space and comments outside of classes. */
function withoutSpace(pattern: string): string {
  return pattern.replace(/\\.|\[\^?\]?(?:[^\\\]]|\\.)*\]|\s+|#[^\n]*/gs, (part) => (/^[\s#]/.test(part) ? '' : part))
}
