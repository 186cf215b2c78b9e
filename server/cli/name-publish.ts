/** `dgos name publish`: what to tell a Namecoin node, so that a .bit name leads to your members. Nothing is sent. */
import { isIP } from 'node:net'
import { type Command, listValue, UsageError } from './command.ts'

/** Namecoin takes no longer value. */
const valueBytesMax = 520
const bitName = /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\.bit$/

export const namePublish: Command = {
  name: 'name publish',
  summary: 'Prints the name_update for a .bit name that leads to your members',
  args: ['<name.bit>'],
  options: {
    ns: {
      type: 'string',
      multiple: true,
      value: '<name>',
      help: 'a name server that answers for it (dnsServers); changes then need no transaction',
    },
    ip: {
      type: 'string',
      multiple: true,
      value: '<address>',
      help: 'an address for those who ask no name server; several are good',
    },
  },
  notes: [
    'With --ns the servers are asked and the addresses are not: give both only where readers of your value ignore ns.',
  ],
  async run(call) {
    const name = bitName.exec(call.args[0]!)?.[1]
    if (name === undefined) throw new UsageError(`${call.args[0]} is no name of one label and .bit`)
    const ips = listValue(call.values, 'ip')
    const servers = listValue(call.values, 'ns')
    const wrong = ips.find((ip) => isIP(ip) === 0)
    if (wrong !== undefined) throw new UsageError(`${wrong} is no address`)
    if (ips.length + servers.length === 0) throw new UsageError('name at least one --ns or --ip')
    const value = JSON.stringify({
      ...part(
        'ns',
        servers.map((server) => `${server.replace(/\.$/, '')}.`),
      ),
      ...part(
        'ip',
        ips.filter((ip) => isIP(ip) === 4),
      ),
      ...part(
        'ip6',
        ips.filter((ip) => isIP(ip) === 6),
      ),
    })
    const bytes = Buffer.byteLength(value)
    if (bytes > valueBytesMax) throw new UsageError(`the value has ${bytes} bytes, Namecoin takes ${valueBytesMax}`)
    call.print({ name: `d/${name}`, value }, [`namecoin-cli name_update d/${name} '${value}'`])
    return 0
  },
}

function part(key: string, values: readonly string[]): Readonly<Record<string, readonly string[]>> {
  return values.length === 0 ? {} : { [key]: values }
}
