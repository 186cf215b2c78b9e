/** Languages as people name them. Posts and roots carry a code; "Russian" is none, and the code that is meant is ru. */
const letters = 'abcdefghijklmnopqrstuvwxyz'
const code = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/

/** The code of what was typed, a code or a language's name in English, in itself or in `reader`; '' for nothing, null where no language is called so. */
export function canonicalLanguage(typed: string, reader = 'en'): string | null {
  const text = typed.trim()
  if (text === '') return ''
  if (code.test(text) && nameOf(text, 'en') !== null) return Intl.getCanonicalLocales(text)[0]!
  const wanted = text.toLowerCase()
  for (const first of letters) {
    for (const second of letters) {
      const tag = first + second
      if (['en', tag, reader].some((locale) => nameOf(tag, locale)?.toLowerCase() === wanted)) return tag
    }
  }
  return null
}

/** null where the platform knows no such language. */
function nameOf(tag: string, locale: string): string | null {
  try {
    return new Intl.DisplayNames(locale, { type: 'language', fallback: 'none' }).of(tag) ?? null
  } catch {
    return null // not a tag at all
  }
}
