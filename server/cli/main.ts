/** `dgos`: finds the command, reads its options, runs it, and ends with 0 (done), 1 (not done, not true) or 2 (wrong use). */
import { parseArgs } from 'node:util'
import { StartRefused } from '../machine/start-refused.ts'
import { type Call, type Command, CommandFailed, type Io, type Option, UsageError, type Values } from './command.ts'
import { allCommands, commandNamed, commandNames } from './commands.ts'
import { nearest } from './nearest.ts'

const common: Readonly<Record<string, Option>> = {
  json: { type: 'boolean', help: 'print JSON' },
  help: { type: 'boolean', short: 'h', help: 'print this help' },
}

export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await run(argv, io)
  } catch (error) {
    if (error instanceof UsageError || error instanceof StartRefused) {
      io.err(`dgos: ${error.message}`)
      return 2
    }
    if (!(error instanceof CommandFailed)) throw error
    io.err(`dgos: ${error.message}`)
    return 1
  }
}

async function run(argv: readonly string[], io: Io): Promise<number> {
  if (argv.length === 0 || argv[0] === '--help' || argv[0] === '-h' || argv[0] === 'help') {
    io.out(await overview())
    return argv.length === 0 ? 2 : 0
  }
  const { command, rest } = await commandOf(argv)
  const { values, positionals } = read(command, rest)
  if (values.help === true) {
    io.out(helpOf(command))
    return 0
  }
  const needed = command.args.filter((arg) => arg.startsWith('<')).length
  if (positionals.length < needed)
    throw new UsageError(`${command.args[positionals.length]} is missing; see "dgos ${command.name} --help"`)
  const surplus = positionals[command.args.length]
  if (surplus !== undefined) {
    const longer = commandNames.filter((name) => name.startsWith(`${command.name} `))
    const meant = nearest(`${command.name} ${surplus}`, longer)
    throw new UsageError(`"${surplus}" is one too many${meant === null ? '' : `: did you mean "dgos ${meant}"?`}`)
  }
  return command.run(callOf(io, values, positionals))
}

function callOf(io: Io, values: Values, args: readonly string[]): Call {
  const asJson = values.json === true
  return {
    io,
    values,
    args,
    print: (value, lines) =>
      asJson
        ? io.out(JSON.stringify(value))
        : lines.forEach((line) => {
            io.out(line)
          }),
    tell: (text) => io.err(text),
  }
}

async function commandOf(argv: readonly string[]): Promise<{ command: Command; rest: readonly string[] }> {
  const two = await commandNamed(argv.slice(0, 2).join(' '))
  if (two !== null && argv.length > 1) return { command: two, rest: argv.slice(2) }
  const command = await commandNamed(argv[0]!)
  if (command !== null) return { command, rest: argv.slice(1) }
  const group = commandNames.filter((name) => name.startsWith(`${argv[0]} `))
  const typed = group.length > 0 ? argv.slice(0, 2).join(' ') : argv[0]!
  const names = group.length > 0 ? group : commandNames
  const meant = nearest(typed, names) ?? nearest(argv.slice(0, 2).join(' '), names)
  const hint = meant === null ? 'see "dgos --help"' : `did you mean "dgos ${meant}"?`
  throw new UsageError(`there is no command "${typed}": ${hint}`)
}

function read(command: Command, rest: readonly string[]): { values: Values; positionals: readonly string[] } {
  const options = { ...command.options, ...common }
  try {
    const parsed = parseArgs({ args: [...rest], options, allowPositionals: true, strict: true })
    return { values: parsed.values as Values, positionals: parsed.positionals }
  } catch (error) {
    const name = /^Unknown option '-{0,2}([^']+)'/.exec((error as Error).message)?.[1]
    if (name === undefined) throw new UsageError((error as Error).message.split('\n')[0]!)
    const meant = nearest(name, Object.keys(options))
    throw new UsageError(`there is no option --${name}${meant === null ? '' : `: did you mean --${meant}?`}`)
  }
}

async function overview(): Promise<string> {
  const commands = await allCommands()
  const width = Math.max(...commands.map((command) => command.name.length))
  const lines = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`)
  return [
    'dgos <command> [options]',
    '',
    ...lines,
    '',
    '"dgos <command> --help" tells more. Exit: 0 done, 1 not done or not true, 2 wrong use.',
  ].join('\n')
}

function helpOf(command: Command): string {
  const options = Object.entries({ ...command.options, ...common })
  const left = options.map(([name, option]) => `--${name}${option.value === undefined ? '' : ` ${option.value}`}`)
  const width = Math.max(...left.map((line) => line.length))
  const lines = options.map(([, option], i) => `  ${left[i]!.padEnd(width)}  ${option.help}`)
  const notes = command.notes === undefined ? [] : ['', ...command.notes]
  return [
    `dgos ${[command.name, ...command.args].join(' ')} [options]`,
    '',
    command.summary,
    '',
    ...lines,
    ...notes,
  ].join('\n')
}
