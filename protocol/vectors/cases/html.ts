import type { VectorFile } from '../world.ts'
import { type Forge, Sheet } from './forge.ts'

/** Post html: the normal form, and what is nearest to it without being it. */
export function htmlCases(forge: Forge): VectorFile {
  const sheet = new Sheet(forge, {
    rule: 'html',
    about:
      'The normal form of post html. Accepted or refused, never repaired. "attachments" are the hashes that the post attaches.',
  })
  goodTexts(sheet)
  badElements(sheet)
  badText(sheet)
  links(sheet)
  images(sheet)
  attacks(sheet)
  return sheet.file()
}

function goodTexts(sheet: Sheet): void {
  const good = (name: string, html: unknown, why = 'In the normal form.') => sheet.case(name, why, { html }, 'accepted')
  good('nothing', '', 'A post may have only a title.')
  good('paragraph', '<p>Hello.</p>')
  good('empty paragraph', '<p></p>')
  good('inline elements', '<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code> <sup>e</sup><br>f</p>')
  good('headings', '<h2>a</h2><h3>b</h3><h4>c</h4>')
  good('lists', '<ul><li>a</li><li><p>b</p><ol><li>c</li></ol></li></ul>')
  good('quotation', '<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>')
  good('code block', '<pre><code>if (a &lt; b &amp;&amp; c &gt; d) {\n\tx = &quot;y&quot;\n}\n</code></pre>')
  good('rule', '<p>a</p><hr><p>b</p>')
  good(
    'table',
    '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td><td><em>c</em></td></tr></tbody></table>',
  )
  good('every entity', '<p>&amp;&lt;&gt;&quot;</p>')
  good('entity as text', '<p>&amp;nbsp;</p>', 'The escaped sign begins no entity.')
  good('all of Unicode', '<p>\u0414\u0430 \u05d0\u05d1 \u65e5\u672c \u{1f600} \u2028 \ufeff</p>')
  good(
    'footnotes',
    '<p>a<sup id="fr-1"><a href="#fn-1">1</a></sup></p><ol><li id="fn-1">b <a href="#fr-1">c</a></li></ol>',
  )
  good('C1 control', '<p>a\u0085b\u009fc</p>', 'HTML and XML both have these characters.')
  good('apostrophe', "<p>it's</p>", 'Not escaped: one spelling only.')
  good(
    'depth 32',
    {
      $join: [
        { $repeat: '<blockquote>', times: 32 },
        { $repeat: '</blockquote>', times: 32 },
      ],
    },
    'The deepest tree allowed.',
  )
}

function badElements(sheet: Sheet): void {
  const bad = (name: string, html: unknown, why: string) => sheet.case(name, why, { html }, 'refused')
  bad('text outside', 'Hello.', 'Text stands in blocks.')
  bad('white space between blocks', '<p>a</p>\n<p>b</p>', 'One document has one spelling.')
  bad('inline outside', '<em>a</em>', 'Inline elements stand in blocks.')
  bad('capital tag', '<P>a</P>', 'Lower-case only.')
  bad('unknown element', '<div>a</div>', 'Not in the table.')
  bad('h1', '<h1>a</h1>', 'The title is a field of the post.')
  bad('h5', '<h5>a</h5>', 'Not in the table.')
  bad('b for strong', '<p><b>a</b></p>', 'One spelling.')
  bad('paragraph in paragraph', '<p><p>a</p></p>', 'HTML parsers would close the first.')
  bad('block in heading', '<h2><p>a</p></h2>', 'Headings hold inline elements.')
  bad('text in list', '<ul>a</ul>', 'Lists hold items.')
  bad('list in list', '<ul><ul></ul></ul>', 'Lists hold items.')
  bad('item alone', '<li>a</li>', 'Items stand in lists.')
  bad('row without body', '<table><tr><td>a</td></tr></table>', 'HTML parsers would insert a tbody.')
  bad('text in table', '<table>a</table>', 'HTML parsers would move it out of the table.')
  bad('cell alone', '<td>a</td>', 'Cells stand in rows.')
  bad('pre without code', '<pre>a</pre>', 'One spelling; a first line break would be lost.')
  bad('markup in code', '<p><code><em>a</em></code></p>', 'Code holds text.')
  bad(
    'link in link',
    '<p><a href="https://a.example/"><a href="https://b.example/">b</a></a></p>',
    'HTML parsers close the first.',
  )
  bad(
    'link in link, hidden',
    '<p><a href="https://a.example/"><em><a href="https://b.example/">b</a></em></a></p>',
    'At any depth: HTML parsers close the first.',
  )
  bad('void with slash', '<p>a<br/>b</p>', 'Without slash.')
  bad('void closed', '<p>a<br></br>b</p>', 'Void elements have no end.')
  bad('self-closing paragraph', '<p/>', 'Not HTML.')
  bad('not closed', '<p>a', 'Every element is closed.')
  bad('closed twice', '<p>a</p></p>', 'Closes nothing.')
  bad('crossed', '<p><em><strong>a</em></strong></p>', 'Elements nest.')
  bad('end with attribute', '<p>a</p class="x">', 'Ends have no attributes.')
  bad('space in the tag', '<p >a</p>', 'One spelling.')
  bad(
    'depth 33',
    {
      $join: [
        { $repeat: '<blockquote>', times: 33 },
        { $repeat: '</blockquote>', times: 33 },
      ],
    },
    'One too deep.',
  )
  bad(
    'very deep',
    { $join: [{ $repeat: '<blockquote>', times: 40000 }] },
    'Refused at the 33rd, without exhausting any stack.',
  )
}

