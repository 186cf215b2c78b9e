/** What a command of `dgos` is, and what it may touch: everything comes through `Io`, so that a test runs it in memory. */
import type { parseArgs } from 'node:util'
import type { Wire } from '../../ledger/peers.ts'
import type { Clock } from '../../lib/clock.ts'
import type { DnsAddress, DnsExchange } from '../../lib/dns.ts'
import type { Random } from '../../lib/random.ts'
import type { Env } from '../config.ts'

export type Io = {
  readonly env: Env
  /** The user's home folder. */
  readonly home: string
  readonly clock: Clock
  readonly random: Random
  /** To any member that the user names. */
  readonly wire: Wire
  /** To any name server. */
  readonly exchange: DnsExchange
  /** Whom this machine asks for names. */
  resolvers(): readonly DnsAddress[]
  out(text: string): void
  err(text: string): void
  /** All of standard input. */
  input(): Promise<Uint8Array>
  /** Resolves when the user or the system asks the process to end. */
  readonly ended: Promise<void>
}

type OptionConfig = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>[string]
export type Option = OptionConfig & {
  /** Placeholder of the value in the help. */
  readonly value?: string
  readonly help: string
}

export type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>

export type Call = {
  readonly io: Io
  readonly args: readonly string[]
  readonly values: Values
  /** The value as JSON with --json, else the lines for people. */
  print(value: unknown, lines: readonly string[]): void
  /** One line of progress on standard error. */
  tell(text: string): void
}

export type Command = {
  /** "blog add" */
  readonly name: string
  readonly summary: string
  /** Positional arguments as they stand in the help: "<address>", "[file]". */
  readonly args: readonly string[]
  readonly options: Readonly<Record<string, Option>>
  /** More for the help, if the options do not say it all. */
  readonly notes?: readonly string[]
  /** 0: done. 1: not done, or not true. */
  run(call: Call): Promise<number>
}

/** Wrong use of the command line: told without a stack, ends with 2. */
export class UsageError extends Error {
  readonly code = 'USAGE'
}

/** Something that did not work, in words for the user. Ends with 1. */
export class CommandFailed extends Error {
  readonly code = 'FAILED'
}

export function textValue(values: Values, name: string): string | null {
  const value = values[name]
  return typeof value === 'string' ? value : null
}

export function required(values: Values, name: string): string {
  const value = textValue(values, name)
  if (value === null || value === '') throw new UsageError(`--${name} is missing`)
  return value
}

export function listValue(values: Values, name: string): readonly string[] {
  const value = values[name]
  return Array.isArray(value) ? (value as readonly string[]) : []
}

export function flagValue(values: Values, name: string): boolean {
  return values[name] === true
}

export function numberValue(values: Values, name: string, fallback: number): number {
  const text = textValue(values, name)
  if (text === null) return fallback
  const value = Number(text)
  if (!Number.isFinite(value) || value < 0) throw new UsageError(`--${name} must be a number`)
  return value
}

export const dataOption: Option = {
  type: 'string',
  value: '<folder>',
  help: 'the data folder (DGOS_DATA, else ./data)',
}
