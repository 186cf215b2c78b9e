/**
 * Hostile documents from a seed: pieces of known attacks, cut where parsers change their mind and put into one another, in
 * every context that reads markup in its own way.
 */
import { hostilePages } from '../../test/mirror/hostile-pages.ts'
import { diceOf } from '../../test/wordpress/dice.ts'

const tags =
  'a b i p div span table tbody tr td th caption select option optgroup button label details summary dialog svg g math mi mo mtext mglyph malignmark annotation-xml semantics foreignObject desc title style script template noscript iframe object embed video source picture img input form textarea xmp plaintext frameset body html head base link meta font nobr li ul dl dt h1 x-y marquee slot'.split(
    ' ',
  )
const attributes = [
  ...[
    'onload=RUN',
    'onerror=RUN',
    'onclick="RUN"',
    'ontoggle=RUN',
    'onfocus=RUN autofocus',
    'onbegin=RUN',
    'srcdoc="<script>RUN</script>"',
  ],
  ...[
    'href="javascript:RUN"',
    'href=LEAK',
    'xlink:href="javascript:RUN"',
    'src=LEAK',
    'src=x',
    'srcset="LEAK 1x"',
    'data=LEAK',
    'poster=LEAK',
  ],
  ...[
    'style="background:url(LEAK)"',
    'style="behavior:url(LEAK);-moz-binding:url(LEAK)"',
    'background=LEAK',
    'data-src=LEAK',
    'data-bg="x);background:url(LEAK"',
  ],
  ...[
    'http-equiv=refresh content="0;url=LEAK"',
    'rel=stylesheet',
    'type=image',
    'type=password',
    'shadowrootmode=open',
    'is=x',
    'ping=LEAK',
    'action=LEAK',
    'formaction=LEAK',
    'encoding="text/html"',
  ],
  ...[
    'title="</style><img src=x onerror=RUN>"',
    'alt="--><img src=x onerror=RUN>"',
    'id=a',
    'class=b',
    'hidden',
    'aria-controls=a',
    'popovertarget=a',
    'label="</optgroup></select><img src=x onerror=RUN>"',
  ],
]
const breaks = [
  ...[
    '<',
    '>',
    '</',
    '/>',
    '"',
    "'",
    '`',
    '=',
    '&',
    '&lt;',
    '&#60;',
    '&#x0;',
    '\0',
    '\f',
    '\r\n',
    '<!--',
    '-->',
    '--!>',
    '<!-->',
    '<![CDATA[',
    ']]>',
    '<?x',
    '?>',
    '<!doctype html>',
  ],
  ...['javascript:RUN', 'url(LEAK)', '@import "LEAK";', '}</style>', '\\75rl(LEAK)', 'RUN', 'LEAK', 'words', ' '],
]
const run = '(window.__ran=(window.__ran||0)+1)'
const leak = 'https://evil.example/leak'
const pieces = hostilePages.flatMap(({ html }) => html.split(/(?=<)/)).filter((piece) => piece.length < 400)

export const documentsPerBatch = 400

/** Those of one batch. */
export function hostileDocuments(batch: number): readonly string[] {
  const dice = diceOf(`inert ${batch}`)
  const tag = () => {
    const name = dice.one(tags)
    return dice.once(3)
      ? `</${name}>`
      : `<${name}${dice
          .some(attributes, 3)
          .map((text) => ` ${text}`)
          .join('')}${dice.once(9) ? '/' : ''}>`
  }
  const part = () => (dice.once(3) ? dice.one(breaks) : dice.once(2) ? dice.one(pieces) : tag())
  const around = (inside: string) => {
    const name = dice.one(tags)
    return dice.once(2) ? inside : `<${name}>${inside}</${name}>`
  }
  return Array.from({ length: documentsPerBatch }, () => {
    let text = ''
    for (let left = 1 + dice.below(16); left > 0; left--) text = dice.once(4) ? around(text) + part() : text + part()
    const script = dice.once(3) ? '<script>start()</script><style>.b{opacity:0}</style>' : ''
    return `${dice.once(2) ? '<!doctype html>' : ''}<p>before</p>${script}${text.replaceAll('RUN', run).replaceAll('LEAK', leak)}<p>after</p>`
  })
}