function badText(sheet: Sheet): void {
  const bad = (name: string, html: string, why: string) => sheet.case(`text: ${name}`, why, { html }, 'refused')
  bad('bare ampersand', '<p>a & b</p>', 'Must be &amp;.')
  bad('ampersand at the end', '<p>a&</p>', 'Must be &amp;.')
  bad('other entity', '<p>&nbsp;</p>', 'Four entities only.')
  bad('numeric entity', '<p>&#60;</p>', 'Four entities only.')
  bad('hexadecimal entity', '<p>&#x3c;</p>', 'Four entities only.')
  bad('entity without semicolon', '<p>&amp</p>', 'HTML parsers accept it, the grammar does not.')
  bad('capital entity', '<p>&AMP;</p>', 'Lower-case only.')
  bad('bare less-than', '<p>a < b</p>', 'Must be &lt;.')
  bad('bare greater-than', '<p>a > b</p>', 'Must be &gt;.')
  bad('bare quotation mark', '<p>a "b" c</p>', 'Must be &quot;, in text as in values: one spelling only.')
  bad('carriage return', '<p>a\r\nb</p>', 'HTML parsers turn it into a line feed.')
  bad('form feed', '<p>a\fb</p>', 'Control character.')
  bad('NUL', '<p>a\u0000b</p>', 'Control character.')
  bad('escape character', '<p>a\u001bb</p>', 'Control character.')
  bad('delete', '<p>a\u007fb</p>', 'Control character.')
}

function links(sheet: Sheet): void {
  const link = (name: string, attributes: string, why: string, expected: string) =>
    sheet.case(`link: ${name}`, why, { html: `<p><a${attributes}>a</a></p>` }, expected)
  const good = (name: string, href: string, why = 'Absolute http, https or mailto.') =>
    link(name, ` href="${href}"`, why, 'accepted')
  const bad = (name: string, href: string, why: string) => link(name, ` href="${href}"`, why, 'refused')
  good('https', 'https://example.org/a?b=c&amp;d=e#f')
  good('http', 'http://example.org/')
  good('mailto', 'mailto:ana@example.org?subject=a')
  good('footnote', '#fn-1', 'Inside the post.')
  good('not ASCII', 'https://example.org/caf\u00e9')
  bad('script', 'javascript:alert(1)', 'Only http, https, mailto.')
  bad('script in capitals', 'JavaScript:alert(1)', 'Only http, https, mailto.')
  bad('script with entity', 'javascript&colon;alert(1)', 'Four entities only.')
  bad('data', 'data:text/html,x', 'Only http, https, mailto.')
  bad('blob', `blob:${'0'.repeat(64)}`, 'Attachments are shown, not linked.')
  bad('relative', '/about', 'A post is read on many hosts: links are absolute.')
  bad('protocol-relative', '//example.org/', 'Links are absolute.')
  bad('capital scheme', 'HTTPS://example.org/', 'One spelling.')
  bad('empty', '', 'Nothing to link.')
  bad('scheme alone', 'https://', 'Nothing to link.')
  bad('space', 'https://example.org/a b', 'Not a URL.')
  bad('leading space', ' https://example.org/', 'HTML parsers strip it: a second spelling.')
  bad('tab', 'https://exam\tple.org/', 'URL parsers strip it: a second spelling.')
  bad('bare ampersand', 'https://example.org/?a&b', 'Must be &amp;.')
  bad('any fragment', '#top', 'Footnotes only: other ids belong to the page around the post.')
  bad('footnote zero', '#fn-0', 'Numbered from 1.')
  link('without href', '', 'An anchor without link is nothing.', 'refused')
  link('with target', ' href="https://example.org/" target="_blank"', 'No other attributes.', 'refused')
  link('with rel', ' rel="nofollow" href="https://example.org/"', 'No other attributes.', 'refused')
  link('href twice', ' href="https://example.org/" href="https://evil.example/"', 'Once.', 'refused')
  link('single quotes', " href='https://example.org/'", 'Double quotes.', 'refused')
  link('without quotes', ' href=https://example.org/', 'Double quotes.', 'refused')
  link('capital name', ' HREF="https://example.org/"', 'Lower-case.', 'refused')
  link('two spaces', '  href="https://example.org/"', 'One space.', 'refused')
}

