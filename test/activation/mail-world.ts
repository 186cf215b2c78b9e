/** Members that take mail, and what their readers see. */
import { shownPosts } from '../../protocol/posts.ts'
import { dkimRecord } from './mail-senders.ts'
import { type ProgramDoors, programDoors } from './program-doors.ts'

/** The keys of the author's domain, and of a stranger's, are in the name server. */
export async function mailWorld(...args: Parameters<typeof programDoors>): Promise<ProgramDoors> {
  const world = await programDoors(...args)
  world.txt.set('key._domainkey.author.test', dkimRecord)
  for (const domain of ['evil.test', 'news.author.test', 'guest.author.test', 'github.io'])
    world.txt.set(`key._domainkey.${domain}`, dkimRecord)
  return world
}

/** At another member than the one that took the mail. */
export async function postsOf({ net }: ProgramDoors, nowMs = Date.now()) {
  return shownPosts(await net.members[1]!.ledger.blog(net.blog.id), nowMs)
}

/** When posts by mail are no longer held back. */
export const later = () => Date.now() + 3_600_000
