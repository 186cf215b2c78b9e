/** `dgos blog keys`: which keys speak for the blog; and taking one back. */

import { nodePlatform } from '../../lib/platform.ts'
import { blogObjects } from '../../protocol/blog-objects.ts'
import { seal } from '../../protocol/envelope.ts'
import type { SignedObject } from '../../protocol/objects.ts'
import { tips } from '../../protocol/posts.ts'
import { voicesOf } from '../../protocol/voices.ts'
import { blogOf } from './author-blog.ts'
import { authorOptions, readAuthorFile } from './author-file.ts'
import { memberFor } from './author-member.ts'
import { type Command, CommandFailed, textValue } from './command.ts'

export const blogKeys: Command = {
  name: 'blog keys',
  summary: 'Lists the keys that speak for a blog; --revoke takes one back for good',
  args: [],
  options: {
    ...authorOptions,
    revoke: {
      type: 'string',
      value: '<key>',
      help: 'revoke this posting, online or delegated key; its posts so far stay',
    },
  },
  async run(call) {
    const file = await readAuthorFile(call)
    const member = await memberFor(call, file)
    const blog = blogObjects(file.blog, await blogOf(member, file.blog))
    const voices = voicesOf(blog)
    if (voices === null) throw new CommandFailed(`${member.url} does not know the blog`)
    const revoke = textValue(call.values, 'revoke')
    const { payload } = voices.chain.current
    if (revoke !== null) {
      const { posting, online, revoked, recovery, key: _signer, ...rest } = payload
      const fields = {
        ...rest,
        time: call.io.clock.nowMs(),
        version: payload.version + 1,
        blog: file.blog,
        previous: voices.chain.current.id,
        recovery,
        posting: posting.filter((one) => one.key !== revoke),
        ...(online === undefined || online === revoke ? {} : { online }),
        revoked: [...revoked, { key: revoke, lastGood: tips(blog) }],
      }
      const signer = file.keys.get('recovery')?.signer
      if (signer === undefined) throw new CommandFailed('the recovery key is not in this key file')
      if (fields.posting.length === 0) throw new CommandFailed('that is the last posting key: add another one first')
      const root = await seal('root', fields, signer, nodePlatform.sha256)
      await member.handAll([root])
      call.print({ revoked: revoke, root: root.id, version: root.payload.version }, [
        `revoked ${revoke}; root ${root.payload.version}`,
      ])
      return 0
    }
    const held = new Map([...file.keys].map(([name, { signer }]) => [signer.key, name]))
    const rows = [
      ...payload.recovery.map((key) => ({ role: 'recovery', key, name: '' })),
      ...payload.posting.map(({ key, name }) => ({ role: 'posting', key, name })),
      ...(payload.online === undefined ? [] : [{ role: 'online', key: payload.online, name: '' }]),
      ...payload.signers.map((key) => ({ role: 'steward', key, name: '' })),
      ...[...voices.delegations.values()].map(delegated),
      ...[...voices.revoked.keys()].map((key) => ({ role: 'revoked', key, name: '' })),
    ].map((row) => ({ ...row, here: held.has(row.key) }))
    call.print({ blog: file.blog, version: payload.version, keys: rows }, [
      `root ${payload.version}`,
      ...rows.map((row) => `${row.role.padEnd(9)} ${row.key} ${row.here ? '(in this file) ' : ''}${row.name}`),
    ])
    return 0
  },
}

function delegated({ payload }: SignedObject<'delegation'>) {
  return { role: 'delegated', key: payload.to, name: `${payload.name ?? ''} may ${payload.may.join(', ')}` }
}
