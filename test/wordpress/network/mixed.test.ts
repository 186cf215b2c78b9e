/**
 * One network of 7 Node members and 5 WordPress members, twelve operators, all real processes. Two of its blogs die: one that
 * Node members guard for its author, and one that is a WordPress member itself.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { realComponent } from '../../support/real-component.ts'
import { postInBrowser } from './author.ts'
import { copied, downEverywhere, held, served } from './looks.ts'
import { type Member, MixedWorld, type Press } from './mixed-world.ts'
import { PlainBlog } from './plain-blog.ts'
import { PressBlog } from './press-blog.ts'

/** Hard ends of waits. On a machine of its own each takes seconds. */
const patienceMs = 4 * 60_000

test('Node and WordPress members carry a plain blog and a WordPress blog through their outages', async (t) => {
  if (realComponent(t, 'php') === null || realComponent(t, 'chromium') === null) return
  const world = await MixedWorld.start(t, { nodes: 7, presses: 5 })
  const { watch } = world
  const plain = await watch.step('a plain blog is added', () => PlainBlog.open(world))
  const ben = await watch.step('Press 1 enrols its own blog', () => PressBlog.open(world, world.presses[0]!))
  const plainMirrors = await watch.step('ten mirrors have the plain blog', () =>
    world.until('ten mirrors have the plain blog', patienceMs, () => copied(world, plain)),
  )
  const benMirrors = await watch.step("ten mirrors have Press 1's blog", () =>
    world.until("ten mirrors have Press 1's blog", patienceMs, () => copied(world, ben)),
  )
  for (const mirrors of [plainMirrors, benMirrors])
    assert.ok(pressesOf(world, mirrors).length >= 3, 'three in WordPress')
  assert.ok(!benMirrors.some((benMirror) => benMirror.url === ben.address), 'no blog is its own mirror')
  await plainBlogDies(t, world, plain, plainMirrors)
  await pressBlogDies(world, ben, benMirrors)
  for (const press of world.presses) assert.doesNotMatch(await press.log(), /plugins\/dgos/, press.name)
})

async function plainBlogDies(
  t: TestContext,
  world: MixedWorld,
  blog: PlainBlog,
  mirrors: readonly Member[],
): Promise<void> {
  const { watch } = world
  // Press 1 dies later. The door need not be a mirror of the blog.
  const [frozen, fallen] = pressesOf(world, mirrors).filter((press) => press !== world.presses[0]) as [Press, Press]
  const door = world.presses.slice(1).find((press) => press !== frozen && press !== fallen)!
  await blog.die()
  const facts = await watch.step('the plain blog is declared down', () =>
    world.until('everybody knows that the plain blog is down', patienceMs, () => downEverywhere(world, blog)),
  )
  assert.equal(facts.state.by, 'quorum')
  assert.ok((facts.state.declaration?.votes ?? 0) >= 6, JSON.stringify(facts.state))
  await watch.step('mirrors of both kinds serve it', () =>
    world.until('every mirror serves the plain blog', patienceMs, () => served(world, blog, mirrors)),
  )
  const post = await watch.step(`its author posts at the form of ${door.name}`, () => {
    const host = new URL(blog.address).host
    const letter = { title: 'From a borrowed computer', markdown: 'Only a *passphrase* was needed.' }
    return postInBrowser(t, { door: `${door.url}dgos/`, host, passphrase: blog.passphrase, ...letter })
  })
  await watch.step('ten mirrors hold the post', () =>
    world.until('ten mirrors hold the post, the same bytes', patienceMs, () => held(world, blog, post, mirrors)),
  )
  await twoAreCutOff(world, blog, mirrors, { door, frozen, fallen })
}

/** One takes connections and answers none; the power of the other fails. */
async function twoAreCutOff(
  world: MixedWorld,
  blog: PlainBlog,
  mirrors: readonly Member[],
  { door, frozen, fallen }: { readonly door: Press; readonly frozen: Press; readonly fallen: Press },
): Promise<void> {
  const { watch } = world
  frozen.freeze()
  await fallen.stop()
  for (const press of [frozen, fallen]) world.away.add(press.url)
  const post = await watch.step(`a post while ${frozen.name} is frozen and ${fallen.name} is dead`, () =>
    blog.post('Two mirrors less', door.url),
  )
  const others = mirrors.filter((mirror) => !world.away.has(mirror.url))
  await watch.step('the other eight hold it', () =>
    world.until('eight mirrors hold the second post', patienceMs, () => held(world, blog, post, others)),
  )
  frozen.thaw()
  await fallen.start()
  world.away.clear()
  await watch.step('both catch up', () =>
    world.until('ten mirrors hold the second post', patienceMs, () => held(world, blog, post, mirrors)),
  )
}

async function pressBlogDies(world: MixedWorld, blog: PressBlog, mirrors: readonly Member[]): Promise<void> {
  const { watch } = world
  const door = pressesOf(world, mirrors)[0]!
  await blog.die()
  const facts = await watch.step("Press 1's blog is declared down", () =>
    world.until("everybody alive knows that Press 1's blog is down", patienceMs, () => downEverywhere(world, blog)),
  )
  assert.equal(facts.state.by, 'quorum')
  await watch.step('mirrors of both kinds serve it', () =>
    world.until("every mirror serves Press 1's blog", patienceMs, () => served(world, blog, mirrors)),
  )
  const post = await watch.step(`a signed file is handed in at ${door.name}`, () => blog.handIn('The bank holds', door))
  await watch.step('ten mirrors hold its post', () =>
    world.until("ten mirrors hold the post of Press 1's author", patienceMs, () => held(world, blog, post.id, mirrors)),
  )
  await blog.comeBack()
  await watch.step('the network sees it return', () =>
    world.until('the blog is returning', patienceMs, async () => {
      const { state } = (await world.facts(world.nodes[1]!.url, blog.id)) ?? {}
      return state?.state === 'returning' ? state : `it is ${state?.state}`
    }),
  )
  await importsOnce(world, blog, post.id)
}

async function importsOnce(world: MixedWorld, blog: PressBlog, post: string): Promise<void> {
  const { watch } = world
  const dead = await watch.step('the import is killed in the middle', () => blog.import({ dieAt: 12 }))
  assert.ok(dead.killed, dead.text)
  const early = await blog.import()
  assert.match(early.text, /RUNNING/, 'the dead run keeps others away for two minutes')
  const said = []
  for (const run of [1, 2, 3]) said.push((await watch.step(`import ${run}`, () => blog.import({ late: true }))).text)
  assert.match(said[0]!, /1 posts confirmed to (9|10) mirrors; 0 wait/)
  for (const line of said.slice(1)) assert.match(line, /Everything is already here/)
  const { posts, pictures } = await blog.imported()
  assert.deepEqual(posts, [`urn:dgos:post:${post}`])
  assert.equal(pictures.length, 1, pictures.join(' '))
  await watch.step('the network knows where the post is now', () =>
    world.until('everybody knows that the post was imported', patienceMs, async () => {
      const all = await Promise.all(world.alive.map((alive) => world.facts(alive.url, blog.id)))
      const missing = world.alive.filter((_, i) => {
        const facts = all[i]
        return facts?.state.state !== 'up' || facts.posts.find((shown) => shown.id === post)?.importedAt == null
      })
      return missing.length === 0 ? all[0]! : missing.map((member) => member.name).join(', ')
    }),
  )
}

function pressesOf(world: MixedWorld, mirrors: readonly Member[]): readonly Press[] {
  return world.presses.filter((press) => mirrors.some((mirror) => mirror.url === press.url))
}
