/**
 * Pages that a capturer judges: read by the TypeScript and the PHP capturer alike, who must come to the same end. "BLOG" is
 * the blog's id; `reason` null says that the page may be shown.
 */
import { blog, caseText, home } from './copy-cases.ts'

export type JudgedCase = {
  readonly name: string
  readonly page: string
  readonly reason: string | null
  /** As the feed names them. */
  readonly items?: readonly { readonly url?: string; readonly title: string }[]
  readonly previous?: string
  readonly status?: number
  readonly type?: string
  readonly from?: string
  readonly asideHours?: number
}

const tag = `<meta name="dgos" content="${blog}">`
const notice = (words: string, rest = '') =>
  `<html><head><title>${words}</title></head><body><h1>${words}</h1>${rest}</body></html>`
const village = (line: string) =>
  `<html><head><title>Our village</title></head><body><h1>Our village</h1><p>${line}</p><p>More will follow in spring.</p></body></html>`
const program = '<script src=app.js></script>'
const long = `<p>${'The river rose again and we carried the books upstairs. '.repeat(40)}</p>`
const links = '<a href="/one/">One walk by the river</a> <a href="/two/">Another walk</a>'
const line = 'We are a small village between the river and the hill, with a mill, a school, a bakery and two bridges.'

/** May be shown. */
const healthy: readonly Omit<JudgedCase, 'reason'>[] = [
  ...['index.html', 'itworks.html', 'denied.html'].map((file) => ({
    name: `case ${file}`,
    page: caseText('judge-under-construction', file),
  })),
  ...[
    'Site not found: a mystery',
    'The future home of our club',
    'Index of /etc, explained',
    'This domain is for sale',
    'Fatal error: uncaught exceptions for beginners',
    'Just a moment... of silence',
  ].map((title) => ({
    name: `a post called ${title}`,
    page: `<title>Ana</title><h1>Ana</h1>${long}<ul><li><a href="/a">${title}</a><li><a href="/b">A walk by the river</a></ul>`,
  })),
  {
    name: 'a short list with a post that sounds like a notice',
    page: `<title>Ana</title><h1>Ana</h1>${links}<a href="/c/">Account suspended</a>`,
  },
  {
    name: 'an excerpt about a lost domain, between links to posts',
    page: `<title>Ana</title><h1>Ana</h1>${links}<p>${line} Our club’s domain expired last week: somebody wrote that we should buy this domain back for a thousand.</p><p>${line} ${line} ${line}</p>`,
  },
  {
    name: 'the tag of the blog beside a notice’s words',
    page: notice('Under construction', '').replace('<head>', `<head>${tag}`),
  },
  { name: 'a login form beside posts', page: `<title>Ana</title>${links}<form>Members <input type=password></form>` },
  {
    name: 'a login form that was there before',
    page: notice('Ana', '<p>Members only, soon for all.</p><form><input type=password></form>'),
    previous: notice('Ana', '<p>Nothing here yet.</p><form><input type=password></form>'),
  },
  {
    name: 'a page without links that the titles of its feed know',
    page: village('The bridge is under construction.'),
    items: [{ title: 'The bridge is under construction' }],
  },
  {
    name: 'a page like the last good one',
    page: village(`${line} The mill is under construction.`),
    previous: village(line),
  },
  { name: 'a photograph and no word', page: '<title></title><img src=/photo.jpg alt="">' },
  { name: 'a picture as an object', page: '<title></title><object type="image/svg+xml" data=/splash.svg></object>' },
  { name: 'a film with a still picture', page: '<title></title><video poster=/still.jpg src=/film.mp4></video>' },
  {
    name: 'a small page with a counting script',
    page: '<title>Ana</title><h1>Hello</h1><p>Back in spring.</p><script src=count.js></script>',
  },
  {
    name: 'a small page with an empty box for a dialogue and a script',
    page: `<title>Ana</title><main><h1>Ana</h1><p>We moved house. More about the new garden soon.</p></main><div id=modal></div>${program}`,
  },
  {
    name: 'a small page whose words stand in the body',
    page: `<title>Ana</title><h1>Ana writes</h1><p>Nothing this month, the book is nearly finished.</p><div id=comments></div>${program}`,
  },
  {
    name: 'an empty search box beside links to posts',
    page: `<title>Ana</title><div id=search></div>${links}${program}`,
  },
  {
    name: 'an empty box beside a picture',
    page: `<title>Ana</title><div id=gallery></div><img src=/photo.jpg alt="">${program}`,
  },
  {
    name: 'a long text that quotes a notice',
    page: notice('On hosts', `<p>They wrote: account suspended.</p>${long}`),
  },
  {
    name: 'much shorter, for a day, with the tag',
    page: `${tag}<h1>Ana</h1><p>All old posts went to the archive.</p>`,
    previous: `${tag}<h1>Ana</h1>${long}`,
    asideHours: 24,
  },
  {
    name: 'a script without blanks between its words',
    page: `<title>安娜</title><div class=box><div>河水又涨起来了，我们把书搬到楼上，邻居们也来帮忙，孩子们在窗边数着漂过的木头，一直数到天黑才肯回家睡觉。第二天早上水退了，院子里到处都是泥，花园里的玫瑰却还开着，老人们说这样的春天他们已经六十年没有见过了。以后我会在这里继续写下我们村子里发生的事情，写磨坊、学校、面包房和那两座桥，也写那些搬走了又回来的人。</div></div><div id=modal></div>${program}`,
  },
  {
    name: 'content in a declared shadow tree',
    page: `<title>x</title><my-card><template shadowrootmode=open><p>${line}</p></template></my-card>${program}`,
  },
]

