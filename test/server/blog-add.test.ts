/** Who may let a blog in, in a network that is not of this machine: asked before any key is made. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { MemberFields } from '../../network/founding.ts'
import { folderAt, prepareFolder, writeWhole } from '../../server/machine/folder.ts'
import { writeKeyFile } from '../../server/machine/identity.ts'
import { builtFiles } from '../support/built-files.ts'
import { fieldsOf } from '../support/network-founding.ts'
import { sha256 } from '../support/small-network.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { type Ground, TestNetwork } from '../support/test-network.ts'
import { wholeMember } from '../support/whole-member.ts'
import { Author, address } from './author.ts'

const urls = (i: number) => `https://m${i}.example/`

/** An author before two members whose doors stand so. */
async function authorBefore(t: TestContext, policy: MemberFields['join'], loopback = false): Promise<Author> {
  const make = (ground: Ground) => {
    const fields = { ...fieldsOf(ground.i, ground.url), join: policy }
    return wholeMember({ fields }, { files: builtFiles })(ground)
  }
  return Author.of(t, await TestNetwork.create(t, { members: 2, make, urls, loopback }))
}

/** The data folder of the member with this number, with its operator's key or without. */
async function machineOf(t: TestContext, i: number, { operator = true } = {}): Promise<string> {
  const folder = folderAt(join(await temporaryFolder(t, 'machine'), 'data'))
  await prepareFolder(folder)
  await writeWhole(folder.config, JSON.stringify({ name: `Member ${i}`, url: urls(i) }))
  const seedOf = (name: string) => sha256(Buffer.from(name))
  await writeKeyFile(folder.keys.member, seedOf(`m${i}`))
  await writeKeyFile(folder.keys.next, seedOf(`next ${i}`))
  if (operator) await writeKeyFile(folder.keys.operator, seedOf(`o${i}`))
  return folder.root
}

const add = (author: Author, ...more: string[]) =>
  author.run(['blog', 'add', address, '--member', urls(0), '--no-wait', ...more])

async function refusedAtOnce(author: Author, why: RegExp, ...more: string[]): Promise<void> {
  const { code, err } = await add(author, ...more)
  assert.equal(code, 1)
  assert.match(err, why)
  assert.deepEqual(await readdir(author.home), [], 'no key was made')
  assert.equal((await author.net.member(0).ledger.blogs()).length, 0)
}

test('on its own machine a member is asked with an invitation of its own operator', async (t) => {
  const author = await authorBefore(t, 'invitation')
  const { code, err, value } = await add(author, '--data', await machineOf(t, 0))
  assert.equal(code, 0, err)
  assert.equal((await author.net.member(0).ledger.blog(value!.blog as string)).root.length, 1)
  assert.ok(existsSync(value!.keys as string))
})

test('elsewhere it is said at once that an invitation is needed, and none is made for another member', async (t) => {
  const author = await authorBefore(t, 'invitation')
  const wanted =
    /takes blogs by invitation: ask its operator for one \(dgos blog invite\), and give it with --invitation/
  await refusedAtOnce(author, wanted)
  await refusedAtOnce(author, wanted, '--data', await machineOf(t, 1))
  await refusedAtOnce(author, wanted, '--data', await machineOf(t, 0, { operator: false }))
})

test('an invitation by the operator lets the blog in from anywhere; one by another operator does not', async (t) => {
  const author = await authorBefore(t, 'invitation')
  const invited = async (i: number) => {
    const { err, value } = await author.run(['blog', 'invite', '--data', await machineOf(t, i)])
    assert.ok(value !== null, err)
    return value.invitation as string
  }
  const foreign = await add(author, '--invitation', await invited(1))
  assert.equal(foreign.code, 1)
  assert.match(foreign.err, /invitation/)
  assert.equal((await author.net.member(0).ledger.blogs()).length, 0)
  const { code, err, value } = await add(author, '--invitation', await invited(0))
  assert.equal(code, 0, err)
  assert.deepEqual([...author.net.member(0).ledger.blogs()], [value!.blog])
})

test('a closed member sends the author elsewhere, an open one asks for nothing', async (t) => {
  await refusedAtOnce(await authorBefore(t, 'closed'), /takes no new blogs: choose another member/)
  const { code, err } = await add(await authorBefore(t, 'open'))
  assert.equal(code, 0, err)
})

test('who captures itself needs no invitation, nor does anybody in a network of one machine', async (t) => {
  const own = await add(await authorBefore(t, 'invitation'), '--online')
  assert.equal(own.code, 0, own.err)
  const local = await add(await authorBefore(t, 'invitation', true))
  assert.equal(local.code, 0, local.err)
})
