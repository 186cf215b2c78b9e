/** A member that answers, for an author whose usual one may be down as well. */

import type { AuthorFile } from './author-file.ts'
import { type Call, CommandFailed, textValue } from './command.ts'
import { MemberClient } from './member-client.ts'

/** The first of the author's members that answers and belongs to the network. */
export async function memberFor(call: Call, file: Pick<AuthorFile, 'members' | 'network'>): Promise<MemberClient> {
  const named = textValue(call.values, 'member')
  const urls = named === null ? file.members : [named]
  for (const url of urls) {
    const member = new MemberClient({ wire: call.io.wire }, { url })
    const answers = await member.key().then(
      () => true,
      (error: Error) => {
        call.tell(error.message)
        return false
      },
    )
    if (answers) return member
  }
  throw new CommandFailed('none of the members answers: give another one with --member')
}
