/** `dgos blog keys`: which keys speak for the blog, and every step by which that changes. */
import type { SignedObject } from '../../protocol/objects.ts'
import { blogClose } from './blog-close.ts'
import { blogHub } from './blog-hub.ts'
import { blogDrop, blogMove } from './blog-move.ts'
import { type Call, type Command, textValue, UsageError } from './command.ts'
import { keyRing, rootOptions } from './key-ring.ts'
import { keySteps, revoke } from './key-steps.ts'
import { nearest } from './nearest.ts'

export const blogKeys: Command = {
  name: 'blog keys',
  summary: 'Lists the keys that speak for a blog; with a step, changes them',
  args: ['[step]', '[value]'],
  options: {
    ...rootOptions,
    revoke: { type: 'string', value: '<key>', help: 'the same as the step "revoke"' },
    name: { type: 'string', value: '<text>', help: 'name of a device' },
    'last-good': {
      type: 'string',
      multiple: true,
      value: '<post id>',
      help: 'with a revocation: these posts and those before them stay (default: all known)',
    },
    'none-good': { type: 'boolean', help: 'with a revocation: no post of that key stays' },
    'revoke-old': { type: 'boolean', help: 'with "steward": the old ones have gone bad' },
    'outage-passphrase-file': { type: 'string', value: '<file>', help: 'with "outage": its passphrase' },
    qr: { type: 'boolean', help: 'with "words": also as a code' },
    yes: { type: 'boolean', help: 'with "forget": I mean it' },
  },
  notes: ['Steps:', ...Object.entries(keySteps).map(([name, step]) => `  ${name.padEnd(9)}  ${step.help}`)],
  async run(call) {
    const old = textValue(call.values, 'revoke')
    if (old !== null) return revoke(call, old)
    const [name, value] = call.args
    if (name === undefined) return list(call)
    const step = Object.hasOwn(keySteps, name) ? keySteps[name] : undefined
    if (step !== undefined) return step.run(call, value ?? null)
    const moved = Object.hasOwn(movedSteps, name) ? movedSteps[name] : undefined
    if (moved !== undefined) return moved({ ...call, args: value === undefined ? [] : [value] })
    const meant = nearest(name, Object.keys(keySteps))
    throw new UsageError(`there is no step "${name}"${meant === null ? '' : `: did you mean "${meant}"?`}`)
  },
}

/** Steps that hold no key and became commands of their own. Still taken, and told to nobody. */
const movedSteps: Readonly<Record<string, (call: Call) => Promise<number>>> = {
  move: blogMove.run,
  drop: blogDrop.run,
  close: blogClose.run,
  hub: blogHub.run,
  unhub: (call) => blogHub.run({ ...call, values: { ...call.values, remove: true } }),
}

const list: Command['run'] = async (call) => {
  const { file, roles } = await keyRing(call)
  const { payload } = roles.chain.current
  const held = new Map([...file.keys].map(([name, { signer }]) => [signer.key, name]))
  const rows = [
    ...payload.recovery.map((key) => ({ role: 'recovery', key, name: '' })),
    ...payload.posting.map(({ key, name }) => ({ role: 'posting', key, name })),
    ...(payload.online === undefined ? [] : [{ role: 'online', key: payload.online, name: '' }]),
    ...payload.signers.map((key) => ({ role: 'steward', key, name: '' })),
    ...[...roles.delegations.values()].map(delegated),
    ...[...roles.revoked.keys()].map((key) => ({ role: 'revoked', key, name: '' })),
  ].map((row) => ({ ...row, here: held.has(row.key) }))
  call.print({ blog: file.blog, version: payload.version, closed: payload.closed === true, keys: rows }, [
    `root ${payload.version}${payload.closed === true ? ', closed' : ''}`,
    ...rows.map((row) => `${row.role.padEnd(9)} ${row.key} ${row.here ? '(in this file) ' : ''}${row.name}`),
  ])
  return 0
}

function delegated({ payload }: SignedObject<'delegation'>) {
  return { role: 'delegated', key: payload.to, name: `${payload.name ?? ''} may ${payload.may.join(', ')}` }
}
