/** The design's arrows and bans, held by a test. A rule that must be broken is changed here, with its reason. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isKind } from '../protocol/kinds.ts'
import { type Source, sourcesOf } from './support/source-tree.ts'

/** From left to right. Folders of one place are siblings, which do not import each other. */
const order = [
  ['protocol'],
  ['lib'],
  ['ledger'],
  ['mirror', 'network'],
  ['activation'],
  ['naming', 'defence'],
  ['server'],
]
const rooms = order.flat()
const placeOf = (path: string) => order.findIndex((place) => place.includes(path.split('/')[0]!))
const product = sourcesOf([...rooms, 'embed-beacon'])
const everything = [...product, ...sourcesOf(['test', 'bench', 'plugins'], ['.ts', '.js', '.php'])]

/** Code that runs in a page or a worker, where the browser is the outside world. */
const isBrowserCode = ({ path }: Source) =>
  /^(embed-beacon\/|activation\/doors\/(form|kit)\/|mirror\/pages\/browser\/|server\/(status|beacon-page)\/browser)/.test(
    path,
  )
/** The command line's own adapter belongs to its entry. */
const isEntryPoint = ({ path }: Source) => path.startsWith('server/bin/') || path === 'server/cli/system-io.ts'
const isOutsideWorld = ({ path }: Source) => path.startsWith('lib/')

/** Package → where it may be imported, and nowhere else. */
const onlyIn: Readonly<Record<string, RegExp>> = {
  express: /^server\/http\//,
  undici: /^(lib\/safe-fetch|server\/machine\/peer-wire)\.ts$/,
  kysely: /(^lib\/database|-store)\.ts$/,
  'better-sqlite3': /^lib\/database\.ts$/,
  'rss-parser': /^mirror\/capture\//,
  'node-cron': /^server\/machine\/schedule\.ts$/,
  tweetnacl: /^protocol\/signature\.ts$/,
  'ipaddr.js': /^lib\/address-guard\.ts$/,
  piscina: /^lib\/workers\.ts$/,
  pino: /^lib\/log\.ts$/,
  'prom-client': /^server\/http\/metrics\.ts$/,
  zod: /^(server|network|activation\/doors)\//,
  // LGPL, and large: one file sees it, and loads it with the first signed mail
  openpgp: /^activation\/doors\/mail\/openpgp\.ts$/,
  tldts: /^activation\/doors\/mail\/verdict\.ts$/,
  nodemailer: /^activation\/mailer\.ts$/,
  esbuild: /^server\/bundles\/bundler\.ts$/,
}

/** The disk and the network are handed in. */
const outsideModules =
  /^node:(fs|fs\/promises|http|https|http2|net|tls|dgram|dns|dns\/promises|child_process|cluster|os)$/

