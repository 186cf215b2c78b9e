/** `dgos blog imported`: the author's word that a post is on the blog again, and where. Mirrors lead readers there. */
import { nodePlatform } from '../../lib/platform.ts'
import { seal } from '../../protocol/envelope.ts'
import { badField } from '../../protocol/kinds.ts'
import { authorOptions, readAuthorFile } from './author-file.ts'
import { memberFor } from './author-member.ts'
import { type Command, UsageError } from './command.ts'
import { postingKey } from './declare.ts'

export const blogImported: Command = {
  name: 'blog imported',
  summary: 'Says that an emergency post is on the blog again, at this address',
  args: ['<post id>', '<address of the post>'],
  options: authorOptions,
  async run(call) {
    const [post, url] = call.args as [string, string]
    const file = await readAuthorFile(call)
    const signer = postingKey(file)
    const fields = { network: file.network, blog: file.blog, time: call.io.clock.nowMs(), posts: [{ post, url }] }
    const wrong = badField('imported', { ...fields, key: signer.key })
    if (wrong !== null) throw new UsageError('give the id of the post and an address like https://example.org/post')
    const imported = await seal('imported', fields, signer, nodePlatform.sha256)
    const member = await memberFor(call, file)
    await member.handAll([imported])
    call.print({ imported: post, url }, [`readers of the post are led to ${url}`])
    return 0
  },
}
