import type { VectorFile } from '../world.ts'
import { type Forge, Sheet, t0 } from './forge.ts'

/** Public key of RFC 9421, appendix B.1.4; its thumbprint stands in RFC 8037 too. */
const rfcKey = '26b40b8f93fff3d897112f7ebc582b232dbd72517d082fe83cfb30ddce43d1bb'
const nonce = 'e8N7S2MFd/qrd6T2R3tdfAuuANngKI7LFtKYI/vowzk4lAZYadIX6wW25MwG7DCT9RUKAJ0qVkU0mEeLElW1qg=='

/** What members sign when they ask a blog, and where their key is found. */
export function signatureCases(forge: Forge): VectorFile {
  const sheet = new Sheet(forge, {
    rule: 'signature-base',
    about:
      'RFC 9421: the bytes that are signed ("base") and the value of Signature-Input behind "sig1=" ("input"). "key-directory": the JWK set of one key.',
  })
  const say = (name: string, why: string, signing: object, components: string, covered: string, tag: string) => {
    const created = t0 / 1000
    const input = `${components};created=${created};expires=${created + 60};keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519";nonce="${nonce}";tag="${tag}"`
    const base = `${covered}\n"@signature-params": ${input}`
    sheet.case(name, why, { key: rfcKey, nowMs: t0 + 999, nonce, ...signing }, { base, input })
  }
  const agent = 'https://member.example.net'
  const both = '("@authority" "signature-agent")'
  const of = (authority: string) => `"@authority": ${authority}\n"signature-agent": "${agent}"`
  const host = 'ana.example.org'
  say('a probe', 'Web Bot Auth.', { authority: host, agent }, both, of(host), 'web-bot-auth')
  const port = 'ana.example.org:8443'
  say('with a port', 'Where it is not the scheme’s own.', { authority: port, agent }, both, of(port), 'web-bot-auth')
  const own = 'member.example.net'
  const answer = '("@authority";req)'
  const tag = 'http-message-signatures-directory'
  say(
    'the directory',
    'Its answer covers whom it was asked of.',
    { authority: own, agent: null },
    answer,
    `"@authority";req: ${own}`,
    tag,
  )
  sheet.case(
    'a key directory',
    'The key of RFC 9421, B.1.4, under its thumbprint.',
    { key: rfcKey },
    '{"keys":[{"crv":"Ed25519","kty":"OKP","x":"JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs","kid":"poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U","use":"sig","alg":"EdDSA"}]}',
    'key-directory',
  )
  return sheet.file()
}
