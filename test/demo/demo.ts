/**
 * `npm run demo`: twelve members of twelve operators and three blogs on this machine, with no network; stays up for
 * exploring. `--story` plays an outage from beginning to end and ends. `--fast` shortens the intervals.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Demo, refuseUsed } from './demo-world.ts'
import { playStory } from './story.ts'

const { values } = parseArgs({
  options: {
    story: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    fast: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    dir: { type: 'string' },
    members: { type: 'string', default: '12' },
    port: { type: 'string', default: '9001' },
  },
})

const tell = (text: string) => void process.stderr.write(`${text}\n`)
const dir = values.dir === undefined ? await mkdtemp(join(tmpdir(), 'dgos-demo-')) : resolve(values.dir)
refuseUsed(dir)
const port = Number(values.port)
if (values.fast) tell('--fast: probes every 3 s instead of 300 s, and so on; see docs/figures.md for the usual figures')
const options = { dir, members: Number(values.members), memberPort: port, blogPort: port + 100, fast: values.fast }

let demo: Demo | null = null
const ended = new Promise<void>((done) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, done)
})
try {
  const started = await Promise.race([Demo.start(options, tell), ended.then(() => null)])
  demo = started
  if (started !== null && values.story) {
    await playStory(started, (step) => {
      if (values.json) process.stdout.write(`${JSON.stringify({ ...step, ...(values.fast ? { fast: true } : {}) })}\n`)
      else tell(`${(step.ms / 1000).toFixed(1).padStart(6)} s  ${step.step}  ${JSON.stringify(step)}`)
    })
  } else if (started !== null) {
    explain(started)
    await ended
  }
} catch (error) {
  process.exitCode = 1
  const why = error instanceof Error ? error.message : String(error)
  if (values.json) process.stdout.write(`${JSON.stringify({ step: 'failed', why })}\n`)
  tell(`not true: ${why}\nThe logs are in ${join(dir, 'logs')}`)
} finally {
  await demo?.stop()
  if (values.dir === undefined && process.exitCode !== 1 && !values.keep)
    await rm(dir, { recursive: true, force: true })
}

function explain(running: Demo): void {
  const [ana] = running.blogs
  const lines = [
    '',
    'Blogs:',
    ...running.blogs.map(
      (blog) => `  ${blog.address}  (the passphrase of its outage key is in ${blog.passphraseFile})`,
    ),
    'Members, each with a status page:',
    ...running.network.members.map((member) => `  ${member.url}  ${member.name}`),
    '',
    `Try: kill the process of ${ana!.address} (its log is ${join(dir, 'logs', `${ana!.name}.log`)}), watch ${running.network.members[0]!.url},`,
    `then post at ${running.network.members[1]!.url}post/${ana!.host}`,
    'Ctrl-C ends everything.',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