const bannedOutside: readonly (readonly [string, RegExp])[] = [
  ['Date.now()', /\bDate\.now\b/],
  ['new Date() without a time', /\bnew Date\(\s*\)/],
  ['Math.random()', /\bMath\.random\b/],
  ['setTimeout, setInterval, setImmediate', /(?<![.\w$#])set(Timeout|Interval|Immediate)\b/],
  ['the global fetch', /(?:[=(,?:>&|]\s*|\b(?:await|return|void)\s+|globalThis\.)fetch\(/],
  ['performance.now()', /\bperformance\.now\b/],
  ['process', /(?<![.\w$#-])process\.\w/],
  ['console', /(?<![.\w$#])console\.\w/],
]

const bannedNames = /(^|[-/])(utils?|helpers?|managers?|services?|misc|common|shared|stuff)([-./]|$)/

function none(problems: readonly string[]): void {
  assert.deepEqual(problems, [], `\n${problems.join('\n')}\n`)
}

test('folders import leftwards only, and siblings not at all', () => {
  const problems = product.flatMap(({ path, imports }) =>
    imports
      .filter(({ target }) => placeOf(path) >= 0 && placeOf(target) >= 0 && path.split('/')[0] !== target.split('/')[0])
      .filter(({ target }) => placeOf(target) >= placeOf(path))
      .map(({ target }) => `${path} imports ${target}`),
  )
  none(problems)
})

test('server has few loose files, each folder its purpose', () => {
  const loose = product.filter(({ path }) => /^server\/[^/]+$/.test(path)).map(({ path }) => path)
  assert.ok(loose.length <= 7, loose.join(' '))
  const folders = new Set(
    product.filter(({ path }) => /^server\/.+\//.test(path)).map(({ path }) => path.split('/')[1]!),
  )
  assert.deepEqual([...folders].sort(), [
    'beacon-page',
    'bin',
    'bundles',
    'cli',
    'http',
    'machine',
    'parts',
    'readers',
    'status',
  ])
})

test('what several doors share knows no door, and parts of a member know no route', () => {
  const problems = product.flatMap(({ path, imports }) => {
    const strange = path.startsWith('activation/doors/gateway/')
      ? /^activation\/doors\/(?!gateway\/)[^/]+\//
      : path.startsWith('server/parts/')
        ? /^server\/http\//
        : null
    return strange === null
      ? []
      : imports.flatMap(({ target }) => (strange.test(target) ? [`${path} imports ${target}`] : []))
  })
  none(problems)
})

test('nothing of the product imports tests, benches or the beacon; the beacon imports protocol only', () => {
  const problems = product.flatMap(({ path, imports }) =>
    imports
      .filter(({ target }) => {
        if (/^(test|bench)\//.test(target)) return true
        const folder = target.split('/')[0]!
        if (path.startsWith('embed-beacon/')) return !['protocol', 'embed-beacon', 'tweetnacl'].includes(folder)
        return folder === 'embed-beacon'
      })
      .map(({ target }) => `${path} imports ${target}`),
  )
  none(problems)
})

test('protocol is pure: no node: module, and no package but the portable verifier', () => {
  const problems = product
    .filter(({ path }) => path.startsWith('protocol/') && path !== 'protocol/vectors/generate.ts')
    .filter(({ path }) => !path.startsWith('protocol/vectors/'))
    .flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => !target.startsWith('protocol/') && target !== 'tweetnacl')
        .map(({ target }) => `${path} imports ${target}`),
    )
  none(problems)
})

test('each package is seen only where the design puts it', () => {
  const problems = product.flatMap(({ path, imports }) =>
    imports
      .filter(({ target, isTypeOnly }) => !isTypeOnly && onlyIn[target] !== undefined && !onlyIn[target].test(path))
      .map(({ target }) => `${path} imports ${target}`),
  )
  none(problems)
})

test('what is left of server is handed disk and network', () => {
  const problems = product
    .filter(({ path }) => /^(ledger|mirror|network|activation|naming|defence)\//.test(path))
    .flatMap(({ path, imports }) =>
      imports
        .filter(({ target, isTypeOnly }) => outsideModules.test(target) && !isTypeOnly)
        .map(({ target }) => `${path} imports ${target}`),
    )
  none(problems)
})

test('clock, random, network and process occur only in lib, entry points and the browser', () => {
  const problems = product
    .filter((source) => !isOutsideWorld(source) && !isEntryPoint(source) && !isBrowserCode(source))
    .filter(({ path }) => !path.startsWith('protocol/vectors/'))
    .flatMap(({ path, code }) =>
      bannedOutside.filter(([, form]) => form.test(code)).map(([name]) => `${path}: ${name}`),
    )
  none(problems)
})

test('no file needs itself, for a type neither', () => {
  const needs = new Map(product.map(({ path, imports }) => [path, imports.map(({ target }) => target)]))
  const problems: string[] = []
  const done = new Set<string>()
  const walk = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) problems.push([...trail.slice(trail.indexOf(path)), path].join(' -> '))
    if (done.has(path) || trail.includes(path)) return
    for (const next of needs.get(path) ?? []) walk(next, [...trail, path])
    done.add(path)
  }
  for (const path of needs.keys()) walk(path, [])
  none(problems)
})

test('files have at most 400 lines, and names that say something', () => {
  const tooLong = everything
    .filter(({ text }) => text.split('\n').length > 401)
    .map(({ path, text }) => `${path} has ${text.split('\n').length - 1} lines`)
  const badNames = everything
    .filter(({ path }) => bannedNames.test(path))
    .map(({ path }) => `${path}: a name that says nothing`)
  const notKebab = everything
    .filter(({ path }) => path.endsWith('.ts') && !/^([a-z0-9-]+\/)*[a-z0-9-]+(\.test|\.d)?\.ts$/.test(path))
    .map(({ path }) => `${path}: not in kebab-case`)
  none([...tooLong, ...badNames, ...notKebab])
})

test('lib stays small: the twelve files of the design, and room for two', () => {
  const files = product.filter(({ path }) => path.startsWith('lib/')).map(({ path }) => path)
  assert.ok(files.length <= 14, files.join(' '))
})

/** Lists and tables in which three kinds or more stand in quotes or as keys: knowledge that belongs into kinds.json. */
function kindLists(text: string): string[] {
  const lists = [/\[([^[\]]*)\]/g, /[=:(] \{([^{}]*)\}/g].flatMap((form) => [...text.matchAll(form)])
  const patterns = [...text.matchAll(/\b[a-z]+(?:\|[a-z]+){2,}\b/g)].map(([words]) => words.split('|').filter(isKind))
  const alternatives = patterns.filter((named) => named.length >= 3).map((named) => named.join(' '))
  const listed = lists.flatMap(([, inner]) => {
    const words = [...inner!.matchAll(/'([a-z]+)'(?=\s*(?:,|$))|^\s*([a-z]+): ['\d{[tf]/gm)]
    const named = new Set(words.map(([, quoted, key]) => quoted ?? key!).filter(isKind))
    return named.size >= 3 ? [[...named].join(' ')] : []
  })
  return [...listed, ...alternatives]
}

test('kinds are listed once, in kinds.json', () => {
  const problems = product
    .filter(({ path }) => !path.startsWith('protocol/vectors/'))
    .flatMap(({ path, text }) => kindLists(text).map((kinds) => `${path} lists ${kinds}`))
  none(problems)
})

/** Sleeping and measuring in tests: what may, and why. Everybody else waits with `until`, or on a virtual clock. */
const realTime: Readonly<Record<string, string>> = {
  'test/support/until.ts': 'waits in the name of all',
  'test/support/ends.js': 'ends a process that nothing else ends',
  'test/support/processes.ts': 'kills what does not go when told',
  'test/support/test-network.ts': 'lengthens a line, for a measurement',
  'test/run.js': 'ends a run that never ends',
  'test/verify.ts': 'prints how long each check took',
  'test/demo/blog-server.ts': 'is a blog, and asks its mirrors now and then',
  'test/demo/story.ts': 'prints how long each step took',
  'test/demo/visits.ts': 'prints how long each step took',
  'test/doors/doors.ts': 'prints how long each step took',
  'test/wordpress/network/stopwatch.ts': 'prints how long each step took',
  'test/hostile/inputs/stuck-loop.ts': 'is a process whose loop gets stuck after it has come up',
  'test/lib/safe-fetch.test.ts': 'is a server that sends a byte now and then',
  'test/server/on-demand-tls.test.ts': 'gives up on a Caddy that does not start',
  'test/wordpress/return.test.ts': 'is a mirror that answers late',
}

test('tests neither sleep nor measure, and their folders end with them', () => {
  const tests = everything.filter(
    ({ path }) => path.startsWith('test/') && !/(architecture|ends)\.test\.ts$/.test(path),
  )
  const clocks = /(?<![.\w$#])set(?:Timeout|Interval)\(|\bperformance\.now\b|\bpause\(systemClock\b/
  const sleeping = tests.filter(({ path, code }) => clocks.test(code) && realTime[path] === undefined)
  const folders = tests.filter(({ code }) => /\bmkdtemp(?:Sync)?\(/.test(code) && !/\brm(?:Sync)?\(/.test(code))
  none([
    ...sleeping.map(({ path }) => `${path} sleeps or measures`),
    ...folders.map(({ path }) => `${path} makes a folder and removes none: use temporaryFolder`),
    ...Object.keys(realTime)
      .filter((path) => !tests.some((source) => source.path === path))
      .map((path) => `${path} is gone: it needs no exception`),
  ])
})

test('the rules find what they forbid', () => {
  assert.deepEqual(kindLists("const order = [\n  'root',\n  'head',\n  'post',\n]"), ['root head post'])
  assert.deepEqual(kindLists('const most = {\n  root: 1000,\n  head: 500,\n  post: 7,\n}'), ['root head post'])
  assert.deepEqual(kindLists('/^(root|head|post)$/.test(kind)'), ['root head post'])
  assert.deepEqual(kindLists('/^(root|head)$/.test(kind)'), [])
  assert.deepEqual(kindLists("const some = ['root', 'head', 'posting']"), [])
  const [, nowForm] = bannedOutside[0]!
  assert.ok(nowForm.test('const t = Date.now()'))
  const [, fetchForm] = bannedOutside[4]!
  assert.ok(fetchForm.test('await fetch(url)') && !fetchForm.test('await web.fetch(url)'))
  assert.ok(bannedNames.test('lib/string-utils.ts') && !bannedNames.test('network/wake.ts'))
  const own = sourcesOf(['test/support']).find(({ path }) => path.endsWith('virtual-clock.ts'))!
  assert.deepEqual(own.imports, [{ target: 'lib/clock.ts', isTypeOnly: true }])
})