/** Kept aside, and why. */
const aside: readonly JudgedCase[] = [
  ...[
    notice('Account Suspended', '<p>Contact your host.</p><a href="/cgi-sys/suspendedpage.cgi">more</a>'),
    notice('Site under construction', '<a href="/wp-login.php">Log in</a>'),
    notice(
      'Index of /',
      '<a href="a.txt">a.txt</a> <a href="b.txt">b.txt</a> <a href="old/">old/</a> <a href="new/">new/</a>',
    ),
    notice('ana.example', '<p>This domain is for sale.</p><a href="/search/1">Blogs</a><a href="/search/2">Rivers</a>'),
    notice(
      'Buy this domain',
      `<a href="/search/1">Blogs</a><a href="/search/2">Rivers</a><p>${line} ${line} ${line} ${line} ${line}</p>`,
    ),
    notice('Welcome to nginx!', '<a href="http://nginx.org/">nginx.org</a>'),
    '<br /><b>Fatal error</b>: Uncaught Error: Call to undefined function x() in /srv/www/a.php:3 Stack trace: #0 {main} thrown in <b>/srv/www/a.php</b> on line <b>3</b><br />',
    'Error establishing a database connection, please come back later.',
  ].map((page, i) => ({ name: `a notice, ${i}`, page, reason: 'suspended' })),
  {
    name: 'a wall',
    page: notice('Access denied', '<p>You do not have access to ana.example.</p>'),
    reason: 'challenge',
  },
  {
    name: 'a login that leads nowhere else',
    page: notice(
      'Ana',
      '<form>Log in to continue <input type=password></form><a href="/wp-login.php?lost">Lost it?</a>',
    ),
    reason: 'login',
  },
  {
    name: 'a suspension, though the feed is remembered',
    page: notice('Account suspended', '<p>This account has been suspended.</p>'),
    items: [{ title: 'The bridge is under construction', url: `${home}bridge/` }],
    previous: village(line),
    reason: 'suspended',
  },
  { name: 'nothing', page: '<html><body></body></html>', reason: 'blank' },
  { name: 'a case: frames', page: caseText('frameset'), reason: 'blank' },
  { name: 'a case: words in a noscript', page: caseText('shell-noscript'), reason: 'blank' },
  {
    name: 'a foreign frame alone',
    page: '<title>Ana</title><iframe src="https://ana.builder.example/"></iframe>',
    reason: 'blank',
  },
  {
    name: 'a pixel that counts',
    page: `<title>Ana</title><img src=/c.gif width=1 height=1><div id=__next></div>${program}`,
    reason: 'blank',
  },
  {
    name: 'a shell with head, foot and a menu of many links',
    page: `<title>Ana</title><header><img src=logo.png><nav><a href=/a/>About me</a><a href=/b/>All posts</a><a href=/c/>Contact</a></nav></header><div id=app>Loading…</div><footer><p>© Ana. Words and pictures are free to share. Made with a program in the browser, by a friend.</p><a href=/d/>Imprint</a></footer>${program}`,
    reason: 'blank',
  },
  {
    name: 'a shell with a skeleton of empty lines',
    page: `<title>Ana’s garden diary</title><h1>Ana’s garden diary</h1><div id=root><p class=line></p><p class=line></p><h2></h2></div>${program}`,
    reason: 'blank',
  },
  {
    name: 'a shell under a box about cookies',
    page: `<title>Ana</title><div id=root></div><div class=cookies><p>We use cookies to make this site better.</p><button>Fine</button></div>${program}`,
    reason: 'blank',
  },
  {
    name: 'an element of a program’s own',
    page: `<title>Ana</title><app-root></app-root><script type=module src=a.js></script>`,
    reason: 'blank',
  },
  {
    name: 'the tag, and nothing but it',
    page: `<head>${tag}<title>Ana</title></head><body><div id=app></div>${program}`,
    reason: 'blank',
  },
  {
    name: 'the tag is gone',
    page: village(line),
    previous: village(line).replace('<head>', `<head>${tag}`),
    reason: 'marker-gone',
  },
  { name: 'much shorter at once', page: `${tag}<h1>Ana</h1>`, previous: `${tag}<h1>Ana</h1>${long}`, reason: 'shrunk' },
  {
    name: 'much shorter for an hour',
    page: `${tag}<h1>Ana</h1>`,
    previous: `${tag}<h1>Ana</h1>${long}`,
    asideHours: 1,
    reason: 'shrunk',
  },
  { name: 'an error', page: village(line), status: 503, reason: 'error' },
  { name: 'no page', page: '%PDF-1.4', type: 'application/pdf', reason: 'not-a-page' },
  { name: 'another site', page: village(line), from: 'https://else.example/', reason: 'elsewhere' },
]

export const judgedCases: readonly JudgedCase[] = [...healthy.map((entry) => ({ ...entry, reason: null })), ...aside]
