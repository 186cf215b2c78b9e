/** A MariaDB of its own for one test: in a folder that vanishes, on loopback, root without a password. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listening, run } from '../../sites/workshop.ts'
import { freePort } from '../../support/ports.ts'
import type { Cleanup } from '../../support/temporary-folder.ts'

/** Makes an empty database `wp` and gives back the host and port for wp-config.php. The user is root, without a password. */
export async function mariaDb(t: Cleanup): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dgos-mariadb-'))
  const end = { stop: async () => {} }
  // one act: the server must be gone before its folder
  t.after(async () => {
    await end.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  const asRoot = process.getuid?.() === 0
  if (asRoot) await run('chown', ['mysql', folder], folder)
  const user = asRoot ? ['--user=mysql'] : []
  const data = `--datadir=${join(folder, 'data')}`
  const made = ['--no-defaults', ...user, data, '--auth-root-authentication-method=normal', '--skip-test-db']
  await run('mariadb-install-db', made, folder)
  const port = await freePort()
  const socket = join(folder, 's.sock')
  const words = ['--no-defaults', ...user, data, `--socket=${socket}`, `--port=${port}`, '--bind-address=127.0.0.1']
  const server = spawn('mariadbd', words, { stdio: 'ignore' })
  const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  end.stop = async () => {
    server.kill('SIGKILL')
    await gone
  }
  await listening(port)
  await run('mariadb', ['--no-defaults', '-S', socket, '-u', 'root', '-e', 'CREATE DATABASE wp'], folder)
  return `127.0.0.1:${port}`
}
