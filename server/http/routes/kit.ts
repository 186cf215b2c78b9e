/** Enrolling a blog: the page, the kit, and the signed root that comes back. */

import { type FormAssets, postPageHeaders } from '../../../activation/doors/form-page.ts'
import { type JoinPageModel, joinPage, readJoinKind } from '../../../activation/doors/join-page.ts'
import type { KitStart } from '../../../activation/doors/kit/kit-data.ts'
import { kitWithData } from '../../../activation/doors/kit/kit-file.ts'
import { uploadedFile } from '../../../activation/doors/multipart.ts'
import { readPostFile } from '../../../activation/doors/post-file.ts'
import type { Ledger } from '../../../ledger/ledger.ts'
import type { BlogRequests } from '../../../network/blog-requests.ts'
import { textOf, utf8 } from '../../../protocol/bytes.ts'
import type { Key } from '../../../protocol/objects.ts'
import type { Sha256 } from '../../../protocol/platform.ts'
import type { BrowserFile } from '../../bundles/browser-files.ts'
import { type ApiRequest, type ApiResponse, json, jsonBody, type Route, refusal, refused } from '../api.ts'
import { addressBlock } from '../rates.ts'

export type KitRoutesDeps = {
  readonly ledger: Ledger
  readonly sha256: Sha256
  /** null where the member was made without files for browsers: it then hands out nothing. */
  readonly kit: BrowserFile | null
  readonly blogRequests: BlogRequests
  readonly self: Key
  readonly url: string
  readonly name: string
  readonly form: Pick<FormAssets, 'style'>
}

const requestBytesMax = 256 * 1024
const invitationMax = 200

export function kitRoutes(deps: KitRoutesDeps): readonly Route[] {
  const { ledger, kit, blogRequests, self, url, name } = deps
  if (kit === null) return []
  const program = textOf(kit.bytes)!
  return [
    {
      method: 'GET',
      path: '/join',
      handle: ({ query }) => {
        const kind = readJoinKind(query.get('kind'))
        return page(deps, kit, 200, { invitation: given(query.get('invitation')), kind, answer: null })
      },
    },
    {
      method: 'POST',
      path: '/join',
      cost: 10,
      bodyBytesMax: requestBytesMax,
      handle: (request) => upload(deps, kit, request),
    },
    {
      method: 'POST',
      path: '/dgos/v1/join/blog',
      open: true,
      cost: 10,
      bodyBytesMax: requestBytesMax,
      handle: async (request) => {
        const sent = jsonBody(request) as { objects?: unknown; invitation?: unknown } | undefined
        if (!Array.isArray(sent?.objects)) return refused(400, 'BAD_REQUEST', 'send {objects: [root, …], invitation}')
        const taken = await blogRequests.take(sent.objects, given(sent.invitation), addressBlock(request.remote))
        return taken.ok ? json({ blog: taken.value }) : refusal(taken)
      },
    },
    {
      method: 'GET',
      path: '/dgos/v1/kit',
      open: true,
      handle: () => {
        return json({
          network: ledger.network.id,
          member: self,
          name,
          sha256: kit.hash,
          bytes: kit.bytes.length,
          join: blogRequests.policy,
        })
      },
    },
    {
      method: 'GET',
      path: '/kit',
      cost: 4,
      handle: ({ query }) => {
        const start: KitStart = {
          format: 'dgos-kit-start-1',
          member: url,
          invitation: given(query.get('invitation')),
          network: ledger.network.id,
          key: self,
          name,
        }
        const headers = {
          'content-type': 'text/html; charset=utf-8',
          // Never a page of this origin: keys are made in the author's own copy, opened from the author's own disk.
          'content-disposition': 'attachment; filename="dgos-kit.html"',
          'content-security-policy': "sandbox; default-src 'none'",
          'cache-control': 'no-cache',
        }
        return { status: 200, headers, body: utf8(kitWithData(program, start)) }
      },
    },
  ]
}

async function upload(
  deps: KitRoutesDeps,
  kit: BrowserFile,
  request: Pick<ApiRequest, 'headers' | 'body' | 'remote'>,
): Promise<ApiResponse> {
  const type = request.headers['content-type'] ?? ''
  const bytes = uploadedFile(type, request.body, 'file')
  const invitation = given(textOf(uploadedFile(type, request.body, 'invitation') ?? new Uint8Array(0)))
  const file = bytes === null ? null : readPostFile(bytes, deps.sha256)
  if (file === null || !file.ok) {
    const reason = file === null ? 'choose a .dgos file first' : file.detail
    return page(deps, kit, 400, { invitation, kind: 'other', answer: { refused: reason } })
  }
  const taken = await deps.blogRequests.take(file.value.objects, invitation, addressBlock(request.remote))
  const answer = taken.ok ? { blog: taken.value } : { refused: `${taken.code} ${taken.detail}` }
  return page(deps, kit, taken.ok ? 200 : 400, { invitation, kind: 'other', answer })
}

function page(
  { url, name, form, blogRequests }: KitRoutesDeps,
  kit: BrowserFile,
  status: number,
  more: Pick<JoinPageModel, 'invitation' | 'kind' | 'answer'>,
): ApiResponse {
  const model = {
    memberName: name,
    url,
    style: form.style,
    policy: blogRequests.policy,
    kitHash: kit.hash,
    ...more,
  }
  return { status, headers: postPageHeaders, body: utf8(joinPage(model)) }
}

function given(text: unknown): string {
  return typeof text === 'string' ? text.trim().slice(0, invitationMax) : ''
}
