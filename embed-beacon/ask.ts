/** Asking members: no cookie, no referrer, a time and a size for every answer. Failure is null, never an exception. */

export const askTimeMs = 8000

/** The parsed JSON of an answer of at most `bytesMax` bytes; null on anything else. */
export async function ask(url: string, bytesMax: number): Promise<unknown> {
  try {
    const answer = await reach(url)
    if (!answer.ok || answer.body === null) return null
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return JSON.parse(text)
      text += value
      if (text.length > bytesMax) {
        await reader.cancel()
        return null
      }
    }
  } catch {
    return null // unreachable, late, or not JSON: this member has not answered
  }
}

export function reach(url: string, options: RequestInit = {}): Promise<Response> {
  return fetch(url, {
    ...options,
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    redirect: 'error',
    signal: AbortSignal.timeout(askTimeMs),
  })
}
