/** The ids under which a snapshot names the entries of a feed, the same on every capturer. Pure. */

/** An entry's own id (Atom `id`, RSS `guid`, JSON Feed `id`) and its absolute link, both trimmed; '' where it has none. */
export type FeedEntry = { readonly id: string; readonly link: string }

/**
 * One id an entry, null where it can have none. The own id; the link where there is no own id, or where another entry of
 * the feed bears the same id with another link: some programs write "N/A" into each.
 */
export function feedIds(entries: readonly FeedEntry[]): readonly (string | null)[] {
  const links = new Map<string, Set<string>>()
  for (const { id, link } of entries) {
    const known = links.get(id) ?? new Set()
    links.set(id, known.add(link))
  }
  return entries.map(({ id, link }) => {
    const own = id !== '' && (links.get(id)!.size === 1 || link === '')
    return own ? id : link === '' ? null : link
  })
}
