/** A page with a heading and a button, for links in mails: no script, nothing from elsewhere, posts to itself only. */
import { utf8 } from '../protocol/bytes.ts'

export const plainPageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'cache-control': 'no-store',
  'x-robots-tag': 'noindex',
}

/** `body` is markup; what comes from others is escaped by then. */
export function plainPage(heading: string, body: string): Uint8Array {
  const style =
    'body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem}button{font:inherit;padding:.6rem 1.2rem}'
  return utf8(
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${heading}</title><style>${style}</style><h1>${heading}</h1>${body}</html>`,
  )
}
