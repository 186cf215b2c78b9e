/** `dgos name check <host>`: what is still wrong with a blog's own name, in words. */
import { dnsAddress } from '../../lib/dns.ts'
import { checkName, type NameFinding, type NameReport } from '../../naming/name-check.ts'
import { configOf } from '../start.ts'
import { type Call, type Command, CommandFailed, dataOption, numberValue, textValue } from './command.ts'
import { MemberClient } from './member-client.ts'
import { folderOf, ownMember } from './member-folder.ts'

const dnsPort = 53

export const nameCheck: Command = {
  name: 'name check',
  summary: 'Says what is still wrong with a blog’s own name, from its mirrors to its readers',
  args: ['<host>'],
  options: {
    data: dataOption,
    member: {
      type: 'string',
      value: '<url>',
      help: 'the member that answers for the name, where it is not this machine’s',
    },
    resolver: {
      type: 'string',
      value: '<address>',
      help: 'whom to ask as a reader would, instead of this machine’s resolver',
    },
    port: { type: 'string', value: '<number>', help: 'where name servers listen, if not on 53' },
  },
  notes: ['Ends with 1 where something is bad.'],
  async run(call) {
    const host = call.args[0]!.toLowerCase().replace(/\.$/, '')
    const url = textValue(call.values, 'member')
    const member =
      url === null ? ownMember(call, await configOf(folderOf(call), call.io.env)) : new MemberClient(call.io, { url })
    const findings = await nameFindings(call, member, host)
    const marks = { good: 'good   ', warning: 'WARNING', bad: 'BAD    ' }
    call.print(
      findings,
      findings.map((finding) => `${marks[finding.result]}  ${finding.check.padEnd(12)}  ${finding.detail}`),
    )
    return findings.some((finding) => finding.result === 'bad') ? 1 : 0
  },
}

export async function nameFindings(call: Call, member: MemberClient, host: string): Promise<readonly NameFinding[]> {
  const report = (await member.get(`dgos/v1/names/${host}`)) as NameReport | null
  if (report === null)
    return [
      {
        check: 'member',
        result: 'bad',
        detail: `${member.url} does not answer for ${host}: it needs dnsPort and the name among dnsZones, or, for a CNAME, a proven address of a blog whose root trusts it ("dgos blog keys trust ${member.url}")`,
      },
    ]
  const { io, values } = call
  const given = textValue(values, 'resolver')
  const resolver = given === null ? io.resolvers()[0] : dnsAddress(given)
  if (resolver === undefined) throw new CommandFailed('this machine has no resolver: name one with --resolver')
  const { exchange, random } = io
  return checkName({ exchange, random, resolver, port: numberValue(values, 'port', dnsPort) }, report)
}
