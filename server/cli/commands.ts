/** Every command, in the order of the overview. Each is loaded when it is asked for: a member at rest carries no other. */
import type { Command } from './command.ts'

const loaders: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./init.ts')).init,
  start: async () => (await import('./start.ts')).start,
  invite: async () => (await import('./invite.ts')).invite,
  requests: async () => (await import('./requests.ts')).requests,
  join: async () => (await import('./join.ts')).join,
  leave: async () => (await import('./leave.ts')).leave,
  status: async () => (await import('./status.ts')).status,
  doctor: async () => (await import('./doctor.ts')).doctor,
  refuse: async () => (await import('./refuse.ts')).refuseBlog,
  backup: async () => (await import('./backup.ts')).backup,
  restore: async () => (await import('./restore.ts')).restore,
  'blog add': async () => (await import('./blog-add.ts')).blogAdd,
  'blog status': async () => (await import('./blog-status.ts')).blogStatus,
  'blog alive': async () => (await import('./blog-alive.ts')).blogAlive,
  'blog move': async () => (await import('./blog-move.ts')).blogMove,
  'blog drop': async () => (await import('./blog-move.ts')).blogDrop,
  'blog hub': async () => (await import('./blog-hub.ts')).blogHub,
  'blog close': async () => (await import('./blog-close.ts')).blogClose,
  'blog keys': async () => (await import('./blog-keys.ts')).blogKeys,
  'blog drill': async () => (await import('./blog-drill.ts')).blogDrill,
  'blog imported': async () => (await import('./blog-imported.ts')).blogImported,
  'blog invite': async () => (await import('./blog-invite.ts')).blogInvite,
  'name check': async () => (await import('./name-check.ts')).nameCheck,
  'name publish': async () => (await import('./name-publish.ts')).namePublish,
  declare: async () => (await import('./declare.ts')).declare,
  'declare over': async () => (await import('./declare-over.ts')).declareOver,
  post: async () => (await import('./post.ts')).post,
  'door open': async () => (await import('./door-open.ts')).doorOpen,
  'door close': async () => (await import('./door-open.ts')).doorClose,
  agent: async () => (await import('./agent.ts')).agent,
  revive: async () => (await import('./revive.ts')).revive,
  export: async () => (await import('./export.ts')).exportBlog,
}

export const commandNames: readonly string[] = Object.keys(loaders)

/** What commands were called before. Still taken, and told to nobody. */
const olderNames = new Map([['lift', 'declare over']])

/** null where there is no such command. */
export async function commandNamed(name: string): Promise<Command | null> {
  const now = olderNames.get(name) ?? name
  return Object.hasOwn(loaders, now) ? loaders[now]!() : null
}

export function allCommands(): Promise<readonly Command[]> {
  return Promise.all(Object.values(loaders).map((load) => load()))
}
