/**
 * The kit at an address of the author's own: its sealed data stay in this browser, a worker lets it open with no network,
 * and the browser may install it. From the disk it only offers the files for such an address.
 */

import { zipOf } from '../exports/zip.ts'
import { make, part, say } from '../form/page-parts.ts'
import { installableFiles, manifestName, workerName } from './installable.ts'
import { forgetKey } from './keys.ts'
import { type KitData, readKitData } from './kit-data.ts'
import { hashOf, save } from './own-program.ts'

const keptName = 'dgos.kit.kept'
/** In a sandbox, as blogs open the kit for setting up, nothing can be kept: there the page is as if on the disk. */
const hasAddress = /^https?:$/.test(location.protocol) && globalThis.origin !== 'null'

type InstallPrompt = Event & { prompt(): Promise<unknown> }

/** What the author brought to this address before, still sealed; null on the disk, where the file itself holds it. */
export function keptHere(): KitData | null {
  if (!hasAddress) return null
  try {
    return readKitData(JSON.parse(localStorage.getItem(keptName) ?? 'null'))
  } catch {
    return null // forbidden, or written by something else
  }
}

/** Does nothing on the disk. */
export function keepHere(data: KitData): void {
  if (!hasAddress) return
  try {
    localStorage.setItem(keptName, JSON.stringify(data))
    void navigator.storage?.persist?.()
  } catch {
    return // full or forbidden: the author chooses the kit file again
  }
}

export class Installed {
  readonly #program: string

  constructor(program: string) {
    this.#program = program
  }

  start(): void {
    part('save-folder').addEventListener('click', () =>
      save(zipOf(installableFiles(this.#program, hashOf(this.#program))), 'dgos-kit-page.zip', 'application/zip'),
    )
    if (hasAddress) void this.#atAddress()
  }

  async #atAddress(): Promise<void> {
    part<HTMLDetailsElement>('home').open = true // what is wrong with the page at this address must be seen
    part('home-disk').hidden = true
    part('home-here').hidden = false
    part('forget-here').addEventListener('click', () => {
      const kept = keptHere()
      if (kept !== null) void forgetKey(kept)
      localStorage.removeItem(keptName)
      say(part('home-answer'), null, 'Gone from this browser. Your kit file opens it again.')
    })
    addEventListener('beforeinstallprompt', (event) => {
      event.preventDefault()
      const button = part('install')
      button.hidden = false
      button.addEventListener('click', () => void (event as InstallPrompt).prompt())
    })
    document.head.append(make('link', { rel: 'manifest', href: manifestName }))
    try {
      await this.#work(await navigator.serviceWorker.register(workerName))
    } catch {
      refused() // no such file here, no https, or a browser that forbids it
    }
  }

  async #work(registration: ServiceWorkerRegistration): Promise<void> {
    const worker = registration.installing
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'redundant') refused()
    })
    if (navigator.serviceWorker.controller !== null) {
      registration.addEventListener('updatefound', () => void warn())
      if (registration.waiting !== null) await warn()
    }
    await navigator.serviceWorker.ready
    part('home-word').textContent = 'This page is kept in this browser, and opens without a network.'
  }
}

function refused(): void {
  const text = `This browser does not keep the page: ${workerName} is not here, or names another program. Without a network it does not open.`
  say(part('home-answer'), 'warn', text)
}

/** The author decides whether the new program is one: nobody but the author may put it here. */
async function warn(): Promise<void> {
  const text = await fetch(workerName, { cache: 'no-store' }).then(
    (answer) => answer.text(),
    () => '',
  )
  const hash = /[0-9a-f]{64}/.exec(text)?.[0] ?? 'unknown'
  say(
    part('home-answer'),
    'warn',
    `Another program lies at this address, and opens once you have closed the kit everywhere: ${hash}. If you did not put it there, open your kit from your disk instead.`,
  )
}
