/** The log: one JSON line an event on standard error. Events are words, facts are fields; no secret is ever a field. */
import { pino } from 'pino'

export type Log = {
  debug(event: string, facts?: Readonly<Record<string, unknown>>): void
  info(event: string, facts?: Readonly<Record<string, unknown>>): void
  warn(event: string, facts?: Readonly<Record<string, unknown>>): void
  error(event: string, facts?: Readonly<Record<string, unknown>>): void
  part(name: string): Log
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

export function createLog(level: LogLevel, fields: Readonly<Record<string, unknown>> = {}): Log {
  const logger = pino(
    { level, base: fields, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  )
  return wrap(logger)
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, part: () => silentLog }

function wrap(logger: pino.Logger): Log {
  return {
    debug: (event, facts = {}) => logger.debug(facts, event),
    info: (event, facts = {}) => logger.info(facts, event),
    warn: (event, facts = {}) => logger.warn(facts, event),
    error: (event, facts = {}) => logger.error(facts, event),
    part: (name) => wrap(logger.child({ part: name })),
  }
}
