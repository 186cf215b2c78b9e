/** For bloggers: the page that makes a tag, the tag's facts as data, the paste version and the badge. */
import { createHash } from 'node:crypto'
import type { Ledger } from '../../../ledger/ledger.ts'
import type { Clock } from '../../../lib/clock.ts'
import { textOf, utf8 } from '../../../protocol/bytes.ts'
import type { Key } from '../../../protocol/objects.ts'
import { ranking } from '../../../protocol/placement.ts'
import type { Sha256 } from '../../../protocol/platform.ts'
import { badgePicture } from '../../beacon-page/badge.ts'
import { pageScript } from '../../beacon-page/browser-choices.ts'
import { beaconPage, hosts, languages, type PageChoice, previewPage } from '../../beacon-page/page.ts'
import { modes, pasteText, pinsMax, policyLines, type TagFacts } from '../../beacon-page/tag.ts'
import type { BrowserFiles } from '../../bundles/browser-files.ts'
import { type ApiResponse, json, type Route, refused, text } from '../api.ts'

export type BeaconRoutesDeps = {
  readonly ledger: Ledger
  readonly clock: Clock
  readonly sha256: Sha256
  readonly self: Key
  readonly files: BrowserFiles
  readonly url: string
}

/** A badge counts again after this. */
const badgeMs = 30_000
const htmlType = 'text/html; charset=utf-8'

export function beaconRoutes(deps: BeaconRoutesDeps): readonly Route[] {
  const { files, url } = deps
  const badge = badgeOf(deps)
  return [
    {
      method: 'GET',
      path: '/beacon.json',
      open: true,
      handle: async () => {
        const facts = await factsOf(deps)
        if (facts === null) return refused(404, 'NOT_FOUND')
        const { network, integrity, pins } = facts
        return json({ file: 'beacon.js', integrity, network, members: pins, policy: policyLines(facts) })
      },
    },
    {
      method: 'GET',
      path: '/beacon',
      handle: async ({ query }) => {
        const facts = await factsOf(deps)
        if (facts === null) return refused(404, 'NOT_FOUND')
        const page = beaconPage(facts, choiceOf(query), { url, query: query.toString() })
        return documentOf(page, "frame-src 'self'; connect-src 'self'; form-action 'self'")
      },
    },
    {
      method: 'GET',
      path: '/beacon/preview',
      handle: ({ query }) => documentOf(previewPage(choiceOf(query)), "form-action 'none'", "'self'"),
    },
    {
      method: 'GET',
      path: '/beacon/paste',
      handle: async ({ query }) => {
        const facts = await factsOf(deps)
        const script = await files('beacon-inline.js')
        if (facts === null || script === null) return refused(404, 'NOT_FOUND')
        return text(pasteText(facts, choiceOf(query), textOf(script.bytes)!), 'text/plain; charset=utf-8')
      },
    },
    { method: 'GET', path: '/beacon/badge.svg', open: true, handle: badge },
    {
      method: 'GET',
      path: '/beacon-page.js',
      handle: () => text(pageScript, 'text/javascript; charset=utf-8', { 'cache-control': 'max-age=300' }),
    },
  ]
}

/** This member and the best ranked of other operators, each with the key that signs its lists now. */
async function factsOf({ ledger, sha256, self, files }: BeaconRoutesDeps): Promise<TagFacts | null> {
  const script = await files('beacon.js')
  if (script === null) return null
  const roster = ledger.roster()
  const own = roster.memberOf(self)
  const others = ranking(self, roster, sha256).filter((member) => !member.passive && member.operator !== own?.operator)
  const byOperator = new Map(others.map((other) => [other.operator, other]))
  const pins = [...(own === null ? [] : [own]), ...byOperator.values()].slice(0, pinsMax)
  return {
    network: ledger.network.id,
    integrity: script.integrity,
    pins: pins.map((pin) => ({ url: pin.url, key: pin.key })),
  }
}

/** Anything else in the query means nothing. */
function choiceOf(query: URLSearchParams): PageChoice {
  const chosen = modes.filter((mode) => query.getAll('mode').includes(mode))
  return {
    modes: chosen.length === 0 ? ['notice'] : chosen,
    linkedOnly: query.get('show') === 'linked',
    host: hosts.find((host) => host === query.get('host')) ?? 'html',
    language: languages.find((language) => language === query.get('language')) ?? 'en',
  }
}

/** The inline style is allowed by its hash, scripts from this member alone. */
function documentOf(page: string, more: string, framedBy = "'none'"): ApiResponse {
  const styles = [...page.matchAll(/<style>([^<]*)<\/style>/g)].map(
    ([, css]) => `'sha256-${createHash('sha256').update(css!).digest('base64')}'`,
  )
  const policy = `default-src 'none'; script-src 'self'; style-src ${styles.join(' ') || "'none'"}; img-src 'self'; base-uri 'none'; frame-ancestors ${framedBy}; ${more}`
  return text(page, htmlType, { 'content-security-policy': policy, 'cache-control': 'no-cache' })
}

function badgeOf({ ledger, clock }: BeaconRoutesDeps): () => Promise<ApiResponse> {
  let madeMs = Number.NEGATIVE_INFINITY
  let body: Uint8Array = new Uint8Array(0)
  const headers = {
    'content-type': 'image/svg+xml',
    'cache-control': 'public, max-age=60',
    'content-security-policy': "sandbox; default-src 'none'",
    'cross-origin-resource-policy': 'cross-origin',
  }
  return async () => {
    if (clock.steadyMs() - madeMs > badgeMs) {
      madeMs = clock.steadyMs()
      const states = await Promise.all(ledger.blogs().map((blog) => ledger.state(blog)))
      body = utf8(badgePicture(states.filter((state) => state.state === 'down' && !state.exercise).length))
    }
    return { status: 200, headers, body }
  }
}
