/**
 * Texts that look like what they are not: words of a language in any order, some of them thousands of times, since what
 * hangs a reader is repetition. All stay small: a reader that is slow on them has a fault, not a long document.
 */
import fc from 'fast-check'
import { utf8 } from '../../protocol/bytes.ts'

const bytesMax = 24_000

/** Words and noise in any order; a word, or a pair of words, may stand there up to thousands of times. */
function language(words: readonly string[], noise: fc.Arbitrary<string> = fc.string({ maxLength: 20 })) {
  const word = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...words) }, { weight: 1, arbitrary: noise })
  const few = fc.array(word, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''))
  const many = fc.tuple(few, fc.integer({ min: 2, max: 4_000 })).map(([text, times]) => repeated(text, times))
  const part = fc.oneof({ weight: 12, arbitrary: word }, { weight: 1, arbitrary: many })
  return fc.array(part, { maxLength: 60 }).map((parts) => parts.join('').slice(0, bytesMax))
}

function repeated(text: string, times: number): string {
  return text.repeat(Math.min(times, Math.floor(bytesMax / text.length)))
}

export function bytesOf(texts: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array> {
  const plain = texts.map((text) => utf8(text))
  const turned = fc.tuple(plain, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 })).map(([bytes, turns]) => {
    for (const [at, value] of turns) if (bytes.length > 0) bytes[at % bytes.length] = value
    return bytes
  })
  return fc.oneof({ weight: 3, arbitrary: plain }, { weight: 1, arbitrary: turned })
}

const tags =
  'a b i p div table tr td th select option svg math mi mo annotation-xml foreignObject desc title style script template noscript noframes iframe textarea pre li ul ol dl dt form button input img picture source video base meta link body html head frameset plaintext marquee font nobr h1'
const names =
  'href src srcset style id class onload onerror data-bg data-src poster background xlink:href http-equiv content charset rel type name hidden'

export const markup = language([
  ...tags.split(' ').flatMap((tag) => [`<${tag}>`, `</${tag}>`, `<${tag} `, `<${tag}/>`]),
  ...names.split(' ').flatMap((name) => [`${name}="`, ` ${name}='`, ` ${name}=`]),
  ...['<', '>', '"', "'", '=', '/', '&', ';', ' ', '\n', '\t', '\0', '<!--', '-->', '--!>', '<!', '<!doctype html>'],
  ...[
    '<![CDATA[',
    ']]>',
    '<?',
    '?>',
    '&lt;',
    '&#0;',
    '&#x',
    '&amp',
    'javascript:',
    'url(',
    'data:',
    '//x/',
    '%',
    '#',
    'x',
  ],
  ...[
    '<meta name="dgos" content="',
    `${'ab'.repeat(32)}"`,
    '<base href="//x/">',
    'expression(',
    '@import',
    '\u2028',
    'ſcript',
  ],
])

export const sheetText = language([
  ...['{', '}', '(', ')', '[', ']', ';', ':', ',', '@import ', '@media ', '@font-face{', '@charset "', 'url(', "url('"],
  ...[
    '/*',
    '*/',
    '\\',
    '\\0',
    '"',
    "'",
    '!',
    '#a',
    '.a',
    'a',
    ':not(',
    '::before',
    'var(--a',
    'calc(',
    ' ',
    '\n',
    '<!--',
  ],
  ...['background:', 'src:', 'content:', 'opacity:0', 'display:none', 'image-set(', '1e9', 'U+', '%', '@supports('],
])

const xml = [
  ...[
    '<?xml version="1.0"?>',
    '<?xml version="1.0" encoding="',
    'utf-16"?>',
    '<!DOCTYPE a [',
    '<!ENTITY a "',
    '">',
    ']>',
  ],
  ...['<![CDATA[', ']]>', '<!--', '-->', '&a;', '&amp;', '&#x41;', '<', '>', '</', '/>', '"', ' ', '\n', 'x', '\0'],
]

export const feedText = language([
  ...xml,
  ...'rss channel item title link guid description pubDate content:encoded feed entry id updated content summary rdf:RDF enclosure author category'
    .split(' ')
    .flatMap((tag) => [`<${tag}>`, `</${tag}>`, `<${tag} `]),
  ...[
    'href="',
    'rel="alternate"',
    'type="xhtml"',
    'xmlns="',
    'url="',
    'https://ana.example/',
    '{"version":"https://jsonfeed.org/version/1.1"',
    '"items":[',
    '{',
    '}',
    ']',
  ],
])

export const rpcText = language([
  ...xml,
  ...'methodCall methodName params param value struct member name array data string int i4 boolean double base64 dateTime.iso8601 nil'
    .split(' ')
    .flatMap((tag) => [`<${tag}>`, `</${tag}>`]),
  ...['metaWeblog.newPost', 'wp.getPosts', 'system.multicall', '__proto__', 'AAAA', '20261130T12:00:00'],
])

export const mailText = language([
  ...'From To Subject Date Message-ID MIME-Version Content-Type Content-Transfer-Encoding Content-Disposition Received DKIM-Signature'
    .split(' ')
    .map((name) => `${name}: `),
  ...[
    'multipart/mixed; boundary=b',
    'multipart/alternative; boundary="c"',
    'text/html; charset=utf-8',
    'text/plain',
    'image/png',
  ],
  ...[
    'message/rfc822',
    'base64',
    'quoted-printable',
    '--b\r\n',
    '--b--\r\n',
    '--c\r\n',
    '\r\n',
    '\r\n\r\n',
    '\n',
    '\r',
    ' ',
    '\t',
  ],
  ...[
    '=?utf-8?B?QQ==?=',
    '=?utf-8?Q?=41?=',
    '=?',
    '?=',
    '=',
    '=\r\n',
    '=41',
    'a@b.example',
    '<',
    '>',
    '(',
    ')',
    '"',
    '\\',
    ',',
    ';',
  ],
  ...['> ', 'On Monday Ana wrote:', '-- \r\n', '<p>', '<b>', 'x', "name*0*=utf-8''%41", 'boundary=', '\0'],
])

export const uploads = bytesOf(
  language([
    ...[
      '--x',
      '--x--',
      '\r\n',
      '\r\n\r\n',
      '\n',
      '\r',
      '-',
      'Content-Disposition: form-data; name="file"',
      'name="',
      '"',
      ';',
    ],
    ...['filename="a"', 'x', ' ', '\0', 'Content-Type: text/plain'],
  ]),
)

const heads = [
  '89504e470d0a1a0a',
  'ffd8ffe000104a464946',
  '474946383961',
  '524946460000000057454250',
  '3c737667',
  '000001000100',
]

export const pictures = fc
  .tuple(fc.constantFrom(...heads), fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), fc.nat(4_000))
  .map(([head, parts, times]) => {
    const tail = Buffer.concat(parts)
    const more = tail.length === 0 ? 0 : Math.min(times, Math.floor(bytesMax / tail.length))
    return new Uint8Array(Buffer.concat([Buffer.from(head, 'hex'), ...Array<Buffer>(more).fill(tail)]))
  })
