/** Every command, in the order of the overview. */
import { backup } from './backup.ts'
import { blogAdd } from './blog-add.ts'
import { blogKeys } from './blog-keys.ts'
import { blogStatus } from './blog-status.ts'
import type { Command } from './command.ts'
import { declare } from './declare.ts'
import { doctor } from './doctor.ts'
import { exportBlog } from './export.ts'
import { init } from './init.ts'
import { invite } from './invite.ts'
import { join } from './join.ts'
import { leave } from './leave.ts'
import { lift } from './lift.ts'
import { post } from './post.ts'
import { refuseBlog } from './refuse.ts'
import { restore } from './restore.ts'
import { start } from './start.ts'
import { status } from './status.ts'

const ofMembers = [init, start, invite, join, leave, status, doctor, refuseBlog, backup, restore]
const ofAuthors = [blogAdd, blogStatus, blogKeys, declare, lift, post, exportBlog]

export const commands: readonly Command[] = [...ofMembers, ...ofAuthors]
