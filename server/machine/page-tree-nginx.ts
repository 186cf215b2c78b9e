/** The fragment with which nginx serves the tree of pages alone: the same headers as the member's own answers. */
import { copyFile, copyPage, feedFile, ownPage } from '../../mirror/pages/policies.ts'

export type FrontConfigOptions = {
  readonly dir: string
  readonly styleHash: string
  readonly contentUrl: string | null
}

const extensions = ['css', 'svg', 'png', 'jpg', 'gif', 'webp', 'avif', 'ico', 'bmp', 'woff2', 'woff', 'ttf', 'otf']

/** To be included in a `server` block that also has `location @dgos { proxy_pass http://127.0.0.1:…; }`. */
export function frontConfig({ dir, styleHash, contentUrl }: FrontConfigOptions): string {
  const own = contentUrl === null ? null : new URL(contentUrl).origin
  const root = `root "${dir}"; gzip_static on; charset utf-8; etag on; if ($http_service_worker) { return 403; }`
  const location = (pattern: string, files: string, headers: readonly string[], types: string) =>
    `location ~ ${pattern} { ${root}\n  ${types}\n${added(headers)}\n  try_files ${files} @dgos; }`
  const name = '^/m/[^/]+(/~[^/]+)?'
  return [
    '# Written by the member. Include it in a server block that has "location @dgos" with a proxy_pass to the member.',
    location(
      `${name}/blob/[0-9a-f]+$`,
      extensions.map((extension) => `$uri.${extension}`).join(' '),
      copyFile(''),
      blobTypes,
    ),
    location(`${name}/feed\\.xml$`, '$uri', feedFile(''), 'types { } default_type application/atom+xml;'),
    location(`${name}/feed\\.rss$`, '$uri', feedFile(''), 'types { } default_type application/rss+xml;'),
    location(`${name}/feed\\.json$`, '$uri', feedFile(''), 'types { } default_type application/feed+json;'),
    location(`${name}/copy/`, '$uri/index.html', copyPage(null), 'types { } default_type text/html;'),
    location('^/m/', '$uri/index.html', ownPage(styleHash, own), 'types { } default_type text/html;'),
    '',
  ].join('\n')
}

const blobTypes =
  'types { text/css css; image/svg+xml svg; image/png png; image/jpeg jpg; image/gif gif; image/webp webp; image/avif avif; ' +
  'image/x-icon ico; image/bmp bmp; font/woff2 woff2; font/woff woff; font/ttf ttf; font/otf otf; } default_type application/octet-stream;'

function added(headers: readonly string[]): string {
  const lines: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] !== 'Content-Type') lines.push(`  add_header ${headers[i]} "${headers[i + 1]}" always;`)
  }
  return lines.join('\n')
}
