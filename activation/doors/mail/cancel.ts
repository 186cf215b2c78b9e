/**
 * Calling a post back. Whoever has the seed of its cancel key asks any member; the member signs the empty post that does it,
 * which then spreads like every post. A link in a mail only shows a button: programs that look at links call nothing back.
 */

import type { Ledger } from '../../../ledger/ledger.ts'
import type { Clock } from '../../../lib/clock.ts'
import { fromHex, isHash } from '../../../protocol/bytes.ts'
import { ok, type Result, refuse } from '../../../protocol/codes.ts'
import { seal } from '../../../protocol/envelope.ts'
import type { Hash } from '../../../protocol/objects.ts'
import type { Sha256 } from '../../../protocol/platform.ts'
import { escapeMarkup } from '../../../protocol/post-html.ts'
import { signerFromSeed } from '../../../protocol/signature.ts'
import { plainPage } from '../../plain-page.ts'

export type CancelDeps = { readonly ledger: Ledger; readonly clock: Clock; readonly sha256: Sha256 }

/** The id of the word that called the post back. Asking again changes nothing. */
export async function cancelPost(
  { ledger, clock, sha256 }: CancelDeps,
  id: Hash,
  secret: string,
): Promise<Result<Hash>> {
  const post = isHash(id) ? await ledger.object(id) : null
  if (post?.kind !== 'post') return refuse('NOT_FOUND')
  if (!isHash(secret)) return refuse('BAD_FIELDS', 'secret')
  const signer = signerFromSeed(fromHex(secret))
  if (post.payload.cancel !== signer.key) return refuse('NOT_ALLOWED', 'not the secret of this post')
  const { network, blog, draft, published } = post.payload
  const known = (await ledger.blog(blog)).post.find(
    (post) => post.payload.replaces === id && post.payload.key === signer.key,
  )
  if (known !== undefined) return ok(known.id)
  const nowMs = clock.nowMs()
  const withdrawal = await seal(
    'post',
    {
      network,
      time: nowMs,
      blog,
      draft,
      prevs: [id],
      title: '',
      html: '',
      attachments: [],
      replaces: id,
      withdrawn: true,
      published: Math.max(nowMs, published + 1),
    },
    signer,
    sha256,
  )
  const [answer] = await ledger.accept([withdrawal.envelope], 'author')
  return answer?.result === 'refused' ? refuse(answer.code ?? 'BAD_REQUEST') : ok(withdrawal.id)
}

export function cancelPage(title: string, secret: string): Uint8Array {
  const name = title === '' ? 'this post' : `“${title}”`
  return plainPage(
    'Call the post back?',
    `<p>${escapeMarkup(name)} came by e-mail. If you call it back, no reader sees it. This cannot be undone; you can send it again.</p>
<form method="post"><input type="hidden" name="secret" value="${escapeMarkup(secret)}"><button>Call it back</button></form>`,
  )
}

export function cancelledPage(problem: string | null): Uint8Array {
  return problem === null
    ? plainPage('Called back', '<p>No reader sees it here any more. The other mirrors follow within seconds.</p>')
    : plainPage('Not called back', `<p>${escapeMarkup(problem)}</p>`)
}
