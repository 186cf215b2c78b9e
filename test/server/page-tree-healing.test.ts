/** The page tree after a restart: what an earlier process wrote is brought to what is known now, in the background. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { type Prepared, plainAnswer } from '../../mirror/pages/answers.ts'
import type { FactsSource } from '../../mirror/pages/facts.ts'
import type { PageServer } from '../../mirror/pages/page-server.ts'
import { type Site, styleHash } from '../../mirror/pages/site.ts'
import { SiteFolders, type SiteTree } from '../../mirror/pages/site-folders.ts'
import { blogObjects } from '../../protocol/blog-objects.ts'
import type { Hash } from '../../protocol/objects.ts'
import { PageTree } from '../../server/machine/page-tree.ts'
import { PageWorld } from '../mirror/pages-world.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { TestNetwork } from '../support/test-network.ts'
import { settled } from '../support/virtual-clock.ts'
import { wholeMember } from '../support/whole-member.ts'

const running = new AbortController().signal

/** A fallen blog with a post, written by a process of the member that is gone. */
async function arrange(t: TestContext) {
  const dir = await temporaryFolder(t, 'tree')
  const world = await PageWorld.create()
  await world.capture([{ path: '/', html: '<p>front</p>' }])
  await world.declare()
  const post = await world.post('<p>first words</p>')
  let refused = false
  const known = world.facts()
  const facts: FactsSource = {
    ...known,
    blog: async (id) => (refused ? blogObjects(id, []) : known.blog(id)),
    byHost: async (name) => (refused ? null : known.byHost(name)),
  }
  const start = async (): Promise<PageServer> => {
    const options = { dir, styleHash: styleHash(nodePlatform.sha256), contentUrl: null }
    const tree = new PageTree({ blob: (hash) => world.blobs.get(hash), log: silentLog }, options)
    await tree.start()
    return world.server({}, { facts, tree })
  }
  const earlier = await start()
  await earlier.render(world.blog)
  const at = (path: string) => join(dir, 'm', path)
  assert.ok(existsSync(at('ana.example/index.html')))
  const refuse = () => {
    refused = true
  }
  return { world, post, start, refuse, at }
}

test('after a restart the files of a fallen blog follow what was stored meanwhile, and what comes', async (t) => {
  const { world, post, start, at } = await arrange(t)
  const second = await world.post('<p>second words</p>', { prevs: [post.id] })
  const pages = await start()
  await pages.heal(running)
  assert.match(await readFile(at('ana.example/index.html'), 'utf8'), /second words/)
  const third = await world.post('<p>third words</p>', { prevs: [second.id] })
  pages.refresh(world.blog)
  await world.clock.advance(1000)
  await pages.idle()
  assert.ok(existsSync(at(`ana.example/p/${third.id}/index.html`)))
})

test('a blog that returned while the member was away has no front page in the tree', async (t) => {
  const { world, start, at } = await arrange(t)
  await world.declare({ state: 'over', time: world.clock.nowMs() + 1 })
  await world.clock.advance(3 * 86_400_000)
  await (await start()).heal(running)
  assert.ok(!existsSync(at('ana.example/index.html')) && existsSync(at('ana.example/feed.xml')))
})

test('a blog whose word runs out leaves no front page in the tree, also where it left memory before', async (t) => {
  const { world, start, at } = await arrange(t)
  const pages = await start()
  await pages.heal(running)
  pages.drop(world.blog)
  await pages.tick()
  assert.deepEqual([existsSync(at('ana.example/index.html')), pages.figures.blogs], [true, 0])
  await world.clock.advance(5 * 86_400_000)
  await pages.tick()
  assert.ok(!existsSync(at('ana.example/index.html')))
})

test('a blog that is refused after a restart leaves the tree', async (t) => {
  const { world, start, refuse, at } = await arrange(t)
  const pages = await start()
  await pages.heal(running)
  assert.ok(existsSync(at('ana.example/index.html')))
  refuse()
  pages.refresh(world.blog)
  await world.clock.advance(1000)
  await pages.idle()
  assert.ok(!existsSync(at('ana.example')))
})

test('what is refused or unknown at a start leaves the tree; what is no name of a blog stays', async (t) => {
  const { start, refuse, at } = await arrange(t)
  for (const name of ['gone.example/~ana', 'Not a blog']) {
    await mkdir(at(name), { recursive: true })
    await writeFile(join(at(name), 'index.html'), 'words')
  }
  refuse()
  await (await start()).heal(running)
  const left = await readdir(at(''), { recursive: true })
  assert.deepEqual(left.sort(), ['Not a blog', 'Not a blog/index.html'])
})

