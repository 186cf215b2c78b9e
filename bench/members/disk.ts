/** What a member's folder takes, without SQLite's journal, which is as large as its last burst of writes. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'

const mib = 1024 * 1024

/** In MiB: pages of the database in use, wherever in the folder it lies, and every other file. */
export function diskOf(folder: string, name = 'dgos.sqlite'): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith(name))
    .map((entry) => sizeOf(join(entry.parentPath, entry.name)))
  const database = entries.find((entry) => entry.name === name)
  const rows = database === undefined ? 0 : databaseBytes(join(database.parentPath, name))
  const bytes = files.reduce((sum, size) => sum + size, rows)
  return Math.round((bytes / mib) * 100) / 100
}

/** A file that has gone meanwhile takes nothing. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function databaseBytes(path: string): number {
  const file = new Sqlite(path, { readonly: true, timeout: 5_000 })
  try {
    const of = (pragma: string) => file.pragma(pragma, { simple: true }) as number
    return (of('page_count') - of('freelist_count')) * of('page_size')
  } finally {
    file.close()
  }
}