function images(sheet: Sheet): void {
  const hash = sheet.forge.hash('image')
  const image = (name: string, attributes: string, why: string, expected: string) =>
    sheet.case(`image: ${name}`, why, { html: `<p><img${attributes}></p>`, attachments: [hash] }, expected)
  image('attached', ` src="blob:${hash}" alt=""`, 'Names an attachment.', 'accepted')
  image(
    'with size',
    ` src="blob:${hash}" alt="A &quot;cat&quot;" width="640" height="480"`,
    'In this order.',
    'accepted',
  )
  image('not attached', ` src="blob:${'0'.repeat(64)}" alt=""`, 'Nobody holds it.', 'refused')
  image('from elsewhere', ' src="https://example.org/a.png" alt=""', 'Readers make no foreign requests.', 'refused')
  image('data', ' src="data:image/png;base64,AAAA" alt=""', 'Attachments only.', 'refused')
  image('hash in capitals', ` src="blob:${hash.toUpperCase()}" alt=""`, 'One spelling.', 'refused')
  image('without alt', ` src="blob:${hash}"`, 'alt is required; it may be empty.', 'refused')
  image('without src', ' alt="a"', 'Nothing to show.', 'refused')
  image('other order', ` alt="" src="blob:${hash}"`, 'One order.', 'refused')
  image('width alone', ` src="blob:${hash}" alt="" width="640"`, 'Both or none.', 'refused')
  image('width zero', ` src="blob:${hash}" alt="" width="0" height="480"`, 'From 1.', 'refused')
  image('width in percent', ` src="blob:${hash}" alt="" width="50%" height="480"`, 'Whole numbers.', 'refused')
  image(
    'width of six digits',
    ` src="blob:${hash}" alt="" width="100000" height="1"`,
    'At most five digits.',
    'refused',
  )
  image('srcset', ` src="blob:${hash}" alt="" srcset="https://example.org/a.png"`, 'No other attributes.', 'refused')
  image('handler', ` src="blob:${hash}" alt="" onerror="alert(1)"`, 'No other attributes.', 'refused')
  image('bare ampersand in alt', ` src="blob:${hash}" alt="a & b"`, 'Must be &amp;.', 'refused')
  image('line break in alt', ` src="blob:${hash}" alt="a\nb"`, 'Control character.', 'refused')
}

function attacks(sheet: Sheet): void {
  const texts: readonly (readonly [string, string])[] = [
    ['script', '<script>alert(1)</script>'],
    ['script in a paragraph', '<p><script>alert(1)</script></p>'],
    ['style', '<style>*{display:none}</style>'],
    ['frame', '<iframe src="https://example.org/"></iframe>'],
    ['object', '<object data="https://example.org/"></object>'],
    ['form', '<form action="https://example.org/"></form>'],
    ['picture from SVG', '<svg onload="alert(1)"></svg>'],
    ['formula', '<math><mtext></mtext></math>'],
    ['template', '<template><p>a</p></template>'],
    ['noscript', '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></p></noscript>'],
    ['base', '<base href="https://evil.example/">'],
    ['meta refresh', '<meta http-equiv="refresh" content="0;url=https://evil.example/">'],
    ['link to a stylesheet', '<link rel="stylesheet" href="https://evil.example/">'],
    ['handler', '<p onclick="alert(1)">a</p>'],
    ['style attribute', '<p style="position:fixed">a</p>'],
    ['class', '<p class="x">a</p>'],
    ['id', '<p id="x">a</p>'],
    ['id on a list item', '<ul><li id="login">a</li></ul>'],
    ['id on sup', '<p><sup id="fn-1">a</sup></p>'],
    ['comment', '<!-- a --><p>b</p>'],
    ['comment that ends early', '<p>a<!--><img src=x onerror=alert(1)>--></p>'],
    ['doctype', '<!doctype html><p>a</p>'],
    ['CDATA', '<p><![CDATA[a]]></p>'],
    ['processing instruction', '<?xml version="1.0"?><p>a</p>'],
    ['document', '<html><body><p>a</p></body></html>'],
    ['title', '<title>a</title>'],
    ['textarea', '<p><textarea></p><script>alert(1)</script></textarea></p>'],
    ['tag cut by NUL', '<p><scr\u0000ipt>a</scr\u0000ipt></p>'],
    ['attribute with quote', '<p><a href="https://example.org/"onclick="x">a</a></p>'],
    ['attribute with less-than', '<p><a href="https://example.org/<script>">a</a></p>'],
    ['slash for space', '<p><a/href="https://example.org/">a</a></p>'],
    ['custom element', '<p><x-y>a</x-y></p>'],
    ['namespace', '<p><svg:script>a</svg:script></p>'],
  ]
  const why = 'Nothing outside the table passes: no script, no style, no foreign request, no second reading.'
  for (const [name, html] of texts) sheet.case(`foreign: ${name}`, why, { html }, 'refused')
}
