/** Messages as real programs write them, each with what must come out: title, html (images as "img"), and what stays behind. */
export type Honest = {
  readonly name: string
  readonly raw: string
  readonly title: string
  readonly html: string
  readonly dropped?: readonly RegExp[]
}

export const pngText =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='
const plainType = 'text/plain; charset=utf-8'

/** Lines end with CRLF, as on the wire. */
export function message(headers: Readonly<Record<string, string>>, body: string): string {
  const base = {
    From: 'Ana <ana@author.test>',
    To: 'x@mail.test',
    Subject: 'Hello',
    Date: 'Sat, 21 Nov 2026 00:00:00 +0000',
    'Message-ID': '<one@author.test>',
    'MIME-Version': '1.0',
    'Content-Type': plainType,
  }
  const lines = Object.entries({ ...base, ...headers })
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value}`)
  return `${[...lines, '', body].join('\n')}\n`.replace(/\r?\n/g, '\r\n')
}

function parts(kind: string, ...all: readonly string[]): { readonly type: string; readonly body: string } {
  const mark = `b${kind}${all.length}`
  return {
    type: `multipart/${kind}; boundary="${mark}"`,
    body: `${all.map((part) => `--${mark}\n${part}`).join('\n')}\n--${mark}--`,
  }
}
const text = (body: string, type = plainType) => `Content-Type: ${type}\n\n${body}`
const html = (body: string) => text(body, 'text/html; charset=utf-8')
const png = (name: string, more = '') =>
  `Content-Type: image/png; name="${name}"\nContent-Transfer-Encoding: base64\nContent-Disposition: ${more === '' ? 'attachment' : 'inline'}; filename="${name}"\n${more}\n${pngText}`
const multi = (whole: { type: string; body: string }, headers: Record<string, string> = {}) =>
  message({ 'Content-Type': whole.type, ...headers }, whole.body)
const base64 = (value: string) => Buffer.from(value).toString('base64').replace(/.{70}/g, '$&\n')

const plain = (
  name: string,
  body: string,
  expected: string,
  headers: Record<string, string> = {},
  title = 'Hello',
): Honest => ({ name, raw: message(headers, body), title, html: expected })
const rich = (name: string, body: string, expected: string): Honest => ({
  name,
  raw: multi(parts('alternative', text('plain'), html(body))),
  title: 'Hello',
  html: expected,
})

export const honest: readonly Honest[] = [
  plain(
    'plain text',
    'Dear readers,\n\nthe server is gone.\nMore soon.',
    '<p>Dear readers,</p><p>the server is gone.<br>More soon.</p>',
  ),
  plain(
    'a link in plain text',
    'See https://a.example/x?y=1&z=2.',
    '<p>See <a href="https://a.example/x?y=1&amp;z=2">https://a.example/x?y=1&amp;z=2</a>.</p>',
  ),
  plain(
    'marks are words',
    'a < b & "c" *not bold* <script>',
    '<p>a &lt; b &amp; &quot;c&quot; *not bold* &lt;script&gt;</p>',
  ),
  plain('UTF-8 as 8bit', 'Grüße, 世界 🎉', '<p>Grüße, 世界 🎉</p>', { 'Content-Transfer-Encoding': '8bit' }),
  plain('quoted-printable', 'Gr=C3=BC=C3=9Fe an=\n alle', '<p>Grüße an alle</p>', {
    'Content-Transfer-Encoding': 'quoted-printable',
  }),
  plain(
    'base64',
    base64('Grüße an alle, die das hier lesen, und noch mehr Worte bis zum Umbruch.'),
    '<p>Grüße an alle, die das hier lesen, und noch mehr Worte bis zum Umbruch.</p>',
    { 'Content-Transfer-Encoding': 'base64' },
  ),
  plain('Latin-1', 'Gr=FC=DFe', '<p>Grüße</p>', {
    'Content-Type': 'text/plain; charset=iso-8859-1',
    'Content-Transfer-Encoding': 'quoted-printable',
  }),
  plain(
    'format=flowed',
    'A long line that goes on \nhere.\n\nNext.',
    '<p>A long line that goes on here.</p><p>Next.</p>',
    { 'Content-Type': 'text/plain; charset=utf-8; format=flowed' },
  ),
  plain('a subject in base64 words', 'x', '<p>x</p>', { Subject: '=?utf-8?B?R3LDvMOfZQ==?=' }, 'Grüße'),
  plain(
    'a subject in quoted words over two lines',
    'x',
    '<p>x</p>',
    { Subject: '=?utf-8?Q?Gr=C3=BC=C3=9Fe?=\n =?utf-8?Q?_an_alle?=' },
    'Grüße an alle',
  ),
  plain('an empty subject', 'Only words', '<p>Only words</p>', { Subject: ' ' }, ''),
  plain('a signature after two dashes', 'Text\n\n-- \nAna\n+1 555', '<p>Text</p>'),
  plain('an iPhone signature', 'Text\n\nSent from my iPhone', '<p>Text</p>'),
  plain(
    'a quoted reply below',
    'Yes.\n\nOn Fri, 20 Nov 2026 at 10:00, Bo <bo@b.example> wrote:\n> Is it down?\n> Really?',
    '<p>Yes.</p>',
  ),
  plain('a German quoted reply below', 'Ja.\n\nAm 20.11.2026 um 10:00 schrieb Bo:\n> Weg?', '<p>Ja.</p>'),
  plain('an Outlook original below', 'Yes.\n\n-----Original Message-----\nFrom: Bo\nold words', '<p>Yes.</p>'),
  plain(
    'a quote between own words stays',
    'Bo says:\n> It is down\nAnd I agree.',
    '<p>Bo says:<br>&gt; It is down<br>And I agree.</p>',
  ),
  plain('right to left', 'שלום עולם', '<p>שלום עולם</p>'),
  rich(
    'Gmail',
    '<div dir="ltr"><div>One</div><div><br></div><div>Two <b>bold</b></div></div><br><div class="gmail_quote gmail_quote_container"><div class="gmail_attr">On x wrote:</div><blockquote class="gmail_quote">old</blockquote></div>',
    '<p>One</p><p>Two <strong>bold</strong></p>',
  ),
  rich(
    'Gmail with a signature',
    '<div dir="ltr">Text<div><br clear="all"></div><span class="gmail_signature_prefix"></span><div class="gmail_signature">Ana</div></div>',
    '<p>Text</p>',
  ),
  rich(
    'iPhone',
    '<html><head></head><body dir="auto">Hello from here<div><br></div><div>Second</div><div><br></div><div><br><blockquote type="cite">quoted</blockquote></div></body></html>',
    '<p>Hello from here</p><p>Second</p>',
  ),
  rich(
    'Outlook',
    '<html><head><style>p{margin:0}</style></head><body><div class="WordSection1"><p class="MsoNormal">Hello<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><p class="MsoNormal"><i>Words</i></p></div><div id="divRplyFwdMsg">From: Bo</div></body></html>',
    '<p>Hello</p><p><em>Words</em></p>',
  ),
  rich(
    'Outlook on a phone',
    '<div>Short news</div><div id="ms-outlook-mobile-signature">Get Outlook for iOS</div>',
    '<p>Short news</p>',
  ),
  rich(
    'Thunderbird',
    '<html><body><p>Hello</p><ul><li>one</li><li>two</li></ul><div class="moz-cite-prefix">On x wrote:</div><blockquote type="cite" cite="mid:x">old</blockquote><div class="moz-signature">-- <br>Ana</div></body></html>',
    '<p>Hello</p><ul><li>one</li><li>two</li></ul>',
  ),
  rich(
    'a table of data',
    '<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>',
    '<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>',
  ),
  rich('a table for layout', '<table><tr><td><p>Left</p></td><td>Right</td></tr></table>', '<p>Left</p><p>Right</p>'),
  rich('a relative link', '<p><a href="/about">us</a></p>', '<p><a href="https://ana.example/about">us</a></p>'),
  {
    name: 'an attached image',
    raw: multi(parts('mixed', text('Look'), png('dot.png'))),
    title: 'Hello',
    html: '<p>Look</p><p>img</p>',
  },
  {
    name: 'an image within the text',
    raw: multi(
      parts('related', html('<p>Look <img src="cid:dot1" alt="dot"> here</p>'), png('dot.png', 'Content-ID: <dot1>\n')),
    ),
    title: 'Hello',
    html: '<p>Look img here</p>',
  },
  {
    name: 'a document attached',
    raw: multi(
      parts(
        'mixed',
        text('Read'),
        `Content-Type: application/pdf; name="a.pdf"\nContent-Disposition: attachment; filename="a.pdf"\nContent-Transfer-Encoding: base64\n\n${base64('%PDF-1.7')}`,
      ),
    ),
    title: 'Hello',
    html: '<p>Read</p>',
    dropped: [/a\.pdf: only images/],
  },
  {
    name: 'an image that is none',
    raw: multi(
      parts(
        'mixed',
        text('Look'),
        `Content-Type: image/png; name="a.png"\nContent-Disposition: attachment; filename="a.png"\n\n<script>alert(1)</script>`,
      ),
    ),
    title: 'Hello',
    html: '<p>Look</p>',
    dropped: [/a\.png: not an image/],
  },
]

/** Harmful content inside a mail that is truly the author's (or of who took over the account): what comes out is harmless. */
export const harmful: readonly Honest[] = [
  rich('a script', '<p>a<script>alert(1)</script>b</p>', '<p>ab</p>'),
  rich('an event handler', '<p onclick="x()">a</p><img src=x onerror="alert(1)">', '<p>a</p>'),
  rich(
    'a link that runs',
    '<p><a href="javascript:alert(1)">a</a> <a href=" java&#10;script:alert(1)">b</a> <a href="data:text/html,x">c</a></p>',
    '<p>a b c</p>',
  ),
  rich('a picture that tells', '<p>a<img src="https://spy.example/p.gif?id=1" width="1"></p>', '<p>a</p>'),
  rich(
    'hidden words',
    '<p>a<span style="display:none">secret</span><span style="font-size:0">x</span></p>',
    '<p>a</p>',
  ),
  rich(
    'a form and a frame',
    '<form action="https://e.example"><input name="p"><button>go</button></form><iframe src="https://e.example"></iframe><p>a</p>',
    '<p>a</p>',
  ),
  rich(
    'a svg that runs',
    '<svg><script>alert(1)</script></svg><math><mi xlink:href="javascript:x"></mi></math><p>a</p>',
    '<p>a</p>',
  ),
  rich('a mutation', '<noscript><p title="</noscript><img src=x onerror=alert(1)>">', '<p>&quot;&gt;</p>'),
  rich(
    'a style that loads',
    '<style>@import "https://e.example/x.css";</style><p style="background:url(https://e.example)">a</p>',
    '<p>a</p>',
  ),
  rich(
    'a base that misleads',
    '<base href="https://e.example/"><p><a href="x">a</a></p>',
    '<p><a href="https://ana.example/x">a</a></p>',
  ),
  rich('a thousand boxes deep', `${'<div>'.repeat(1000)}a${'</div>'.repeat(1000)}`, '<p>a</p>'),
]
