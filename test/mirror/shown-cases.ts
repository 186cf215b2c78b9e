/**
 * Pages as a copy shows them: read by the TypeScript and the PHP page builder alike. Words are those of the rebuilt page
 * outside of what is never seen; pictures are files of the blog, by name.
 */
import { caseText, home } from './copy-cases.ts'

export type ShownCase = {
  readonly name: string
  readonly page: string
  readonly type?: string
  /** Each must be found, in this order. */
  readonly words: readonly string[]
  readonly absent?: readonly string[]
  /** Must stand in what is written. */
  readonly markup?: readonly string[]
  readonly pictures?: readonly string[]
  /** What the page's headers say of its styles. */
  readonly policy?: string
  /** Captured pictures, where not all are. */
  readonly kept?: readonly string[]
  /** What only the TypeScript builder does, and why PHP does not. */
  readonly onlyTypeScript?: string
}

const math = (inside: string) => `<math>${inside}</math>`

export const shownCases: readonly ShownCase[] = [
  {
    name: 'a notice to those without scripts',
    page: '<p>Post</p><noscript><div class="warning">Theme works best with JavaScript enabled</div></noscript>',
    words: ['Post'],
    absent: ['JavaScript'],
  },
  {
    name: 'a list for those without scripts',
    page: '<p>Post</p><noscript><ul><li>January</li><li>February</li></ul></noscript>',
    words: ['Post', 'January', 'February'],
  },
  {
    name: 'long words for those without scripts',
    page: `<p>Post</p><noscript><p>${'The whole article, once more. '.repeat(12)}</p></noscript>`,
    words: ['Post', 'The whole article'],
  },
  {
    name: 'a set that a script takes away',
    page: '<img src="real.png" srcset="img/loading.gif" lazyload>',
    words: [],
    pictures: ['real.png'],
  },
  {
    name: 'a set of one picture that is meant',
    page: '<img src="small.png" srcset="large.png 2x">',
    words: [],
    pictures: ['small.png'],
  },
  {
    name: 'headings in buttons',
    page: caseText('buttons-and-labels', 'accordion.html'),
    words: ['How do I bake bread?', 'How long does it take?'],
  },
  {
    name: 'tasks',
    page: caseText('buttons-and-labels', 'tasks.html'),
    words: ['Done thing', 'Open thing', 'Labelled thing'],
  },
  { name: 'tabs made of styles', page: caseText('buttons-and-labels', 'tabs.html'), words: ['Method'] },
  {
    name: 'the words of every control',
    page: '<form><fieldset><legend>Size</legend><label for=a>Small</label><input id=a type=radio name=s value=1><output>12 €</output><input type=submit value="Buy it"><button>Or not</button><input type=reset><input name=q value=secret placeholder=hint><textarea>draft</textarea></fieldset></form><dialog open>Hello</dialog><details><summary>More</summary>Deep</details>',
    words: ['Size', 'Small', '12 €', 'Buy it', 'Or not', 'Hello', 'More', 'Deep'],
    absent: ['secret', 'hint', 'draft'],
  },
  {
    name: 'a list to choose from',
    page: '<label>Archive <select name=m onchange="go()"><option value="/2026/01/">January 2026<optgroup label="Last year"><option value=s selected>December 2025<option label="November 2025"></option></optgroup></select></label><p>after</p>',
    words: ['Archive', 'January 2026', 'December 2025', 'November 2025', 'after'],
    absent: ['/2026/01/', 'go()'],
  },
  {
    name: 'a list without an end',
    page: '<select><option>One<option>Two<p>Three</select><p>after',
    words: ['One', 'Two', 'after'],
  },
  {
    name: 'a picture that is pressed',
    page: '<form><input type=image src=/go.png alt=Go></form>',
    words: [],
    pictures: ['go.png'],
  },
  {
    name: 'lazy pictures, whatever their attributes are called',
    page: caseText('lazy-attributes'),
    words: [],
    pictures: Array.from({ length: 14 }, (_, i) => `p${i + 1}.jpg`),
  },
  ...[
    '<img src=/a.jpg data-zoom-image=/big.jpg>',
    '<img src=/a.jpg data-large_image=/big.jpg data-full-url=/big.jpg data-orig-file=/big.jpg>',
    '<img src=/a.jpg data-pin-media=/big.jpg data-image-title="a.b" data-caption=x.jpg>',
    '<img src=/a.jpg data-thumb=/small.jpg>',
    '<div data-share-image=/big.jpg></div><img src=/a.jpg>',
    '<a data-href=/big.jpg href=/x/>x</a><img src=/a.jpg data-placeholder-src=/big.jpg>',
    '<img src=/a.jpg data-src="javascript:alert(1)" data-lazy="some words">',
  ].map((page) => ({ name: `not the picture to be seen: ${page}`, page, words: [], pictures: ['a.jpg'] })),
  ...[
    ['a made-up attribute', '<img src=/img/blank.gif data-imgsrc-xyz="/a.jpg">'],
    ['a spinner by its name', '<img src="/theme/loading.svg" data-hd-photo="/a.jpg">'],
    [
      'a set',
      '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAAC" data-my-srcset="/s.jpg 300w, /a.jpg 1200w">',
    ],
    ['a background', '<div class=hero data-bg="url(\'/a.jpg\')"></div>'],
    ['an element of a program’s own', '<lazy-img src="/a.jpg"></lazy-img>'],
    [
      'a picture with sources',
      '<picture><source data-srcset="/a.jpg 1x"><img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAAC"></picture>',
    ],
    ['its twin in a noscript', '<img data-src=/a.jpg><noscript><img src=/a.jpg></noscript>'],
    ['in a noscript alone', '<noscript><img src=/a.jpg></noscript>'],
    ['with commas in its address', '<img srcset="/a,b.jpg 1200w, /c.jpg 2000w" src=/a.jpg>'],
    ['behind a table', '<table background=/a.jpg><tr><td>x</table>'],
  ].map(([name, page]) => ({ name: `lazy: ${name}`, page: page!, words: [], pictures: ['a.jpg'], kept: ['a.jpg'] })),
  {
    name: 'a film with its still picture',
    page: '<video poster=/still.jpg><source src=/film.mp4></video>',
    words: ['ana.example ↗'],
    pictures: ['still.jpg'],
  },
  {
    name: 'a frame by its title',
    page: '<iframe title="A walk" src="https://video.example/1" width=560 height=315></iframe>',
    words: ['A walk (video.example) ↗'],
  },
  {
    name: 'what the page says in the place of an object',
    page: '<object data=/x.swf type="application/x-shockwave-flash"><p>Get the <b>plugin</b></p></object>',
    words: ['Get the plugin'],
  },
  {
    name: 'an object that is a picture',
    page: '<object data=/a.png type="image/png"><p>No picture</p></object>',
    words: [],
    absent: ['No picture'],
    pictures: ['a.png'],
  },
  { name: 'a case: formulas', page: caseText('mathml-flattened'), words: [] },
  {
    name: 'formulas keep what is above, below, over and under',
    page: `<p>A = ${math('<mfrac><mn>1</mn><mn>2</mn></mfrac><mi>b</mi><mi>h</mi>')}</p>${math('<semantics><msup><mi>x</mi><mn>2</mn></msup><annotation encoding="application/x-tex">x^2</annotation></semantics>')}${math('<mfenced><mi>a</mi><mi>b</mi></mfenced>')}`,
    words: ['A =', '1', '2', 'b', 'h', 'x', '2', '(', 'a', ',', 'b', ')'],
    absent: ['x^2'],
  },
  {
    name: 'raised and lowered text',
    page: '<p>10<sup>6</sup> and H<sub>2</sub>O</p>',
    words: ['10', '6', 'and H', '2', 'O'],
  },
  {
    name: 'a case: XHTML',
    page: caseText('xhtml', 'index.xhtml'),
    type: 'application/xhtml+xml',
    words: ['XHTML page', 'After a self-closed div'],
  },
  {
    name: 'XML with text marked as such',
    page: '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="a.js"/></head><body><div id="x"/><p><![CDATA[1 < 2 & 3]]></p><br/><p>end</p></body></html>',
    type: 'application/xhtml+xml',
    words: ['1 < 2 & 3', 'end'],
  },
  { name: 'a declared shadow tree', page: caseText('declarative-shadow-dom'), words: ['Shadow text of the post'] },
  {
    name: 'other templates',
    page: '<template><p>later</p></template><table><template shadowrootmode=open><p>no host</p></template></table><p>now</p>',
    words: ['now'],
    absent: ['later', 'no host'],
  },
  {
    name: 'a page without a body of its own',
    page: '<title>x</title><main><h1>Ana</h1><article>Words</article></main>',
    words: ['Ana', 'Words'],
  },
  {
    name: 'elements of this century first',
    page: '<!doctype html><header>Top</header><nav><a href=/x/>Menu</a></nav><section>Part</section><footer>End</footer>',
    words: ['Top', 'Menu', 'Part', 'End'],
  },
  { name: 'words before any element', page: 'Hello<p>World', words: ['Hello', 'World'] },
  {
    name: 'unclosed tables, and words between their rows',
    page: '<table><tr><td>One<tr><td>Two</table><p>Three',
    words: ['One', 'Two', 'Three'],
  },
  {
    name: 'files before and after the base',
    page: '<head><base href="/deep/"></head><img src="c.png"><a href="d/">d</a>',
    words: ['d'],
    pictures: ['deep/c.png'],
  },
  {
    name: 'sheets that are off, or in another language',
    page: '<style type="text/less">@x:1;p{display:none}</style><link rel=stylesheet disabled href=/off.css><p>Words</p>',
    words: ['Words'],
    absent: ['@x'],
  },
  {
    name: 'letters outside of the first plane, and entities',
    page: '<p>🌳 &amp; &lt;b&gt; &nbsp;&copy; &hellip; &#x1F333;</p>',
    words: ['🌳 & <b>', '© … 🌳'],
  },
  {
    name: 'a case: a policy in the page',
    page: caseText('csp-inline-styles'),
    words: [],
    absent: ['color:red', 'display:none', 'pink'],
  },
  ...(
    [
      ["style-src 'self'", '', 'h1{color'],
      ["default-src 'self'", '', 'h1{color'],
      ["style-src 'self' 'unsafe-inline', style-src 'none'", '', 'h1{color'],
      ["style-src 'unsafe-inline'", 'h1{color', ''],
      ["default-src 'none'; style-src * 'unsafe-inline'", 'h1{color', ''],
      ["style-src 'nonce-n1'", 'h1{color', 'p{color'],
      ["style-src-elem 'unsafe-inline'; style-src 'none'", 'h1{color', 'margin:9px'],
      ["style-src-attr 'unsafe-inline'; style-src 'none'", 'margin:9px', 'h1{color'],
    ] as const
  ).map(([policy, has, lacks]) => ({
    name: `a policy in the headers: ${policy}`,
    policy,
    page: '<style nonce=n1>h1{color:red}</style><style>p{color:blue}</style><h1 style="margin:9px">Words</h1>',
    words: ['Words'],
    markup: has === '' ? [] : [has],
    absent: lacks === '' ? [] : [lacks],
  })),
  {
    name: 'code as it was shown long ago',
    page: '<p>one</p><xmp><b>bold</b> & 1 < 2</xmp><listing>two  <b>three</b></listing><plaintext>the <i>rest',
    words: ['one', '<b>bold</b> & 1 < 2', 'two three', 'the <i>rest'],
  },
  {
    name: 'boxes that a theme never closes',
    page: `${'<div><p>Post</p>'.repeat(400)}<p>The last`,
    words: ['Post', 'The last'],
  },
  {
    name: 'letters that a theme never ends',
    page: `${'<font size=2>'.repeat(300)}The first<p>The last`,
    words: ['The first', 'The last'],
  },
  {
    name: 'ruby, and a line of two directions',
    page: '<p dir=rtl>שלום <bdi>Ana</bdi> <ruby>漢<rt>kan</rt></ruby></p>',
    words: ['שלום', 'Ana', '漢', 'kan'],
  },
  { name: 'an icon of another file', page: '<svg><use href="/icons.svg#a"/></svg><p>Words</p>', words: ['Words'] },
  {
    name: 'the labels of a drawing',
    page: '<svg viewBox="0 0 10 10"><text>Rain</text><foreignObject width=5 height=5><div xmlns="http://www.w3.org/1999/xhtml">Sun</div></foreignObject></svg>',
    words: ['Rain', 'Sun'],
    onlyTypeScript: 'A PHP member shows no drawings: wp-admin shares its origin.',
  },
]

/** Files that the copy has. */
export function isKept(entry: ShownCase, url: string): boolean {
  return url.startsWith(home) && (entry.kept === undefined || entry.kept.includes(url.slice(home.length)))
}
