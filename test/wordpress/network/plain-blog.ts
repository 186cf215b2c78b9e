/** A blog without code of its own on a server of its own: guarded by the members that its author named. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hash } from '../../../protocol/objects.ts'
import { addressOf, type BlogFile, readBlog, writeBlog } from '../../demo/blog-file.ts'
import { hello } from '../../demo/scripts.ts'
import { freePort } from '../../support/ports.ts'
import { dgos, repository } from '../../support/processes.ts'
import type { MixedWorld } from './mixed-world.ts'

export class PlainBlog {
  /** Words of its newest post, which a reader of a copy must see. */
  readonly words = 'Flour, water, salt, time.'
  readonly passphrase = 'calm river stone lamp garden ana'
  readonly address: string
  readonly keys: string
  readonly id: Hash
  readonly #world: MixedWorld

  private constructor(world: MixedWorld, found: { address: string; keys: string; id: Hash }) {
    this.#world = world
    this.address = found.address
    this.keys = found.keys
    this.id = found.id
  }

  /** Served, added with `dgos blog add`, the marker pasted. */
  static async open(world: MixedWorld): Promise<PlainBlog> {
    const dir = join(world.dir, 'plain-blog')
    await mkdir(dir)
    const script = hello[0]!.blog
    const more = { seed: 1, blog: null, network: null, onlineSeed: '', mirrors: [], tail: '' }
    const file: BlogFile = { ...script, ...more, port: await freePort() }
    writeBlog(dir, file)
    world.run('plain blog', [join(repository, 'test/demo/blog-server.ts'), dir])
    await world.answers(addressOf(file))
    const [keys, passphrase] = [join(dir, 'keys.json'), join(dir, 'passphrase.txt')]
    const blog = { address: addressOf(file), keys, id: '' }
    const opened = new PlainBlog(world, blog)
    await writeFile(passphrase, `${opened.passphrase}\n`, { mode: 0o600 })
    const words = ['--member', world.nodes[0]!.url, '--title', file.title, '--keys', keys, '--no-wait']
    const added = (await dgos(['blog', 'add', blog.address, ...words, '--outage-passphrase-file', passphrase])) as {
      readonly blog: Hash
    }
    writeBlog(dir, { ...readBlog(dir), blog: added.blog })
    return new PlainBlog(world, { ...blog, id: added.blog })
  }

  /** As a power cut. */
  async die(): Promise<void> {
    await this.#world.kill('plain blog')
  }

  /** By the author's own command, through one member; the id of the post. */
  async post(title: string, door: string): Promise<Hash> {
    const text = join(this.#world.dir, 'letter.md')
    await writeFile(text, `${title}, and all is *well*.\n`)
    const words = ['post', text, '--title', title, '--keys', this.keys, '--member', door, '--wait', '0']
    const { posts } = (await dgos(words)) as { readonly posts: readonly Hash[] }
    return posts[0]!
  }
}
