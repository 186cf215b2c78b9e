/** What a Content-Security-Policy header says of a page's styles: the rest of it a copy keeps anyway. Pure. */

const directives = /^(default-src|style-src|style-src-elem|style-src-attr)(\s|$)/i
const policyCharactersMax = 500

/** The directives about styles, `;` between them and `,` between policies; null where it says nothing of them, or too much. */
export function policyOf(header: string | undefined): string | null {
  if (header === undefined || !/^[ -~]{1,8000}$/.test(header)) return null
  const policies = header.split(',').map((policy) =>
    policy
      .split(';')
      .map((directive) => directive.trim().replace(/\s+/g, ' '))
      .filter((directive) => directives.test(directive))
      .join('; '),
  )
  const told = policies.filter((policy) => policy !== '').join(', ')
  return told === '' || told.length > policyCharactersMax ? null : told
}
