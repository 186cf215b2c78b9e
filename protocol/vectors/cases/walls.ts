/** What walls answer, as seen in the wild and cut to what tells, and the answers nearest to them that are none. */
import type { VectorFile } from '../world.ts'
import { type Forge, Sheet } from './forge.ts'
import { type Answer, floods, pages, retries, say } from './walls-pages.ts'

export function wallCases(forge: Forge): VectorFile {
  const sheet = new Sheet(forge, {
    rule: 'wall',
    about:
      'Why an answer that is not recognisably the blog’s own makes it defended: "wall-<name>", or "status-429"; null where it is no wall’s answer. Pages are compared byte by byte, ASCII letters in lower case.',
  })
  cloudflare(sheet)
  products(sheet)
  pages(sheet)
  floods(sheet)
  retries(sheet)
  return sheet.file()
}

const edge = { server: 'cloudflare', 'cf-ray': '8f1e2a3b4c5d6e7f-FRA' }
const moment =
  '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title><meta name="robots" content="noindex,nofollow"></head><body><div class="main-wrapper"><noscript><span id="challenge-error-text">Enable JavaScript and cookies to continue</span></noscript></div><script>(function(){window._cf_chl_opt = {cvId: "3",cZone: "ana.example.org",cType: "managed"};var a = document.createElement("script");a.src = "/cdn-cgi/challenge-platform/h/g/orchestrate/chl_page/v1?ray=8f1e2a3b4c5d6e7f";}());</script></body></html>'
const gone = (status: number, words: string) =>
  `<!DOCTYPE html><html><head><title>ana.example.org | ${status}: ${words}</title></head><body><div id="cf-wrapper"><div id="cf-error-details"><h1>${words} <span>Error code ${status}</span></h1><p>Visit cloudflare.com for more information.</p></div></div></body></html>`

function cloudflare(sheet: Sheet): void {
  const own = (name: string, why: string, answer: Answer, expected: string | null = 'wall-cloudflare') =>
    say(sheet, `Cloudflare: ${name}`, why, { ...answer, headers: { ...edge, ...answer.headers } }, expected)
  const mitigated = { 'cf-mitigated': 'challenge' }
  own('managed challenge', 'The header says so.', { status: 403, headers: mitigated, text: moment })
  own('managed challenge, header alone', 'Whatever the page.', { status: 403, headers: mitigated })
  own('managed challenge without its header', 'An older edge: the page tells.', { status: 403, text: moment })
  own('under attack', 'The old five-second page, with 503.', {
    status: 503,
    text: '<html><head><title>Just a moment...</title></head><body><table><tr><td><div class="cf-browser-verification cf-im-under-attack"><h1>Checking your browser before accessing ana.example.org.</h1><form id="challenge-form"><input type="hidden" name="jschl_vc"></form></div></td></tr></table></body></html>',
  })
  own('blocked', 'A rule of the firewall: a person may pass, or write to the owner.', {
    status: 403,
    text: '<html><head><title>Attention Required! | Cloudflare</title></head><body><h1>Sorry, you have been blocked</h1></body></html>',
  })
  own('error 1020 as text', 'What programs get.', { status: 403, text: 'error code: 1020' })
  own('rate limited', 'Error 1015: the wall counts, not the host.', { status: 429, text: 'error code: 1015' })
  own(
    'a page of the blog that its script watches',
    'Cloudflare puts this into good pages too.',
    {
      status: 200,
      text: '<html><body><p>Hello</p><script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script></body></html>',
    },
    null,
  )
  for (const [status, words] of [
    [520, 'Web server is returning an unknown error'],
    [521, 'Web server is down'],
    [522, 'Connection timed out'],
    [523, 'Origin is unreachable'],
    [524, 'A timeout occurred'],
    [525, 'SSL handshake failed'],
    [526, 'Invalid SSL certificate'],
    [530, 'Origin DNS error'],
  ] as const)
    own(String(status), 'The edge says that it cannot reach the blog.', { status, text: gone(status, words) }, null)
  own(
    '521 with words of a challenge',
    'What the edge says of the blog comes first.',
    { status: 521, headers: mitigated, text: moment },
    null,
  )
  own('502', 'The host behind it fails.', { status: 502, text: gone(502, 'Bad gateway') }, null)
  own(
    '503 of the host behind it',
    'No mark of a challenge: the host is overloaded.',
    { status: 503, text: '<h1>Service Unavailable</h1>' },
    null,
  )
  own(
    '403 of the host behind it',
    'The edge hands on what the host says.',
    { status: 403, text: '<h1>403 Forbidden</h1><hr>nginx' },
    null,
  )
  own(
    'points to a prohibited address',
    'Error 1000: the name of the blog is set wrongly.',
    {
      status: 403,
      text: '<title>DNS points to prohibited IP | ana.example.org | Cloudflare</title><h1>Error 1000</h1>',
    },
    null,
  )
}

