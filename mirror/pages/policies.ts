/** The headers of everything below `/m/`, by what it is. They bind even where the rebuilt bytes were wrong. */

const always = [
  'X-Content-Type-Options',
  'nosniff',
  'Referrer-Policy',
  'no-referrer',
  'X-Robots-Tag',
  'noindex',
  'X-DNS-Prefetch-Control',
  'off',
]
const nobody =
  'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), midi=(), payment=(), usb=()'

/** Readers and caches may keep a page this long: what the author forgets must be gone within a minute. */
const pageSeconds = 30
const fileSeconds = 3600

/** Pages of ours: one inline style, named by its hash (CSP form), pictures of posts, and the copy's frame. */
export function ownPage(styleHash: string, contentOrigin: string | null): readonly string[] {
  const frames = contentOrigin === null ? "'self'" : `'self' ${contentOrigin}`
  return [
    'Content-Type',
    'text/html; charset=utf-8',
    'Cache-Control',
    `public, max-age=${pageSeconds}`,
    'Content-Security-Policy',
    `default-src 'none'; style-src '${styleHash}'; img-src 'self' data:; frame-src ${frames}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'Cross-Origin-Opener-Policy',
    'same-origin',
    'Permissions-Policy',
    nobody,
    ...always,
  ]
}

/** The page that checks: exactly one script, and what it must ask. Without a script it is a page like the others. */
export function verifyOwnPage(
  styleHash: string,
  url: string,
  script: { readonly path: string } | null,
  members: readonly { readonly member: string }[],
): readonly string[] {
  const asks = members.map((member) => `${member.member}dgos/v1/blogs/`).join(' ')
  const runs = script === null ? '' : `script-src ${url}${script.path.slice(1)}; connect-src 'self' ${asks}; `
  const policy = `default-src 'none'; ${runs}style-src '${styleHash}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
  return ownPage(styleHash, null).map((directive) => (directive.startsWith("default-src 'none'") ? policy : directive))
}

/**
 * Copies. Even opened by themselves they are in a sandbox without scripts and without the origin. Links may leave by the
 * reader's own click, and what they open is an ordinary page again.
 */
export function copyPage(ownOrigin: string | null): readonly string[] {
  const frames = ownOrigin === null ? "'self'" : `'self' ${ownOrigin}`
  return [
    'Content-Type',
    'text/html; charset=utf-8',
    'Cache-Control',
    `public, max-age=${pageSeconds}`,
    'Content-Security-Policy',
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; default-src 'none'; " +
      "img-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; form-action 'none'; base-uri 'none'; " +
      `frame-ancestors ${frames}`,
    'Cross-Origin-Opener-Policy',
    'same-origin',
    'Permissions-Policy',
    nobody,
    ...always,
  ]
}

/** Files that copies use. A sandboxed document has an origin of its own, so fonts need the permission of CORS. */
export function copyFile(type: string): readonly string[] {
  return [
    'Content-Type',
    type,
    'Cache-Control',
    `public, max-age=${fileSeconds}`,
    'Content-Security-Policy',
    "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    'Cross-Origin-Resource-Policy',
    'cross-origin',
    'Access-Control-Allow-Origin',
    '*',
    ...always,
  ]
}

export function feedFile(type: string): readonly string[] {
  return [
    'Content-Type',
    type,
    'Cache-Control',
    `public, max-age=${pageSeconds * 2}`,
    'Content-Security-Policy',
    "sandbox; default-src 'none'",
    'Access-Control-Allow-Origin',
    '*',
    ...always,
  ]
}

/** Redirects, refusals and "not found": short-lived, or not kept at all. */
export function aside(location: string | null): readonly string[] {
  return [
    ...(location === null ? ['Cache-Control', 'no-store'] : ['Location', location, 'Cache-Control', 'no-cache']),
    'Content-Type',
    'text/html; charset=utf-8',
    'Content-Security-Policy',
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    ...always,
  ]
}
