/** Twelve members in processes of their own and a blog whose server is gone: where every door is tried. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { SMTPServer } from 'smtp-server'
import { nodeSigner } from '../../lib/platform.ts'
import { fromHex } from '../../protocol/bytes.ts'
import type { Signer } from '../../protocol/platform.ts'
import { dkimRecord } from '../activation/mail-senders.ts'
import { openBrowser } from '../demo/browser.ts'
import { Demo, type GuardedBlog } from '../demo/demo-world.ts'
import { type NameServer, nameServer } from '../support/name-server.ts'
import { dgos, repository } from '../support/processes.ts'
import { testTls } from '../support/test-tls.ts'
import { until } from '../support/until.ts'

export const mailDomain = 'mail.test'
export const noticeAddress = 'ana@elsewhere.test'
export type DoorsOptions = { readonly dir: string; readonly port: number }
export type OpenedDoor = { readonly key: string; readonly address: string; readonly codes: readonly string[] }
export type OpenedApp = { readonly key: string; readonly token: string }

/** Nothing here is about watching or capturing: twelve members on one machine do what they must, and no more. */
const calm = {
  DGOS_PROBE_MS: '300000',
  DGOS_DOWN_PROBE_MS: '300000',
  DGOS_SYNC_MS: '20000',
  DGOS_ATTEST_MS: '5000',
  DGOS_CAPTURE_MS: '30000',
  DGOS_CHECKPOINT_MS: '600000',
  DGOS_AUDIT_MS: '600000',
  DGOS_KEEP_MS: '600000',
  DGOS_OUTAGE_LIST_MS: '60000',
}

export class DoorsWorld {
  readonly demo: Demo
  readonly blog: GuardedBlog
  /** Urls of the ten mirrors. */
  readonly mirrors: readonly string[]
  /** The member that takes mail and apps. */
  readonly gateway: string
  readonly smtpPort: number
  readonly agentPort: number
  readonly browser: Browser
  /** What the author was told by mail. */
  readonly told: readonly string[]
  readonly #close: () => Promise<void>

  private constructor(
    fields: Pick<DoorsWorld, 'demo' | 'mirrors' | 'browser' | 'told' | 'smtpPort' | 'agentPort'> & {
      readonly close: () => Promise<void>
    },
  ) {
    this.demo = fields.demo
    this.blog = fields.demo.blogs[0]!
    this.mirrors = fields.mirrors
    this.gateway = fields.demo.network.members[0]!.url
    this.smtpPort = fields.smtpPort
    this.agentPort = fields.agentPort
    this.browser = fields.browser
    this.told = fields.told
    this.#close = fields.close
  }

  /** Ports from `port` on: 12 members, 3 blogs, mail in, mail out, the agent. */
  static async start({ dir, port }: DoorsOptions, tell: (text: string) => void): Promise<DoorsWorld> {
    const [smtpPort, noticePort, agentPort] = [port + 15, port + 16, port + 17]
    mkdirSync(dir, { recursive: true })
    const dns = await nameServer(
      new Map(['author.test', 'evil.test'].map((domain) => [`key._domainkey.${domain}`, dkimRecord])),
    )
    const told: string[] = []
    const notices = await noticeBox(noticePort, told)
    const gateway = `http://127.0.0.1:${port}/`
    const env = mailSettings(dir, dns, { smtpPort, noticePort })
    const demo = await Demo.start(
      {
        dir,
        members: 12,
        memberPort: port,
        blogPort: port + 12,
        fast: true,
        env: (url) => (url === gateway ? { ...calm, ...env } : calm),
      },
      tell,
    )
    const browser = await openBrowser()
    const close = async () => {
      await browser.close()
      await demo.stop()
      await new Promise<void>((resolve) => notices.close(() => resolve()))
      dns.close()
    }
    try {
      const mirrors = await fallen(demo, demo.blogs[0]!)
      tell('its server is gone, and its author has said so')
      return new DoorsWorld({ demo, mirrors, browser, told, smtpPort, agentPort, close })
    } catch (error) {
      await close()
      throw error
    }
  }

  stop(): Promise<void> {
    return this.#close()
  }

  /** `dgos <args>` with the author's keys. */
  author(...args: readonly string[]): Promise<Record<string, unknown>> {
    return dgos([...args, '--keys', this.blog.keys]) as Promise<Record<string, unknown>>
  }

