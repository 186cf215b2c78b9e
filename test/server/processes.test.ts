/** Three real members: founded, invited, joined, one enrolled blog posted to, and stopped gracefully. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort } from '../support/ports.ts'
import { ended, said } from '../support/programs.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

const bin = fileURLToPath(new URL('../../server/bin/dgos.js', import.meta.url))

function start(args: readonly string[], env: Record<string, string>): ChildProcess {
  const flags = ['--disable-warning=ExperimentalWarning', bin]
  return spawn(process.execPath, [...flags, ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

test('founding, inviting and joining are one command each; gossip brings a post to all; members stop gracefully', async (t) => {
  const dir = await temporaryFolder(t, 'three')
  const env = { DGOS_HOME: join(dir, 'author'), DGOS_FAST: 'true', DGOS_LOG: 'warn' }
  const members = await Promise.all(
    ['a', 'b', 'c'].map(async (name) => {
      const port = await freePort()
      return { name, data: join(dir, name), url: `http://127.0.0.1:${port}/`, listen: `127.0.0.1:${port}` }
    }),
  )
  const running: ChildProcess[] = []
  t.after(async () => {
    for (const child of running) if (child.exitCode === null) child.kill('SIGKILL')
  })
  const dgos = async (...args: string[]) => {
    const { code, out, err } = await ended(start([...args, '--json'], env))
    assert.equal(code, 0, `dgos ${args.join(' ')}: ${err}`)
    return JSON.parse(out) as Record<string, unknown>
  }
  const run = async (i: number) => {
    const child = start(['start', '--data', members[i]!.data, '--json'], env)
    running.push(child)
    await said(child, /"port"/)
  }
  const self = (i: number) => {
    const { name, data, url, listen } = members[i]!
    return ['--name', name, '--data', data, '--url', url, '--listen', listen]
  }

  await dgos('init', ...self(0), '--found', 'Three', '--loopback')
  await run(0)
  for (const i of [1, 2]) {
    const joining = start(['join', members[0]!.url, ...self(i), '--json'], env)
    const done = ended(joining)
    const [, key] = await said(joining, /dgos invite ([0-9a-f]{64})/)
    const { voucher } = await dgos('invite', key!, '--data', members[0]!.data)
    assert.equal((await dgos('invite', key!, '--data', members[0]!.data)).voucher, voucher, 'one word is enough')
    const { code, out, err } = await done
    assert.equal(code, 0, err)
    assert.equal(
      (JSON.parse(out) as { standing: string }).standing,
      'full',
      'one founder: one voucher is all there can be',
    )
    await run(i)
  }
  const stranger = `${'ab'.repeat(32)}.${'cd'.repeat(32)}@http://127.0.0.1:9/`
  const early = await ended(start(['invite', stranger, '--data', members[1]!.data], env))
  assert.equal(early.code, 1)
  assert.match(early.err, /would not count.*30 days/, 'an operator of today vouches for nobody')
  const seen = async (i: number) => (await dgos('status', '--member', members[i]!.url)).members as { name: string }[]
  await until(async () => (await Promise.all([0, 1, 2].map(seen))).every((known) => known.length === 3), 'all know all')

  const doctor = await ended(start(['doctor', '--data', members[2]!.data, '--json'], env))
  const findings = JSON.parse(doctor.out) as { check: string; result: string; detail: string }[]
  const bad = findings.filter((finding) => finding.result === 'bad').map((finding) => finding.check)
  assert.deepEqual(bad, ['backup'], doctor.out)
  assert.equal(findings.find((finding) => finding.check === 'reachable')?.result, 'good', doctor.out)

  const added = await dgos('blog', 'add', 'http://127.0.0.1:9/', '--member', members[1]!.url, '--no-wait')
  const refused = await (async () => {
    const child = start(['post', '--title', 'Hello', '--wait', '0'], env)
    child.stdin!.end('Some *text*.')
    return ended(child)
  })()
  assert.equal(refused.code, 1)
  assert.match(refused.err, /BLOG_NOT_DOWN.*--declare/s)
  const child = start(['post', '--title', 'Hello', '--declare', '--wait', '30', '--json'], env)
  child.stdin!.end('Some *text*.')
  const posted = await ended(child)
  assert.equal(posted.code, 0, posted.err)
  const { holders } = JSON.parse(posted.out) as { holders: { held: number; safe: boolean } }
  assert.ok(holders.safe)
  assert.equal(holders.held, 3)
  for (const { url } of members) {
    const page = await (await fetch(`${url}m/${added.blog}/`, { redirect: 'manual' })).text()
    assert.match(page, /Hello/, url)
  }

  const goodbye = running.map((childProcess) => new Promise((resolve) => childProcess.once('exit', resolve)))
  for (const childProcess of running) childProcess.kill('SIGTERM')
  assert.deepEqual(await Promise.all(goodbye), [0, 0, 0])
})