test('the tree names its blogs, fallen ones first, and removes one without what stands above or below it', async (t) => {
  const dir = await temporaryFolder(t, 'tree')
  const tree = new PageTree({ blob: async () => null, log: silentLog }, { dir, styleHash: '', contentUrl: null })
  const names = ['cem.example', 'ana.example', 'ana.example/~ben', 'cem.example/~dan']
  for (const name of names) {
    await mkdir(join(dir, 'm', name, 'copy'), { recursive: true })
    await writeFile(join(dir, 'm', name, 'copy/index.html'), 'words')
  }
  await writeFile(join(dir, 'm/cem.example/index.html'), 'words')
  const [front, ...others] = await tree.names()
  assert.deepEqual([front, ...others.sort()], names)
  await Promise.all([tree.erase('ana.example'), tree.erase('cem.example/~dan'), tree.erase('never.example')])
  assert.deepEqual([...(await tree.names())].sort(), ['ana.example/~ben', 'cem.example'])
})

test('a blog found under two names keeps the one that it has now', async () => {
  const { folders, tree } = healing({ 'old.example': 'a', 'new.example': 'a' })
  const render = (blog: Hash) => folders.put(siteOf(blog, 'new.example'))
  await folders.heal(render, running)
  assert.deepEqual([tree.erased, tree.written, folders.has('a')], [['old.example'], ['new.example'], true])
  await folders.erase('a')
  assert.deepEqual([tree.erased, folders.has('a')], [['old.example', 'new.example'], false])
})

test('a name that another blog has taken over is not removed with the blog that had it', async () => {
  const { folders, tree } = healing({})
  await folders.put(siteOf('a', 'ana.example'))
  await folders.put(siteOf('b', 'ana.example'))
  await folders.put(siteOf('a', 'a'))
  assert.deepEqual([tree.erased, tree.written], [[], ['ana.example', 'ana.example', 'a']])
})

test('fallen blogs are looked at in turn', async () => {
  const { folders } = healing({})
  const front = plainAnswer(200, [])
  const fallen = { ...front, answers: {} } as unknown as Prepared
  for (const blog of ['a', 'b', 'c', 'd']) {
    await folders.put({ ...siteOf(blog, blog), places: new Map([['', blog === 'b' ? front : fallen]]) })
  }
  assert.deepEqual(
    [folders.someAway(2), folders.someAway(2)],
    [
      ['a', 'c'],
      ['d', 'a'],
    ],
  )
  await folders.erase('c')
  await folders.put({ ...siteOf('d', 'd'), places: new Map([['', front]]) })
  assert.deepEqual(folders.someAway(9), ['a'])
})

test('two blogs at a time are healed, each once, and none after the member is told to end', async () => {
  const { folders } = healing({ 'a.example': 'a', 'b.example': 'b', 'c.example': 'c', 'd.example': 'd' })
  const ending = new AbortController()
  const begun: { readonly blog: Hash; readonly end: () => void }[] = []
  const render = (blog: Hash) => new Promise<void>((end) => begun.push({ blog, end }))
  const healed = folders.heal(render, ending.signal)
  await settled()
  assert.deepEqual(
    begun.map(({ blog }) => blog),
    ['a', 'b'],
  )
  begun[1]!.end()
  await settled()
  assert.equal(begun[2]!.blog, 'c')
  ending.abort()
  for (const { end } of begun) end()
  await healed
  assert.equal(begun.length, 3)
})

test('a blog that cannot be read does not keep the others from being healed', async () => {
  const { folders, tree } = healing({
    'ill.example': new Error('the disk is ill'),
    'b.example': null,
    'c.example': 'c',
  })
  await folders.heal((blog) => folders.put(siteOf(blog, 'c.example')), running)
  assert.deepEqual([tree.erased, tree.written], [['b.example'], ['c.example']])
})

test('a member answers before its tree is healed, and heals it after', async (t) => {
  const net = await TestNetwork.create(t, { members: 1 })
  const listed = Promise.withResolvers<readonly string[]>()
  const tree = new ListedTree()
  tree.names = () => listed.promise
  const member = await net.add(wholeMember({}, { tree }), 0)
  await member.start()
  listed.resolve(['stranger.example'])
  await settled()
  assert.deepEqual(tree.erased, ['stranger.example'])
})

/** Remembers what it was told. */
class ListedTree implements SiteTree {
  readonly written: string[] = []
  readonly erased: string[] = []
  names: SiteTree['names'] = async () => []

  async write({ name }: Site): Promise<void> {
    this.written.push(name)
  }

  async erase(name: string): Promise<void> {
    this.erased.push(name)
  }
}

/** A tree with these folders, and whose they are now. */
function healing(owners: Readonly<Record<string, Hash | Error | null>>) {
  const tree = new ListedTree()
  tree.names = async () => Object.keys(owners)
  const byHost = async (name: string) => {
    const owner = owners[name] ?? null
    if (owner instanceof Error) throw owner
    return owner
  }
  return { tree, folders: new SiteFolders({ tree, facts: { byHost }, log: silentLog }) }
}

function siteOf(blog: Hash, name: string): Site {
  return {
    blog,
    name,
    places: new Map(),
    files: new Set(),
    bytes: 0,
    copy: null,
    title: '',
    home: '',
    up: false,
    kept: [],
  }
}
