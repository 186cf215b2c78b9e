/** Which requests the worker may answer at all. */

/** A path with one of these among its segments belongs to people who log in, or to programs. */
const never =
  /^(wp-admin|wp-login\.php|wp-json|wp-cron\.php|xmlrpc\.php|admin|administrator|api|graphql|login|logout|signin|signup|register|account|user|ghost|oauth|auth|dgos-sw.*|\.well-known)$/i

export type Asked = {
  readonly method: string
  readonly mode: string
  readonly destination: string
  readonly url: string
  readonly headers: { has(name: string): boolean }
}

/** Top-level navigations by GET below the blog's address, without a login of their own. */
export function isOurs({ method, mode, destination, url, headers }: Asked, address: string): boolean {
  if (method !== 'GET' || mode !== 'navigate' || destination !== 'document' || !url.startsWith(address)) return false
  if (headers.has('authorization')) return false
  const { pathname, searchParams } = new URL(url)
  if (searchParams.has('rest_route') || searchParams.has('preview')) return false
  return !pathname.split('/').some((segment) => never.test(segment))
}
