/** Pages for readers that are about no one blog's copy: the same look and the same closed policy as mirror pages. */
import { html, type Markup, trusted } from '../../mirror/pages/markup.ts'
import { baseStyle, compact } from '../../mirror/pages/style.ts'
import { encodeBase64 } from '../../protocol/base64.ts'
import { utf8 } from '../../protocol/bytes.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import { type ApiResponse, text } from '../http/api.ts'

const style =
  baseStyle +
  compact(`
.page{padding-block:clamp(2rem,8vh,5rem) 3rem}
.search{display:flex;gap:.6rem;flex-wrap:wrap;margin-block:0 2rem}.search input{flex:1 1 14rem}
.found p{margin-block-end:.5rem}
.paste{width:100%;min-height:0;font:.86rem/1.5 var(--mono);direction:ltr;text-align:left}
`)

/** Answers with the whole document. The only form that it may hold leads to this member. */
export function readerPage(title: string, main: Markup, sha256: Sha256, status = 200): ApiResponse {
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title><meta name="robots" content="noindex"><meta name="referrer" content="no-referrer"><link rel="icon" href="/m/icon.svg">
<style>${trusted(style)}</style></head>
<body><a class="skip" href="#main">Skip to content</a><main id="main" class="page">${main}</main></body></html>
`.markup
  const policy = `default-src 'none'; style-src 'sha256-${encodeBase64(sha256(utf8(style)))}'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`
  const answer = text(page, 'text/html; charset=utf-8', {
    'content-security-policy': policy,
    'x-robots-tag': 'noindex',
    'cache-control': 'no-store',
  })
  return { ...answer, status }
}
