/** Enrolling a blog at `/join`: the policy, the invitation, the page without script; and the whole way in a real browser. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { chromium, type Page } from 'playwright-core'
import { makeKeys, makeOutageDelegation, makeRoot } from '../../activation/doors/enrol.ts'
import { type KitData, readKitStart } from '../../activation/doors/kit/kit-data.ts'
import { dataOfKit } from '../../activation/doors/kit/kit-file.ts'
import { writePostFile } from '../../activation/doors/post-file.ts'
import { seedOfWords } from '../../activation/doors/recovery-words.ts'
import { successorFields } from '../../activation/doors/successor.ts'
import { sealVault } from '../../activation/doors/vault.ts'
import { systemClock } from '../../lib/clock.ts'
import { openDatabase } from '../../lib/database.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { seededRandom, systemRandom } from '../../lib/random.ts'
import { BlogRequests, invitationFor } from '../../network/blog-requests.ts'
import { SqlInvitationStore } from '../../network/invitation-store.ts'
import { provenAddresses } from '../../protocol/address-proof.ts'
import { textOf } from '../../protocol/bytes.ts'
import { seal } from '../../protocol/envelope.ts'
import { currentHead } from '../../protocol/heads.ts'
import { keyRolesOf } from '../../protocol/key-roles.ts'
import type { Envelope } from '../../protocol/objects.ts'
import { signerFromSeed } from '../../protocol/signature.ts'
import { main } from '../../server/cli/main.ts'
import { folderAt } from '../../server/machine/folder.ts'
import { startMember } from '../../server/start.ts'
import { openMenu } from '../activation/kit-editor.ts'
import { answerWords, makePapers, saveAndChoose } from '../activation/kit-setup.ts'
import { builtKit } from '../support/built-files.ts'
import { realComponent } from '../support/real-component.ts'
import { sha256, signerOf } from '../support/small-network.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { TestNetwork } from '../support/test-network.ts'
import { wholeMember } from '../support/whole-member.ts'

async function enrolment(net: TestNetwork, seed = 'a', steward = 'm0', aheadMs = 0): Promise<readonly Envelope[]> {
  const random = seededRandom(seed)
  const keys = makeKeys(random)
  const common = { network: net.network.id, time: net.clock.nowMs() + aheadMs }
  const root = await makeRoot(
    {
      ...common,
      title: 'Ana',
      addresses: ['http://ana.example/'],
      recovery: keys.recovery.map((recovery) => recovery.signer.key),
      posting: [{ key: keys.posting.signer.key, name: 'kit' }],
      signers: [signerOf(steward).key],
    },
    keys.recovery[0]!.signer,
    sha256,
  )
  const vault = await sealVault(keys.outage.seed, 'x', random, { n: 1024, r: 8, p: 1 })
  const outage = { ...common, blog: root.id, outageKey: keys.outage.signer.key, vault, mayDeclare: true }
  return [root.envelope, (await makeOutageDelegation(outage, keys.posting.signer, sha256)).envelope]
}

async function requestsOf(
  net: TestNetwork,
  policy: 'closed' | 'invitation' | 'open',
  database = openDatabase({ path: ':memory:' }),
): Promise<BlogRequests> {
  const { ledger, key } = net.member(0)
  const invitations = await SqlInvitationStore.open(database)
  return new BlogRequests({ ledger, invitations, platform: nodePlatform, clock: net.clock }, { self: key, policy })
}

test('closed takes no blog, open takes one that names this member, and nothing else', async (t) => {
  const net = await TestNetwork.create(t, { members: 2 })
  const objects = await enrolment(net)
  const detail = async (policy: 'closed' | 'open', sent: readonly unknown[]) => {
    const taken = await (await requestsOf(net, policy)).take(sent, '')
    return taken.ok ? 'taken' : taken.detail
  }
  assert.equal(await detail('closed', objects), 'this member takes no new blogs')
  assert.match(await detail('open', await enrolment(net, 'b', 'm1')), /another member as its steward/)
  assert.match(await detail('open', [objects[1]]), /send root 1/)
  assert.match(await detail('open', [...objects, objects[0]]), /send root 1/)
  assert.match(await detail('open', Array(5).fill(objects[0])), /send a root/)
  assert.equal(await detail('open', objects), 'taken')
  assert.equal(await detail('open', objects), 'taken', 'again changes nothing')
})

test('an invitation lets one blog in, until its day, if the operator of this very member signed it', async (t) => {
  const net = await TestNetwork.create(t, { members: 2 })
  const database = openDatabase({ path: ':memory:' })
  let requests = await requestsOf(net, 'invitation', database)
  const until = net.clock.nowMs() + 1000
  const made = (member: string, operator: string) =>
    invitationFor({ random: net.random }, { member: signerOf(member).key, until }, signerOf(operator))
  const detail = async (seed: string, invitation: string) => {
    const taken = await requests.take(await enrolment(net, seed), invitation)
    return taken.ok ? 'taken' : taken.detail
  }
  assert.match(await detail('a', ''), /by invitation/)
  assert.match(await detail('a', await made('m0', 'o1')), /not from the operator/)
  assert.match(await detail('a', await made('m1', 'o0')), /not from the operator/)
  const invitation = await made('m0', 'o0')
  assert.match(await detail('a', `0${invitation.slice(1)}`), /not from the operator/)
  const ahead = await enrolment(net, 'early', 'm0', 86_400_000)
  const early = await requests.take(ahead, invitation)
  assert.equal(early.ok ? 'taken' : early.code, 'AHEAD_OF_TIME')
  assert.equal(await detail('a', invitation), 'taken', 'a refused blog has not used it')
  requests = await requestsOf(net, 'invitation', database)
  assert.match(await detail('b', invitation), /has been used/, 'after a restart too')
  await net.clock.advance(2000)
  assert.match(await detail('c', await made('m0', 'o0')), /the invitation/)
})

test('a blog without a server: tag seen by the members themselves, captured by its steward, then by the one it moves to', async (t) => {
  const net = await TestNetwork.create(t, { members: 3, make: wholeMember({ servesAnybody: true }) })
  const objects = await enrolment(net)
  const taken = await (await requestsOf(net, 'open')).take(objects, '')
  const blog = taken.ok ? taken.value : ''
  net.web.pages.set(
    'http://ana.example/',
    `<!doctype html><meta name="dgos" content="${blog}"><title>Ana</title><p>Hello`,
  )
  await net.start()
  const known = async () => net.member(2).ledger.blog(blog)
  for (let minutes = 0; minutes < 60 && (await known()).head.length === 0; minutes++) await net.clock.advance(60_000)
  const proven = provenAddresses(await known(), net.member(2).ledger.roster(), net.clock.nowMs(), sha256)
  assert.deepEqual(
    proven.map((provenAddress) => provenAddress.address),
    ['http://ana.example/'],
  )
  assert.equal(currentHead(await known(), net.clock.nowMs())!.payload.key, net.member(0).key)
  const keys = makeKeys(seededRandom('a'))
  const current = keyRolesOf(await known())!.chain.current
  const fields = successorFields(current, blog, net.clock.nowMs(), { signers: [net.member(1).key] })
  const root = await seal('root', fields, keys.recovery[0]!.signer, sha256)
  await net.member(2).ledger.accept([root.envelope], 'author')
  const signer = async () => currentHead(await known(), net.clock.nowMs())!.payload.key
  for (let minutes = 0; minutes < 60 && (await signer()) !== net.member(1).key; minutes++)
    await net.clock.advance(60_000)
  assert.equal(await signer(), net.member(1).key)
})

/** A whole member of its own network, on a loopback port. */
async function member(t: TestContext, port: number) {
  const data = join(await temporaryFolder(t, 'join'), 'data')
  const url = `http://127.0.0.1:${port}/`
  const lines: string[] = []
  const run = (args: readonly string[]) =>
    main([...args, '--data', data, '--json'], {
      env: {},
      home: data,
      clock: systemClock,
      random: systemRandom,
      wire: { request: async () => ({ ok: false, reason: 'silent' }) },
      out: (line) => void lines.push(line),
      err: () => {},
      exchange: async () => null,
      resolvers: () => [],
      input: async () => new Uint8Array(0),
      ended: new Promise(() => {}),
    })
  await run(['init', '--name', 'Ada', '--url', url, '--found', 'Test', '--loopback'])
  await run(['blog', 'invite'])
  const { link } = JSON.parse(lines.at(-1)!) as { link: string }
  const running = await startMember(folderAt(data), { DGOS_LISTEN: `127.0.0.1:${port}`, DGOS_LOG: 'silent' })
  t.after(() => running.stop())
  return { url, link, running }
}

