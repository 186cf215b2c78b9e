import { blogAdd } from './blog-add.ts'
import { blogKeys } from './blog-keys.ts'
import { blogStatus } from './blog-status.ts'
import type { Command } from './command.ts'
import { declare } from './declare.ts'
import { init } from './init.ts'
import { invite } from './invite.ts'
import { join } from './join.ts'
import { lift } from './lift.ts'
import { post } from './post.ts'
import { start } from './start.ts'
import { status } from './status.ts'

export const commands: readonly Command[] = [
  init,
  start,
  invite,
  join,
  status,
  blogAdd,
  blogStatus,
  blogKeys,
  declare,
  lift,
  post,
]
