/** One post through each door, by the program that people would use. Each gives the id of its post. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { createTransport } from 'nodemailer'
import type { KitData } from '../../activation/doors/kit/kit-data.ts'
import { dataFollows, kitWithData } from '../../activation/doors/kit/kit-file.ts'
import { sealVault } from '../../activation/doors/vault.ts'
import { systemRandom } from '../../lib/random.ts'
import { Gnupg } from '../activation/gnupg.ts'
import { dkimPem } from '../activation/mail-senders.ts'
import { asNewReader } from '../demo/browser.ts'
import { postThroughForm } from '../demo/visits.ts'
import { type DoorsWorld, mailDomain, type OpenedDoor } from './world.ts'

const run = promisify(execFile)
export const pngText =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='

export type WayIn = { readonly door: string; readonly by: string; send(): Promise<string> }
export type Opened = {
  readonly mail: OpenedDoor
  readonly gpg: Gnupg
  /** The address of the OpenPGP key, and the file of its public part. */
  readonly author: string
  readonly key: string
}

export async function openedDoors(world: DoorsWorld): Promise<Opened> {
  const author = 'ana@plain.test'
  const gpg = await Gnupg.at(world.folder('gpg'))
  await gpg.key(author)
  const key = world.file('ana.asc', await gpg.exported(author))
  await world.author('blog', 'keys', 'openpgp', key)
  return { mail: await world.openMail('--openpgp', key), gpg, author, key }
}

export function waysIn(world: DoorsWorld, opened: Opened): readonly WayIn[] {
  return [
    { door: 'form', by: 'Chromium', send: () => byForm(world) },
    { door: 'signed file', by: 'form upload', send: () => bySignedFile(world) },
    { door: 'kit', by: 'Chromium from file:', send: () => byKit(world) },
    { door: 'command line', by: 'dgos post', send: () => byCommand(world) },
    { door: 'e-mail, DKIM', by: 'nodemailer', send: () => byDkim(world, opened) },
    { door: 'e-mail, code', by: 'nodemailer', send: () => byCode(world, opened) },
    { door: 'e-mail, OpenPGP', by: 'gpg, nodemailer', send: () => byOpenpgp(world, opened) },
    { door: 'XML-RPC', by: 'Python xmlrpc.client', send: () => byXmlrpc(world) },
    { door: 'Micropub', by: 'micropub-helper', send: () => byMicropub(world) },
    { door: 'agent', by: 'micropub-helper', send: () => byAgent(world) },
  ]
}

function byForm(world: DoorsWorld): Promise<string> {
  const letter = { title: 'By the form', markdown: 'Only a *passphrase* was needed.' }
  const { passphrase, blog } = world
  return asNewReader(world.browser, (page) =>
    postThroughForm(page, { door: world.mirrors[3]!, host: blog.host, passphrase, ...letter }),
  )
}

async function bySignedFile(world: DoorsWorld): Promise<string> {
  const text = world.file('carried.md', 'Carried on a stick, with a picture.\n\n![a dot](dot.png)\n')
  const image = world.file('dot.png', Buffer.from(pngText, 'base64'))
  const path = `${world.demo.dir}/carried.dgos`
  const made = await world.author(
    'post',
    text,
    '--title',
    'By a signed file',
    '--image',
    `${image}=a dot`,
    '--out',
    path,
  )
  const form = new FormData()
  form.append('file', new Blob([await readFile(path)]), 'carried.dgos')
  const answer = await fetch(`${world.mirrors[4]!}post`, { method: 'POST', body: form })
  if (answer.status !== 200) throw new Error(`the file drop answered ${answer.status}`)
  await answer.arrayBuffer()
  return String(made.post)
}

async function byKit(world: DoorsWorld): Promise<string> {
  const words = 'seven paper boats on still water'
  const whole = await (await fetch(`${world.gateway}kit`)).text()
  const program = whole.slice(0, whole.indexOf(dataFollows) + dataFollows.length)
  const { members, id: network } = world.demo.network
  const data: KitData = {
    format: 'dgos-kit-1',
    network,
    blog: world.blog.id,
    title: 'Ana walks',
    language: 'en',
    addresses: [world.blog.address],
    mirrors: members.slice(5, 8).map(({ key, name, url }) => ({ key, name, url })),
    posting: world.posting.key,
    sealed: await sealVault(world.postingSeed, words, systemRandom, { n: 2 ** 12, r: 8, p: 1 }),
  }
  const path = world.file('kit.html', kitWithData(program, data))
  await asNewReader(world.browser, async (page) => {
    await page.goto(pathToFileURL(path).href)
    await page.getByLabel('Title').fill('By the kit')
    await page.getByLabel('Text', { exact: true }).fill('Signed on my own **disk**.')
    await page.getByLabel('Passphrase of this kit').fill(words)
    await page.getByRole('button', { name: 'Sign and send' }).click()
    await page.getByText('Safe: all 10 friends keep it.').waitFor({ timeout: 60_000 })
  })
  return world.titled('By the kit')
}

