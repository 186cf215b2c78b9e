/** The rooms of the PHP member, held by reading its text: who may name whom, and nobody asks for everything. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { isKind } from '../../protocol/kinds.ts'
import { plugin } from './php.ts'

type Source = { readonly path: string; readonly room: string; readonly code: string }

/** Rooms from left to right, siblings on one line. The last one joins them all: nothing names it but the hooks. */
const order: readonly (readonly string[])[] = [
  ['protocol'],
  ['lib'],
  ['ledger'],
  ['network', 'mirror'],
  ['activation'],
  ['http'],
  ['pages'],
  ['blog'],
  ['setup', 'return', 'beacon'],
  ['admin'],
  ['root'],
]
/** What was called otherwise, and must not come back. */
const oldNames =
  /\bDGOS_(Attest|Claims|Copy_State|Door_Routes|File_Round|Front|Gate|Guest_Front|Holders|Http|Keeping|Names|Own_Head|Page_Look|Posting|Reader_Front|Rest|Round|Saying|Sealing|Sets|Sight|Sites|Store|Voices|Worker)\b/
const rank = (room: string) => order.findIndex((rooms) => rooms.includes(room))
const isWiring = ({ path }: Source) => /(-hooks|\/class-dgos-plugin)\.php$|^dgos\.php$/.test(path)
const sources = phpSources()

function none(problems: readonly string[]): void {
  assert.deepEqual(problems, [], `\n${problems.join('\n')}\n`)
}

test('rooms of the PHP member name classes to their left only, and siblings keep apart', () => {
  none(wrongArrows(sources))
})

test('a class that names one to its right, or a sibling, is seen', () => {
  const tree = [
    source('includes/ledger/class-dgos-ledger.php', 'final class DGOS_Ledger { /* DGOS_Watch */ }'),
    source('includes/mirror/class-dgos-blob-keeper.php', 'final class DGOS_Blob_Keeper { public DGOS_Ledger $a; }'),
    source('includes/network/class-dgos-gossip.php', "final class DGOS_Gossip { const A = 'http://DGOS_Ledger'; }"),
    source('includes/activation/class-dgos-watch.php', 'final class DGOS_Watch {}'),
  ]
  none(wrongArrows(tree))
  const wrong = [
    source(
      'includes/ledger/class-dgos-flood.php',
      "final class DGOS_Replaced { const A = array( 'DGOS_Watch', 'look' ); }",
    ),
    source('includes/network/class-dgos-outbox.php', 'final class DGOS_Outbox { public DGOS_Blob_Keeper $a; }'),
  ]
  assert.deepEqual(wrongArrows([...tree, ...wrong]), [
    'includes/ledger/class-dgos-flood.php names DGOS_Watch of activation',
    'includes/network/class-dgos-outbox.php names DGOS_Blob_Keeper of mirror',
  ])
})

test('only hooks, the entry file and the composition root know the plugin', () => {
  none(locators(sources))
})

test('a part that asks for the plugin, or is handed it, is seen', () => {
  const hooks = source('includes/blog/class-dgos-blog-hooks.php', 'DGOS_Plugin::instance()->ledger();')
  none(locators([hooks]))
  const wrong = [
    source('includes/blog/class-dgos-own-blog.php', '$ledger = DGOS_Plugin::instance()->ledger();'),
    source('includes/blog/class-dgos-enrolment.php', 'public function __construct( DGOS_Plugin $plugin ) {}'),
    source('includes/root/trait-dgos-blog-parts.php', 'return new DGOS_Own_Blog( $this );'),
    source(
      'includes/setup/class-dgos-setup-hooks.php',
      'new DGOS_Kit( DGOS_Plugin::instance() ); new DGOS_Kit( $plugin );',
    ),
  ]
  assert.deepEqual(
    locators(wrong).map((problem) => problem.split(':')[0]),
    wrong.map(({ path }) => path),
  )
})

test('the autoloader finds every class where its name says, and no file is long', () => {
  const root = readFileSync(join(plugin, 'includes/class-dgos-plugin.php'), 'utf8')
  const folders = root.match(/FOLDERS = array\((.*?)\)/)?.[1]
  assert.ok(folders)
  const problems = sources
    .filter(({ path }) => path.startsWith('includes/') && !/^includes\/[\w-]+\.php$/.test(path))
    .flatMap(({ path, room, code }) => {
      const name = declared(code)?.toLowerCase().replaceAll('_', '-')
      const isFound = folders.includes(`'${room}'`) && /^(class|trait)-/.test(basename(path))
      return isFound && basename(path).replace(/^(class|trait)-|\.php$/g, '') === name ? [] : [path]
    })
  none(problems)
  none(sources.filter(({ code }) => code.split('\n').length > 400).map(({ path }) => `${path} is long`))
})

test('no name of old stands in the PHP member or its documents', () => {
  const documents = ['plugins/wordpress/DEVELOPING.md', 'docs/architecture.md'].map((path) =>
    source(path, readFileSync(join(plugin, '../..', path), 'utf8')),
  )
  none([...sources, ...documents].filter(({ code }) => oldNames.test(code)).map(({ path }) => path))
})

