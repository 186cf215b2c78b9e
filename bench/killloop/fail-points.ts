/**
 * Preloaded into a member's process: it is killed, as by SIGKILL from outside, when it comes for the nth time to a named
 * point. FAIL_POINT=<name>:<n>. The points lie where a post becomes durable and where its author hears of it.
 */
import fs from 'node:fs'
import { ServerResponse } from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import { isMainThread } from 'node:worker_threads'
import Sqlite from 'better-sqlite3'

export const failPoints = [
  'before-commit',
  'after-commit',
  'blob-before-rename',
  'blob-after-rename',
  'before-answer',
  'after-answer',
] as const
export type FailPoint = (typeof failPoints)[number]

const wanted = /^([a-z-]+):(\d+)$/.exec(process.env.FAIL_POINT ?? '')
if (wanted !== null && isMainThread) arm(wanted[1] as FailPoint, Number(wanted[2]))

function arm(point: FailPoint, nth: number): void {
  let come = 0
  const at = (name: FailPoint) => {
    if (name === point && ++come >= nth) process.kill(process.pid, 'SIGKILL')
  }
  aroundCommits(at)
  aroundRenames(at)
  aroundAnswers(at)
}

function aroundCommits(at: (name: FailPoint) => void): void {
  const { prepare } = Sqlite.prototype
  Sqlite.prototype.prepare = function prepared(this: Sqlite.Database, sql: string) {
    const statement = prepare.call(this, sql)
    if (!/^commit\b/i.test(sql)) return statement
    const run = statement.run.bind(statement) as (...words: unknown[]) => Sqlite.RunResult
    statement.run = (...words: unknown[]) => {
      at('before-commit')
      const done = run(...words)
      at('after-commit')
      return done
    }
    return statement
  } as typeof prepare
}

function aroundRenames(at: (name: FailPoint) => void): void {
  const { rename } = fs.promises
  fs.promises.rename = async (from, to) => {
    const isBlob = /\/blobs\//.test(String(to))
    if (isBlob) at('blob-before-rename')
    await rename(from, to)
    if (isBlob) at('blob-after-rename')
  }
  syncBuiltinESMExports()
}

/** Of writes only: they are what an author believes. */
function aroundAnswers(at: (name: FailPoint) => void): void {
  const { end } = ServerResponse.prototype
  ServerResponse.prototype.end = function ended(this: ServerResponse, ...words: unknown[]) {
    const isWrite = this.req.method !== 'GET' && /^\/dgos\/v1\/(objects|blobs)/.test(this.req.url ?? '')
    if (isWrite) at('before-answer')
    const done = Reflect.apply(end, this, words) as ServerResponse
    if (isWrite) this.once('finish', () => at('after-answer'))
    return done
  } as typeof end
}