test('the page hands out the kit with its hash, takes a signed root back, and shows the marker', async (t) => {
  const { url, link, running } = await member(t, 18_791)
  const asked = await (await fetch(link)).text()
  assert.match(asked, /What is your blog made with\?/)
  assert.doesNotMatch(asked, /href="\/kit|sha256sum/, 'one question first')
  const way = (kind: string) =>
    new URL(new RegExp(`href="(/join\\?kind=${kind}[^"]*)"`).exec(asked)![1]!.replaceAll('&amp;', '&'), url)
  const wordpress = await (await fetch(way('wordpress'))).text()
  assert.match(wordpress, /Plugins, Add plugin/)
  assert.doesNotMatch(wordpress, /href="\/kit/, 'the plugin brings its own')
  assert.match(await (await fetch(way('ghost'))).text(), /Code injection/)
  const page = await (await fetch(way('blogspot'))).text()
  const { hash, program } = await builtKit()
  assert.ok(page.includes(hash))
  assert.equal(running.member.ledger.roster().members[0]!.id, running.member.key)
  const record = running.member.ledger.networkObjects.filter((networkObject) => networkObject.kind === 'member').at(-1)!
  assert.equal((record.payload as { kit?: string }).kit, hash, 'the member signs which program it hands out')
  const kit = await fetch(new URL(/href="(\/kit\?[^"]*)"/.exec(page)![1]!, url))
  assert.match(kit.headers.get('content-disposition')!, /attachment/)
  assert.match(kit.headers.get('content-security-policy')!, /sandbox/)
  const file = await kit.text()
  assert.equal(file.slice(0, program.length), program)
  const start = readKitStart(dataOfKit(file))!
  assert.equal(start.member, url)
  const form = new FormData()
  form.set('file', new Blob(['not a file']), 'x.dgos')
  const refused = await fetch(`${url}join`, { method: 'POST', body: form })
  assert.equal(refused.status, 400)
  assert.match(await refused.text(), /not a \.dgos file/)
  const { ledger, key } = running.member
  const keys = makeKeys(systemRandom)
  const root = await makeRoot(
    {
      network: ledger.network.id,
      time: Date.now(),
      title: 'Ana',
      addresses: ['http://127.0.0.1:9/'],
      recovery: keys.recovery.map((recovery) => recovery.signer.key),
      posting: [{ key: keys.posting.signer.key, name: 'kit' }],
      signers: [key],
    },
    keys.recovery[0]!.signer,
    sha256,
  )
  form.set('file', new Blob([textOf(writePostFile([root.envelope], new Map()))!]), 'x.dgos')
  assert.match(await (await fetch(`${url}join`, { method: 'POST', body: form })).text(), /by invitation/)
  form.set('invitation', start.invitation)
  const taken = await (await fetch(`${url}join`, { method: 'POST', body: form })).text()
  assert.match(taken, new RegExp(`&lt;meta name=&quot;dgos&quot; content=&quot;${root.id}&quot;&gt;`))
  assert.equal((await ledger.blog(root.id)).root.length, 1)
})

test('with the network cut, enrolling ends in a signed root that /join takes later', async (t) => {
  const executablePath = realComponent(t, 'chromium')
  if (executablePath === null) return
  const { link, url, running } = await member(t, 18_793)
  const invitation = new URL(link).searchParams.get('invitation')!
  const path = join(await temporaryFolder(t, 'kit'), 'kit.html')
  await writeFile(path, await (await fetch(`${url}kit?invitation=${invitation}`)).text())
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  t.after(() => browser.close())
  const context = await browser.newContext()
  await context.setOffline(true)
  const page = await context.newPage()
  await page.goto(pathToFileURL(path).href)
  await page.getByLabel('Address of the blog').fill('ana.example')
  await page.getByLabel('What it is called').fill('Ana')
  const { words } = await makePapers(page)
  await answerWords(page, words)
  await saveAndChoose(t, page)
  await page.getByRole('button', { name: 'Protect it now' }).click()
  await page.getByText('No network: save your registration file').waitFor()
  const saving = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save your registration file' }).click()
  const form = new FormData()
  form.set('file', new Blob([await readFile(await (await saving).path())]), 'join.dgos')
  form.set('invitation', invitation)
  const answer = await fetch(`${url}join`, { method: 'POST', body: form })
  assert.equal(answer.status, 200)
  const [blog] = running.member.ledger.blogs()
  assert.match(await answer.text(), new RegExp(`content=&quot;${blog}&quot;`))
})

/** Sheet 2, later: shown for the passphrase, asked back, and gone from the kit. */
async function printSecondSheet(
  t: TestContext,
  page: Page,
  { phrase, recovery }: { readonly phrase: string; readonly recovery: string },
): Promise<void> {
  await page.getByText('Recovery sheet 2 is not on paper yet').waitFor()
  await page.getByLabel('All nine words of your passphrase').fill(phrase)
  await page.getByRole('button', { name: 'Show sheet 2' }).click()
  await page.locator('#words-2 li').nth(12).waitFor()
  const second = await page.locator('#words-2 li').allInnerTexts()
  const seed = seedOfWords(second.join(' '))
  assert.equal(seed.ok && signerFromSeed(seed.value).key, recovery)
  await page.locator('#second-sheet').getByRole('button', { name: 'Check' }).click()
  await page.getByText('is another one: look at your sheet again').waitFor()
  for (const field of await page.locator('.words-asked input').all())
    await field.fill(second[Number((await field.getAttribute('id'))!.slice('second-'.length))]!)
  await page.locator('#second-sheet').getByRole('button', { name: 'Check' }).click()
  const without = await saveAndChoose(t, page)
  await page.getByText('Found: "saved.html"').waitFor()
  assert.equal((dataOfKit(await readFile(without, 'utf8')) as KitData).second, undefined)
  assert.equal(await page.locator('#second-reminder').isVisible(), false)
}

test('an author without a server enrols from the kit on the disk: words, three asked back, root, tag, own kit', async (t) => {
  const executablePath = realComponent(t, 'chromium')
  if (executablePath === null) return
  const { link, url, running } = await member(t, 18_792)
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  t.after(() => browser.close())
  const page = await browser.newPage()
  await page.goto(link)
  await page.getByRole('link', { name: 'Blogspot' }).click()
  const handing = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download the kit' }).click()
  const dir = await temporaryFolder(t, 'kit')
  const path = join(dir, 'kit.html')
  await (await handing).saveAs(path)
  await page.goto(pathToFileURL(path).href)
  await page.getByLabel('Address of the blog').fill('http://Ana.example')
  await page.getByLabel('What it is called').fill('The blog of Ana')
  assert.equal(await page.getByLabel('server that is to keep a copy').inputValue(), url)
  const { phrase, words } = await makePapers(page)
  const asked = page.locator('#check-fields input')
  assert.equal(await asked.count(), 3)
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await page.getByText('is another one: look at your sheet again').waitFor()
  await answerWords(page, words)
  assert.equal(await page.getByRole('button', { name: 'Protect it now' }).isVisible(), false)
  await page.locator('#save-first').click()
  await page.locator('#saved-kit').setInputFiles(path)
  await page.getByText('That file is not a kit').waitFor()
  assert.equal(running.member.ledger.blogs().length, 0, 'nothing is enrolled before the saved kit was found again')
  const own = await saveAndChoose(t, page)
  await page.getByRole('button', { name: 'Protect it now' }).waitFor()
  await page.goto(pathToFileURL(own).href)
  await page.getByRole('button', { name: 'Protect it now' }).click()
  const marker = await page.locator('#marker').innerText()
  const blog = /content="([0-9a-f]{64})"/.exec(marker)![1]!
  const root = (await running.member.ledger.blog(blog)).root[0]!
  assert.deepEqual([root.payload.addresses, root.payload.signers], [['http://ana.example/'], [running.member.key]])
  const text = await readFile(own, 'utf8')
  assert.equal((dataOfKit(text) as KitData).blog, blog)
  for (const word of [phrase, words.join(' ')]) assert.equal(text.includes(word), false)
  await writeFile(own, text)
  await page.goto(pathToFileURL(own).href)
  await page.getByText('members name this one').waitFor()
  await page.getByLabel('Title', { exact: true }).fill('First')
  await page.getByLabel('My blog is down').check()
  await page.getByLabel('Passphrase of this kit').fill(phrase)
  await page.getByRole('button', { name: 'Sign and send' }).click()
  await page.getByText('Safe: your one friend keeps it.').waitFor()
  await openMenu(page)
  await printSecondSheet(t, page, { phrase, recovery: root.payload.recovery[1]! })
  const exporting = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Blogger (Atom)' }).click()
  const atom = await readFile(await (await exporting).path(), 'utf8')
  assert.match(atom, /<title type="text">First<\/title>/)
  await page.getByLabel('Address of "First"').fill('http://ana.example/2026/first.html')
  await page.getByRole('button', { name: 'Sign these addresses' }).click()
  await page.getByText('1 members lead readers to these addresses now.').waitFor()
  const [imported] = (await running.member.ledger.blog(blog)).imported
  assert.equal(imported!.payload.posts[0]!.url, 'http://ana.example/2026/first.html')
})