test('every TypeScript file that a PHP class follows is there', () => {
  const named = sources.flatMap(({ path }) => {
    const text = readFileSync(join(plugin, path), 'utf8')
    return [...text.matchAll(/(?<![\w/])((?:[a-z-]+\/)+)(?:\{([a-z,-]+)\}|([a-z-]+))\.ts\b/g)].flatMap(
      ([, folder, several, single]) =>
        (several ?? single!).split(',').map((name) => ({ path, file: `${folder}${name}.ts` })),
    )
  })
  assert.ok(named.length > 30, `${named.length} files named`)
  none(named.filter(({ file }) => !existsSync(join(plugin, '../..', file))).map(({ path, file }) => `${path}: ${file}`))
})

test('kinds are listed once, in kinds.json: PHP reads it', () => {
  none(sources.flatMap(({ path, code }) => kindLists(code).map((kinds) => `${path} lists ${kinds}`)))
  assert.deepEqual(kindLists("const NAMING = array( 'root', 'delegation', 'head' );"), ['root delegation head'])
  assert.deepEqual(kindLists("$most = array(\n'root' => 5,\n'head' => 6,\n'post' => 7,\n);"), ['root head post'])
  assert.deepEqual(kindLists("const ALL = [ 'root', 'member', 'life' ];"), ['root member life'])
  assert.deepEqual(kindLists("preg_match( '/^(root|head|post)$/D', $kind )"), ['root head post'])
  assert.deepEqual(kindLists("const NAMES = array( 'member', 'next', 'operator', 'online' );"), [])
  assert.deepEqual(kindLists("array( 'root' => $root, 'head' => $head, 'post' => $post )"), [])
})

/** Lists and tables in which three kinds or more stand: names beside each other, or each with a value of its own. */
function kindLists(code: string): readonly string[] {
  const lists = [/array\(([^()]*)\)/g, /\[([^[\]]*)\]/g].flatMap((form) => [...code.matchAll(form)])
  const patterns = [...code.matchAll(/\b[a-z]+(?:\|[a-z]+){2,}\b/g)].map(([words]) => words.split('|').filter(isKind))
  const alternatives = patterns.filter((named) => named.length >= 3).map((named) => named.join(' '))
  const listed = lists.flatMap(([, inner]) => {
    const words = inner!.matchAll(/'([a-z]+)'\s*(?:,|$|=>\s*(?:['\d]|true|false))/g)
    const named = new Set([...words].map(([, word]) => word!).filter(isKind))
    return named.size >= 3 ? [[...named].join(' ')] : []
  })
  return [...listed, ...alternatives]
}

function wrongArrows(all: readonly Source[]): readonly string[] {
  const rooms = new Map(all.flatMap(({ room, code }) => (declared(code) ? [[declared(code)!, room] as const] : [])))
  return all.flatMap((source) => {
    const named = [...new Set(source.code.match(/\bDGOS_\w+/g) ?? [])]
    return named
      .filter((name) => {
        const room = rooms.get(name)
        if (room === undefined || room === source.room || (name === 'DGOS_Plugin' && isWiring(source))) return false
        return rank(room) >= rank(source.room)
      })
      .map((name) => `${source.path} names ${name} of ${rooms.get(name)}`)
  })
}

function locators(all: readonly Source[]): readonly string[] {
  const handed = /new DGOS_\w+\(\s*(\$plugin|DGOS_Plugin::instance\(\))\s*[,)]|DGOS_Plugin \$/
  return all.flatMap((source) => {
    if (!isWiring(source) && /\bDGOS_Plugin\b/.test(source.code)) return [`${source.path}: asks for the plugin`]
    if (handed.test(source.code)) return [`${source.path}: hands the plugin on`]
    const isRoot = source.room === 'root' && /(^|\/)(trait-|class-dgos-plugin)/.test(source.path)
    return isRoot && /new DGOS_\w+\(\s*\$this\s*[,)]/.test(source.code) ? [`${source.path}: hands itself on`] : []
  })
}

/** The class or trait of a file. */
function declared(code: string): string | undefined {
  return code.match(/^(?:(?:final|abstract) )?(?:class|trait) (DGOS_\w+)/m)?.[1]
}

function source(path: string, text: string): Source {
  const room = path.match(/^includes\/([\w-]+)\//)?.[1] ?? 'root'
  return { path, room, code: withoutComments(text) }
}

function phpSources(): readonly Source[] {
  const names = readdirSync(plugin, { recursive: true }) as string[]
  return names
    .filter((name) => name.endsWith('.php') && !name.startsWith('tests/'))
    .map((name) => source(name, readFileSync(join(plugin, name), 'utf8')))
}

/** Texts stay: names of classes stand in callables. */
function withoutComments(code: string): string {
  return code.replace(/'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (piece) =>
    piece.startsWith('/') ? '' : piece,
  )
}
