/** An author at the command line, with whole members in memory around. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { utf8 } from '../../protocol/bytes.ts'
import { main } from '../../server/cli/main.ts'
import { urlOf } from '../support/network-founding.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { TestNetwork } from '../support/test-network.ts'
import { ask } from '../support/whole-member.ts'

export const address = 'http://ana.example/'

export class Author {
  readonly net: TestNetwork
  readonly home: string
  readonly #t: TestContext

  private constructor(t: TestContext, net: TestNetwork, home: string) {
    this.#t = t
    this.net = net
    this.home = home
  }

  static async at(t: TestContext, members = 3): Promise<Author> {
    return Author.of(t, await TestNetwork.create(t, { members }))
  }

  static async of(t: TestContext, net: TestNetwork): Promise<Author> {
    return new Author(t, net, await temporaryFolder(t, 'author'))
  }

  /** The same author at another machine. */
  async elsewhere(): Promise<Author> {
    return new Author(this.#t, this.net, await temporaryFolder(this.#t, 'author'))
  }

  async run(args: readonly string[], input = '') {
    const out: string[] = []
    const err: string[] = []
    const { clock, random } = this.net
    const code = await main([...args, '--json'], {
      env: {},
      home: this.home,
      clock,
      random,
      wire: this.net.wire('192.0.2.9'),
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      exchange: async () => null,
      resolvers: () => [],
      input: async () => utf8(input),
      ended: new Promise(() => {}),
    })
    await clock.advance(1_000)
    return {
      code,
      err: err.join('\n'),
      value: out.length === 0 ? null : (JSON.parse(out.join('')) as Record<string, unknown>),
    }
  }

  async enrol(...more: string[]): Promise<string> {
    const { code, err, value } = await this.run(['blog', 'add', address, '--member', urlOf(0), '--no-wait', ...more])
    assert.equal(code, 0, err)
    await this.net.prove(value!.blog as string, address)
    return value!.blog as string
  }

  async file(name: string, content: string | Uint8Array): Promise<string> {
    const path = join(this.home, name)
    await writeFile(path, content)
    return path
  }

  async posts(blog: string, member = 0): Promise<{ id: string; title: string; withdrawn: boolean }[]> {
    const found = await ask(this.net.member(member), 'GET', `/dgos/v1/blogs/${blog}`)
    return (found.json() as { posts: { id: string; title: string; withdrawn: boolean }[] }).posts
  }
}
