/** Blogs whose objects are in memory, the longest unused first to go. Bounded by their text: one blog may weigh as much as a thousand. */
import { type BlogObjects, objectsOf } from '../protocol/blog-objects.ts'
import type { Hash } from '../protocol/objects.ts'
import { bytesOfAll } from './budgets.ts'

/** Payload bytes; parsed they take about three times as much. The blog at hand stays, however large. */
const bytesMax = 48 * 1024 * 1024
const blogsMax = 5_000

export class BlogCache {
  readonly #blogs = new Map<Hash, { readonly blog: BlogObjects; readonly bytes: number }>()
  #bytes = 0

  get(id: Hash): BlogObjects | undefined {
    return this.#blogs.get(id)?.blog
  }

  set(id: Hash, blog: BlogObjects): BlogObjects {
    this.delete(id)
    const bytes = bytesOfAll(objectsOf(blog))
    this.#blogs.set(id, { blog, bytes })
    this.#bytes += bytes
    for (const other of this.#blogs.keys()) {
      if ((this.#bytes <= bytesMax && this.#blogs.size <= blogsMax) || other === id) break
      this.delete(other)
    }
    return blog
  }

  delete(id: Hash): void {
    this.#bytes -= this.#blogs.get(id)?.bytes ?? 0
    this.#blogs.delete(id)
  }
}