const anubis =
  '<!doctype html><html lang="en"><head><title>Making sure you&#39;re not a bot!</title><link rel="stylesheet" href="/.within.website/x/xess/xess.min.css?cachebuster=v1.20.0"><script id="anubis_version" type="application/json">"v1.20.0"</script><script id="anubis_challenge" type="application/json">{"rules":{"algorithm":"fast","difficulty":4}}</script></head><body><main><h1 id="title">Making sure you&#39;re not a bot!</h1><img src="/.within.website/x/cmd/anubis/static/img/pensive.webp"><p id="status">Loading...</p></main></body></html>'

function products(sheet: Sheet): void {
  const own = (product: string, name: string, why: string, answer: Answer, reason: string | null) =>
    say(sheet, `${product}: ${name}`, why, answer, reason)
  own('Anubis', 'a challenge', 'It answers 200.', { status: 200, text: anubis }, 'wall-anubis')
  own(
    'Anubis',
    'an error of its own',
    'It answers 500 where its owner has set it wrongly: nobody passes.',
    { status: 500, text: anubis },
    null,
  )
  own(
    'Anubis',
    'an article about it',
    'Longer than any wall’s page.',
    {
      status: 200,
      text: `<title>Why I run Anubis</title><code>anubis_version</code>${'<p>One more reason that I found. </p>'.repeat(150)}`,
    },
    null,
  )
  const guard = { server: 'ddos-guard' }
  own(
    'DDoS-Guard',
    'a challenge',
    'With 403.',
    {
      status: 403,
      headers: guard,
      text: '<!doctype html><html><head><title>DDoS-Guard</title><script>window.onerror=null</script></head><body><h1>Checking your browser before accessing ana.example.org</h1><script src="/.well-known/ddos-guard/js-challenge/index.js"></script></body></html>',
    },
    'wall-ddos-guard',
  )
  own(
    'DDoS-Guard',
    '403 without a page',
    'The edge has answered itself.',
    { status: 403, headers: guard },
    'wall-ddos-guard',
  )
  own(
    'DDoS-Guard',
    '502',
    'It cannot reach the blog.',
    { status: 502, headers: guard, text: '<title>DDoS-Guard</title>502' },
    null,
  )
  own(
    'DDoS-Guard',
    'a page of another blog',
    'Good answers bear its name too.',
    { status: 200, headers: guard, text: '<h1>Somebody’s page</h1>' },
    null,
  )
  const sucuri = { server: 'Sucuri/Cloudproxy', 'x-sucuri-id': '11005' }
  own(
    'Sucuri',
    'denied',
    'The firewall’s page.',
    {
      status: 403,
      headers: { ...sucuri, 'x-sucuri-block': 'BAR047' },
      text: '<title>Sucuri WebSite Firewall - Access Denied</title>',
    },
    'wall-sucuri',
  )
  own(
    'Sucuri',
    'denied, page alone',
    'Without its newer header.',
    { status: 403, headers: sucuri, text: '<title>Access Denied - Sucuri Website Firewall</title>' },
    'wall-sucuri',
  )
  own(
    'Sucuri',
    'a challenge',
    'A script sets a cookie; with 200.',
    {
      status: 200,
      headers: sucuri,
      text: '<html><title>You are being redirected...</title><noscript>Javascript is required.</noscript><script>var s={},u,c,U,r,i,l=0,sucuri_cloudproxy_js="";</script></html>',
    },
    'wall-sucuri',
  )
  own(
    'Sucuri',
    'no answer from the blog',
    '504 in its own dress.',
    { status: 504, headers: sucuri, text: '<title>Sucuri WebSite Firewall - Backend timeout</title>' },
    null,
  )
  const akamai = { server: 'AkamaiGHost' }
  own(
    'Akamai',
    'denied',
    'The edge’s own answer.',
    {
      status: 403,
      headers: akamai,
      text: '<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>You don\'t have permission to access "http&#58;&#47;&#47;ana&#46;example&#46;org&#47;" on this server.<P>Reference&#32;&#35;18&#46;2d&#47;</BODY></HTML>',
    },
    'wall-akamai',
  )
  own(
    'Akamai',
    'a challenge',
    'Bot Manager.',
    {
      status: 429,
      text: '<html><body><div id="sec-if-cpt-container"></div><script src="/_sec/cp_challenge/crypto_message-4-3.htm"></script></body></html>',
    },
    'wall-akamai',
  )
  own(
    'Akamai',
    '503',
    'The edge cannot reach the blog.',
    {
      status: 503,
      headers: akamai,
      text: '<TITLE>Service Unavailable - DNS failure</TITLE>The server is temporarily unable to service your request. Reference&#32;&#35;11&#46;',
    },
    null,
  )
  own(
    'Imperva',
    'blocked',
    'The page names the incident.',
    {
      status: 403,
      text: '<html><body><iframe src="/_Incapsula_Resource?CWUDNSAI=22&xinfo=9"></iframe>Request unsuccessful. Incapsula incident ID: 12-34</body></html>',
    },
    'wall-imperva',
  )
  own(
    'AWS WAF',
    'a challenge',
    'With 202 and a header.',
    { status: 202, headers: { 'x-amzn-waf-action': 'challenge' } },
    'wall-aws-waf',
  )
  own(
    'Vercel',
    'attack mode',
    'With 429, which is no flood.',
    { status: 429, headers: { 'x-vercel-mitigated': 'challenge' }, text: '<title>Vercel Security Checkpoint</title>' },
    'wall-vercel',
  )
  own(
    'SiteGround',
    'a captcha',
    'With 202.',
    {
      status: 202,
      headers: { 'sg-captcha': 'challenge' },
      text: '<meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=%2F">',
    },
    'wall-siteground',
  )
  own(
    'Imunify360',
    'its web shield',
    'With 200.',
    {
      status: 200,
      headers: { server: 'imunify360-webshield/1.21' },
      text: '<title>One moment, please...</title><script>var wsidchk=1</script>',
    },
    'wall-imunify360',
  )
  own(
    'Wordfence',
    'limited',
    'With 503.',
    {
      status: 503,
      text: '<title>Your access to this site has been limited by the site owner</title><p>Generated by Wordfence at Thu, 1 Jan 2026</p>',
    },
    'wall-wordfence',
  )
  own(
    'DataDome',
    'a captcha',
    'The page loads it.',
    { status: 403, text: '<script>var dd={"host":"geo.captcha-delivery.com"}</script>' },
    'wall-datadome',
  )
  own(
    'HUMAN',
    'press and hold',
    'The page holds it.',
    { status: 403, text: '<div id="px-captcha"></div>' },
    'wall-human',
  )
}
