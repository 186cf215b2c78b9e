/** A fresh WordPress among Node members, its admin in Chromium, and the kit filled in as an author fills it in. */
import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { makeKeys, makeRoot } from '../../activation/doors/enrol.ts'
import { type KitData, type KitStart, readKitStart } from '../../activation/doors/kit/kit-data.ts'
import { dataOfKit } from '../../activation/doors/kit/kit-file.ts'
import { seedOfWords } from '../../activation/doors/recovery-words.ts'
import { openVault } from '../../activation/doors/vault.ts'
import { sha256 } from '../../embed-beacon/sha256.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { seededRandom } from '../../lib/random.ts'
import { toHex } from '../../protocol/bytes.ts'
import { open } from '../../protocol/envelope.ts'
import type { SignedObject } from '../../protocol/objects.ts'
import { answerWords, makePapers } from '../activation/kit-setup.ts'
import { builtKit } from '../support/built-files.ts'
import { openAdmin } from './admin.ts'
import { type MemberSite, type MemberSiteOptions, memberSite } from './member-site.ts'
import { Network } from './node-network.ts'
import { plugin } from './php.ts'

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** What only the author may know, as the kit showed it, and what it saved. */
export type Made = { readonly secrets: readonly string[]; readonly kit: KitData }

export class ScreenWorld {
  readonly net: Network
  readonly site: MemberSite
  readonly page: Page
  /** Everything that any page of this browser has sent: method, address, body. */
  readonly sent: string[] = []

  private constructor(net: Network, site: MemberSite, page: Page) {
    this.net = net
    this.site = site
    this.page = page
    page.context().on('request', (request) => {
      this.sent.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`)
    })
  }

  static async open(t: TestContext, options: Partial<MemberSiteOptions> = {}): Promise<ScreenWorld> {
    await buildKit()
    const net = await Network.start(t)
    const permalinks = '/%year%/%monthnum%/%postname%/'
    const site = await memberSite(t, { fast: true, loopback: true, permalinks, ...options })
    return new ScreenWorld(net, site, await openAdmin(t, site.url.replace(/\/$/, '')))
  }

  /** As "dgos status" names it to the operator. */
  async networkId(): Promise<string> {
    const { network } = (await (await fetch(`${this.net.url(0)}dgos/v1/members`)).json()) as {
      network: { payload: string }
    }
    const opened = await open(network, nodePlatform)
    assert.ok(opened.ok)
    return opened.value.id
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(`${this.site.url}wp-admin/${path}`)
  }

  /** The link as pasted, the request as the operator gets it, the voucher. */
  async join(): Promise<void> {
    await this.page.fill('#dgos-link', this.net.url(0))
    await this.page.click('text="Join"')
    await this.net.invite(await this.page.inputValue('#dgos-request'))
  }

  /** Problems of axe-core that keep people out. */
  async axe(page = this.page, within = '#wpbody-content'): Promise<string[]> {
    await page.evaluate(await readFile(axePath, 'utf8'))
    return page.evaluate(async (within) => {
      type Found = { violations: { id: string; impact: string; nodes: { html: string }[] }[] }
      const { axe } = globalThis as unknown as { axe: { run(context: string): Promise<Found> } }
      const { violations } = await axe.run(within)
      const grave = violations.filter((violation) => ['serious', 'critical'].includes(violation.impact))
      return grave.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)
    }, within)
  }
}

/** Signs roots as the kit does, right and wrong ones. */
export class RootAuthor {
  readonly #site: MemberSite
  readonly #keys = makeKeys(seededRandom('an author at a screen'))

  constructor(site: MemberSite) {
    this.#site = site
  }

  async sign(fields: { readonly online?: string; readonly address?: string } = {}): Promise<SignedObject<'root'>> {
    const { network, blog } = await this.#start()
    const online = fields.online ?? blog!.online
    const about = { network, time: Date.now(), title: 'Ben', online, signers: [online] }
    const recovery = this.#keys.recovery.map((recovery) => recovery.signer.key)
    const posting = [{ key: this.#keys.posting.signer.key, name: 'kit' }]
    const addresses = [fields.address ?? blog!.address]
    return makeRoot({ ...about, addresses, recovery, posting }, this.#keys.recovery[0]!.signer, sha256)
  }

  /** What lets a kit hand in by itself. */
  async mark(): Promise<string> {
    return (await this.#start()).invitation
  }

  async #start(): Promise<KitStart> {
    const file = await this.#site.eval('echo DGOS_Plugin::instance()->kit()->file();')
    return readKitStart(dataOfKit(file))!
  }
}

/** The author's part: keys, three words of the sheet, the root handed in or saved, the kit saved. */
export async function setUpKit(kit: Page): Promise<Made> {
  const { phrase, words: first } = await makePapers(kit)
  await answerWords(kit, first)
  const file = await saved(kit, 'Save my kit')
  await kit.locator('#saved-kit').setInputFiles({ name: 'kit.html', mimeType: 'text/html', buffer: Buffer.from(file) })
  await kit.getByRole('button', { name: 'Protect it now' }).click()
  await kit.locator('#seen').waitFor({ timeout: 120_000 })
  const data = dataOfKit(file) as KitData
  const posting = await openVault(data.sealed, phrase)
  const second = await openVault(data.second!, phrase)
  const seed = seedOfWords(first.join(' '))
  assert.ok(posting.ok && second.ok && seed.ok)
  const encoded = [seed.value, second.seed, posting.seed].flatMap((seed) => [
    toHex(seed),
    Buffer.from(seed).toString('base64'),
  ])
  const texts = [first.join(' '), first.slice(0, 3).join(' '), phrase, phrase.split(' ').slice(0, 6).join(' ')]
  return { secrets: [...encoded, ...texts], kit: data }
}

export async function saved(page: Page, button: string): Promise<string> {
  const saving = page.waitForEvent('download')
  await page.getByRole('button', { name: button, exact: true }).click()
  return readFile(await (await saving).path(), 'utf8')
}

async function buildKit(): Promise<void> {
  await mkdir(join(plugin, 'assets'), { recursive: true })
  await writeFile(join(plugin, 'assets', 'kit.html'), (await builtKit()).program)
}