  openMail(...more: readonly string[]): Promise<OpenedDoor> {
    const who = ['--notice', noticeAddress, '--sender', 'ana@author.test', '--member', this.gateway]
    return this.author('door', 'open', 'mail', ...who, ...more) as unknown as Promise<OpenedDoor>
  }

  openApp(name: string): Promise<OpenedApp> {
    const words = ['door', 'open', 'app', '--name', name, '--member', this.gateway]
    return this.author(...words) as unknown as Promise<OpenedApp>
  }

  file(name: string, content: string | Uint8Array): string {
    const path = join(this.demo.dir, name)
    writeFileSync(path, content)
    return path
  }

  folder(name: string): string {
    const path = join(this.demo.dir, name)
    mkdirSync(path, { mode: 0o700 })
    return path
  }

  get passphrase(): string {
    return readFileSync(this.blog.passphraseFile, 'utf8').trim()
  }

  get postingSeed(): Uint8Array {
    const { names, seeds } = JSON.parse(readFileSync(this.blog.keys, 'utf8')) as { names: string[]; seeds: string[] }
    return fromHex(seeds[names.indexOf('posting')]!)
  }

  get posting(): Signer {
    return nodeSigner(this.postingSeed)
  }

  /** The post of that title, once a mirror shows it. */
  async titled(title: string): Promise<string> {
    return until(
      async () => {
        const found = await fetch(`${this.mirrors[0]!}dgos/v1/blogs/${this.blog.id}`)
        const { posts } = (await found.json()) as { posts: { id: string; title: string }[] }
        return posts.find((post) => post.title === title)?.id ?? null
      },
      `a post "${title}"`,
      { withinMs: 60_000 },
    )
  }

  /** Starts `dgos agent` and gives what it printed. */
  async agent(): Promise<{ readonly token: string; readonly micropub: string; readonly xmlrpc: string }> {
    const words = ['agent', '--port', String(this.agentPort), '--keys', this.blog.keys, '--json']
    this.demo.processes.start('agent', [join(repository, 'server/bin/dgos.js'), ...words])
    const log = join(this.demo.dir, 'logs', 'agent.log')
    return until(
      async () => {
        const text = existsSync(log) ? readFileSync(log, 'utf8') : ''
        return text.includes('"token"') && text.trimEnd().endsWith('}') ? JSON.parse(text) : null
      },
      'the agent starts',
      { withinMs: 30_000 },
    )
  }
}

/** A mail box that takes everything: where the gateway tells the author. */
async function noticeBox(port: number, told: string[]): Promise<SMTPServer> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        told.push(Buffer.concat(parts).toString('utf8'))
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server
}

function mailSettings(dir: string, dns: NameServer, ports: { readonly smtpPort: number; readonly noticePort: number }) {
  const { key, cert } = testTls(mailDomain)
  const [keyPath, certPath] = [join(dir, 'smtp-key.pem'), join(dir, 'smtp-cert.pem')]
  writeFileSync(keyPath, key, { mode: 0o600 })
  writeFileSync(certPath, cert)
  return {
    DGOS_SMTP_PORT: String(ports.smtpPort),
    DGOS_SMTP_HOST: '127.0.0.1',
    DGOS_SMTP_DOMAIN: mailDomain,
    DGOS_SMTP_KEY: keyPath,
    DGOS_SMTP_CERT: certPath,
    DGOS_MAIL: `smtp://127.0.0.1:${ports.noticePort}`,
    DGOS_MAIL_FROM: `dgos@${mailDomain}`,
    DGOS_MAIL_DNS: dns.address,
  }
}

/** Waits for ten mirrors, takes the blog's server away, and lets the author say so. Gives the mirrors. */
async function fallen(demo: Demo, blog: GuardedBlog): Promise<readonly string[]> {
  const mirrors = await until(
    async () => {
      const urls = ((await demo.blogState(blog))?.mirrors ?? []).map((mirror) => mirror.url)
      const whole = await Promise.all(urls.map((url) => demo.hasCopy(url, blog)))
      return urls.length === 10 && whole.every(Boolean) ? urls : null
    },
    'ten mirrors hold the copy',
    { withinMs: 300_000 },
  )
  await demo.processes.kill(blog.name)
  await dgos(['declare', '--hours', '6', '--keys', blog.keys])
  return mirrors
}
