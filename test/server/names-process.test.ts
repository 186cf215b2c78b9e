/** A member as it is started by its operator, with ports for names and for proxies. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import dnsPacket from 'dns-packet'
import { systemDnsExchange } from '../../lib/dns.ts'
import { freePort, reservePorts } from '../support/ports.ts'
import { ProcessNetwork } from '../support/process-network.ts'
import { dgos } from '../support/processes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const host = 'blog.example.org'

test('a member that was given the ports answers for a name by UDP and TCP, is a proxy, and says what is still wrong', async (t) => {
  const [dnsPort, proxyPort] = [await freePort(), await freePort()]
  const env = {
    DGOS_DNS_PORT: `${dnsPort}`,
    DGOS_DNS_HOST: '127.0.0.1',
    DGOS_DNS_ZONES: host,
    DGOS_DNS_SERVERS: 'ns1.example.net',
    DGOS_DNS_HOMES: `${host}=192.0.2.10`,
    DGOS_PROXY_PORT: `${proxyPort}`,
    DGOS_PROXY_HOST: '127.0.0.1',
  }
  const where = { dir: await temporaryFolder(t, 'names'), firstPort: await reservePorts(1) }
  const net = await ProcessNetwork.create(t, { ...where, members: 1, fast: true, env: () => env })
  await net.start()
  const question = dnsPacket.encode({ type: 'query', id: 7, questions: [{ name: host, type: 'A' }] })
  for (const way of ['udp', 'tcp'] as const) {
    const reply = await systemDnsExchange({ address: '127.0.0.1', port: dnsPort }, question, way)
    const { answers = [], flag_aa } = dnsPacket.decode(Buffer.from(reply ?? assert.fail(`no answer by ${way}`)))
    assert.deepEqual([flag_aa, answers.map((record) => (record as { data: string }).data)], [true, ['192.0.2.10']])
  }
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(proxyPort, '127.0.0.1', () =>
      socket.write('GET http://example.com/ HTTP/1.1\r\nHost: example.com\r\n\r\n'),
    )
    socket.on('data', (part) => resolve(part.toString()))
    socket.on('error', reject)
  })
  assert.match(answer, /^HTTP\/1\.1 403 /)
  const { dir } = net.members[0]!
  const words = ['name', 'check', host, '--data', dir, '--resolver', `127.0.0.1:${dnsPort}`, '--port', `${dnsPort}`]
  await assert.rejects(dgos(words), /no mirror may answer under the name[\s\S]*ns1\.example\.net has no address/)
})