async function byCommand(world: DoorsWorld): Promise<string> {
  const text = world.file('command.md', 'Written on the **command line**.\n')
  const done = await world.author('post', text, '--title', 'By the command line')
  return String((done.posts as readonly string[])[0])
}

type Letter = { readonly from: string; readonly subject: string; readonly raw?: string }

/** Over STARTTLS; what the member said after DATA names the post. */
async function mailed(world: DoorsWorld, to: string, letter: Letter, dkim = false): Promise<string> {
  const transport = createTransport({
    host: '127.0.0.1',
    port: world.smtpPort,
    requireTLS: true,
    tls: { rejectUnauthorized: false },
    ...(dkim ? { dkim: { domainName: 'author.test', keySelector: 'key', privateKey: dkimPem('pkcs8') } } : {}),
  })
  const envelope = { from: letter.from, to }
  const { response } =
    letter.raw === undefined
      ? await transport.sendMail({ envelope, ...letter, to, text: 'Sent by mail.' })
      : await transport.sendMail({ envelope, raw: letter.raw })
  transport.close()
  const id = /^250 2\.0\.0 safe as ([0-9a-f]{64})/.exec(response)?.[1]
  if (id === undefined) throw new Error(`the gateway said: ${response}`)
  return id
}

function byDkim(world: DoorsWorld, { mail }: Opened): Promise<string> {
  return mailed(world, mail.address, { from: 'ana@author.test', subject: 'By signed mail' }, true)
}

function byCode(world: DoorsWorld, { mail }: Opened): Promise<string> {
  return mailed(world, mail.address, { from: 'ana@plain.test', subject: `By a code ${mail.codes[0]}` })
}

async function byOpenpgp(world: DoorsWorld, { mail, gpg, author }: Opened): Promise<string> {
  const text = await gpg.sign(author, '--clear-sign', 'Subject: By OpenPGP\n\nSigned by gpg.\n')
  return mailed(world, mail.address, { from: author, subject: 'Not signed', raw: plainMail(author, text) })
}

export function plainMail(from: string, text: string): string {
  const headers = {
    From: from,
    To: `door@${mailDomain}`,
    Subject: 'Not signed',
    Date: new Date().toUTCString().replace('GMT', '+0000'),
    'Message-ID': `<${Buffer.from(systemRandom.bytes(12)).toString('hex')}@plain.test>`,
    'Content-Type': 'text/plain; charset=utf-8',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return `${lines.join('\n')}\n\n${text}`.replace(/\r?\n/g, '\r\n')
}

/** Finds the door as an app does: from the address of the blog's page, by its RSD. */
const python = `
import sys, base64, urllib.request, xmlrpc.client, html.parser, xml.etree.ElementTree as tree
page, token, png = sys.argv[1:]
class Links(html.parser.HTMLParser):
    rsd = None
    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == 'link' and found.get('rel') == 'EditURI' and found.get('type') == 'application/rsd+xml': self.rsd = found['href']
links = Links()
links.feed(urllib.request.urlopen(page).read().decode())
rsd = tree.fromstring(urllib.request.urlopen(links.rsd).read())
apis = [one for one in rsd.iter() if one.tag.endswith('}api') and one.get('name') == 'MetaWeblog']
s = xmlrpc.client.ServerProxy(apis[0].get('apiLink'), use_builtin_types=True)
blog = apis[0].get('blogID')
media = s.metaWeblog.newMediaObject(blog, 'ana', token, {'name': 'dot.png', 'type': 'image/png', 'bits': base64.b64decode(png)})
print(s.metaWeblog.newPost(blog, 'ana', token, {'title': 'By XML-RPC', 'description': '<p>From an app.</p><img src="%s" alt="dot">' % media['url']}, True))
`

async function byXmlrpc(world: DoorsWorld): Promise<string> {
  const { token } = await world.openApp('MarsEdit')
  const page = `${world.gateway}m/${world.blog.host}/`
  return (await run('python3', ['-c', python, page, token, pngText])).stdout.trim()
}

/** Has no types. */
const untyped: string = 'micropub-helper'
type MicropubClient = { create(post: object): Promise<string> }

async function published(micropub: string, token: string, title: string): Promise<string> {
  const { default: Micropub } = (await import(untyped)) as { default: new (o: object) => MicropubClient }
  const app = { me: 'https://ana.example/', clientId: 'https://app.example/', redirectUri: 'https://app.example/' }
  const client = new Micropub({ token, micropubEndpoint: micropub, ...app })
  const url = await client.create({ type: ['h-entry'], properties: { name: [title], content: ['Some *words*'] } })
  return /\/p\/([0-9a-f]{64})$/.exec(url)?.[1] ?? url
}

async function byMicropub(world: DoorsWorld): Promise<string> {
  const { token } = await world.openApp('iA Writer')
  const page = await (await fetch(`${world.gateway}m/${world.blog.host}/`)).text()
  const micropub = /<link rel="micropub" href="([^"]+)">/.exec(page)?.[1] ?? ''
  return published(micropub, token, 'By Micropub')
}

async function byAgent(world: DoorsWorld): Promise<string> {
  const { token, micropub } = await world.agent()
  return published(micropub, token, 'By the agent')
}
