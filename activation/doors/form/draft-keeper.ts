/**
 * The draft on this device: the text in localStorage with every pause in typing, images in IndexedDB. It outlives a wrong
 * passphrase, a refused or failed sending, a reload and a closed window, and goes when the post has been taken with its
 * images, unless the author has written on meanwhile.
 */
import type { Attachment, Envelope, Hash } from '../../../protocol/objects.ts'

export type KeptDraft = {
  readonly mark: Hash
  readonly title: string
  readonly source: string
  readonly attachments: readonly Attachment[]
  readonly language?: string
  readonly direction?: 'ltr' | 'rtl'
  /** The post that is being edited. */
  readonly replaces?: Envelope
}

const prefix = 'dgos.draft.'

export function keepDraft(blog: Hash, draft: KeptDraft): boolean {
  try {
    localStorage.setItem(prefix + blog, JSON.stringify(draft))
    return true
  } catch {
    return false // storage is full or forbidden: the page says that the draft is not kept
  }
}

export function keptDraft(blog: Hash): KeptDraft | null {
  try {
    return JSON.parse(localStorage.getItem(prefix + blog) ?? 'null') as KeptDraft | null
  } catch {
    return null // forbidden, or written by something else
  }
}

export function forgetDraft(blog: Hash): void {
  try {
    localStorage.removeItem(prefix + blog)
  } catch {
    return // forbidden: then there is nothing to forget
  }
}

export async function keepImage(hash: Hash, bytes: Uint8Array): Promise<void> {
  await withImages('readwrite', (images) => images.put(bytes, hash))
}

export async function keptImage(hash: Hash): Promise<Uint8Array | null> {
  const found = await withImages('readonly', (images) => images.get(hash))
  return found instanceof Uint8Array ? found : null
}

/** Lets go of images that are sent, but for those that a draft on this device still needs, be it for another blog. */
export async function forgetImages(sent: readonly Attachment[]): Promise<void> {
  const needed = neededImages()
  for (const { blob } of sent) if (!needed.has(blob)) await withImages('readwrite', (images) => images.delete(blob))
}

function neededImages(): ReadonlySet<Hash> {
  const blogs = keptNames().flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []))
  return new Set(blogs.flatMap((blog) => keptDraft(blog)?.attachments ?? []).map((attachment) => attachment.blob))
}

function keptNames(): readonly string[] {
  try {
    return Object.keys(localStorage)
  } catch {
    return [] // forbidden: then no draft is kept
  }
}

function withImages(mode: IDBTransactionMode, act: (images: IDBObjectStore) => IDBRequest): Promise<unknown> {
  return new Promise((resolve) => {
    const opening = indexedDB.open('dgos', 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore('images')
    opening.onerror = () => resolve(null)
    opening.onsuccess = () => {
      const request = act(opening.result.transaction('images', mode).objectStore('images'))
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => resolve(null)
      request.transaction!.oncomplete = () => opening.result.close()
    }
  })
}
