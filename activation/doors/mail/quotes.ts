/** Signatures and quoted replies, as iPhone, Gmail, Outlook and Thunderbird mark them, in text and in html. */

const sentFrom =
  /^(?:sent from my |gesendet von meinem |envoyé de mon |enviado desde mi |get outlook for |von meinem .{1,30} gesendet)/i
const wrote =
  /^(?:on|am|le|el|il|op|em) .{5,200} (?:wrote|schrieb.{0,80}|a écrit|escribió|ha scritto|schreef.{0,80}|escreveu) ?:$/i
const original =
  /^-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|message d'origine|mensaje original)\s*-{2,}$/i

/** The text above the signature, without the quote that it answers. Quotes between the author's own lines stay. */
export function withoutQuotes(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n').split('\n')
  const signature = lines.findIndex((line) => line === '-- ' || original.test(line.trim()))
  let end = signature < 0 ? lines.length : signature
  const last = () => lines[end - 1]?.trim() ?? ''
  const trim = () => {
    while (end > 0 && last() === '') end--
  }
  trim()
  if (end > 1 && sentFrom.test(last())) end--
  trim()
  if (/^>/.test(last())) {
    while (end > 0 && (/^>/.test(last()) || last() === '')) end--
    if (wrote.test(last())) end--
    else if (end > 1 && wrote.test(`${lines[end - 2]!.trim()} ${last()}`)) end -= 2
  }
  trim()
  if (end > 1 && sentFrom.test(last())) end--
  return lines.slice(0, end).join('\n')
}

const classes =
  /(?:^|\s)(?:gmail_quote|gmail_quote_container|gmail_signature|gmail_attr|moz-signature|moz-cite-prefix|yahoo_quoted|protonmail_quote|protonmail_signature_block)(?:\s|$)/i
const ids =
  /^(?:divRplyFwdMsg|appendonsend|Signature|ms-outlook-mobile-signature|lineBreakAtBeginningOfSignature|mail-editor-reference-message-container|AppleMailSignature)$/i

export function isQuoteOrSignature(tag: string, attributes: ReadonlyMap<string, string>): boolean {
  if (tag === 'blockquote' && attributes.get('type')?.toLowerCase() === 'cite') return true
  return classes.test(attributes.get('class') ?? '') || ids.test(attributes.get('id') ?? '')
}
