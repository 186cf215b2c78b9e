/** How mails are sent in tests: with a DKIM signature of the test's own, and word for word over SMTP. */
import { generateKeyPairSync } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { dkimSign } from 'mailauth'
import { utf8 } from '../../protocol/bytes.ts'
import { type Signing, signedHeaders } from './mail-corpus/hostile.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = dkimPem('pkcs8')

export function dkimPem(type: 'pkcs1' | 'pkcs8'): string {
  return privateKey.export({ type, format: 'pem' }) as string
}

export const dkimRecord = `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`
let count = 0

/** Fresh headers: the Date is now, the Message-ID is new. */
export function freshHeaders(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    Date: new Date().toUTCString().replace('GMT', '+0000'),
    'Message-ID': `<${++count}.${process.pid}@author.test>`,
    ...headers,
  }
}

export async function signedMail(
  raw: string,
  { domain = 'author.test', headers = signedHeaders, bodyLength, after = (text) => text }: Signing = {},
) {
  const signature = {
    signingDomain: domain,
    selector: 'key',
    privateKey: pem,
    ...(bodyLength === undefined ? {} : { maxBodyLength: bodyLength }),
  }
  const { signatures } = await dkimSign(Buffer.from(raw, 'utf8'), {
    canonicalization: 'relaxed/relaxed',
    algorithm: 'rsa-sha256',
    signTime: new Date(),
    headerList: headers.split(':'),
    signatureData: [signature],
  } as never)
  return utf8(after(signatures + raw))
}

/** Says the lines one after the other, each after the answer before; the last answer. */
export async function conversation(port: number, ...lines: readonly string[]): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1')
  let text = ''
  const answer = async () => {
    for await (const part of socket.iterator({ destroyOnReturn: false })) {
      text += String(part)
      const whole = /(?:^|\r\n)(\d{3} [^\r]*)\r\n$/.exec(text)
      if (whole !== null) {
        text = ''
        return whole[1]!
      }
    }
    return text
  }
  try {
    await answer()
    let last = ''
    for (const line of ['EHLO test', ...lines]) {
      socket.write(`${line}\r\n`, 'latin1')
      last = await answer()
    }
    return last
  } finally {
    socket.destroy()
  }
}
