/** `/beacon`: choose what the beacon does, see it, copy it. Works without a script; with one it follows each choice. */
import { html, type Markup, trusted } from '../../mirror/pages/markup.ts'
import { baseStyle } from '../../mirror/pages/style.ts'
import {
  badgeText,
  type Mode,
  modes,
  policyLines,
  strictTagText,
  type TagChoice,
  type TagFacts,
  tagText,
} from './tag.ts'

export const hosts = ['html', 'blogspot', 'ghost', 'tumblr', 'plugin', 'wordpress'] as const
export type HostName = (typeof hosts)[number]
export type PageChoice = TagChoice & { readonly host: HostName; readonly language: string }

const explained: Readonly<Record<Mode, string>> = {
  notice: 'a small notice that readers can close',
  links: 'links to a downed blog get a mark and lead to the copy of that page',
  roll: 'a list “down now, posting here”, where the tag stands',
  redirect: 'when this blog itself is down, its pages lead to its mirror',
}
const hostTitles: Readonly<Record<HostName, string>> = {
  html: 'Plain HTML',
  blogspot: 'Blogspot',
  ghost: 'Ghost',
  tumblr: 'Tumblr',
  plugin: 'WordPress, on a server of my own',
  wordpress: 'WordPress.com',
}
const steps: Readonly<Record<HostName, string>> = {
  plugin:
    'With the DGOS plugin nothing is pasted: DGOS → Notice for readers. Without it, paste this into a plugin for code in the footer, or a Custom HTML block.',
  html: 'Paste it anywhere in the page, best before </body>.',
  blogspot: 'Layout → Add a Gadget → HTML/JavaScript: paste it there and save.',
  ghost: 'Settings → Code injection → Site footer: paste it there and save.',
  tumblr:
    'Edit theme → Edit HTML: paste it before </body>. Your theme must be a custom one: Tumblr’s own take no script.',
  wordpress:
    'Free WordPress.com blogs take no script: paste the badge into a Custom HTML block. With a plan that allows plugins, take the tag for plain HTML.',
}
export const languages = ['en', 'de', 'fr', 'es', 'pt', 'ar', 'he', 'ja']
const style =
  'main{--column:62rem;padding-block:1.5rem}fieldset{border:0;padding:0;margin:0 0 1rem}legend{font-weight:600;padding:0;margin-block-end:.4rem}.choice{display:flex;gap:.6rem;align-items:baseline;font-weight:400;margin-block:.35rem}.row{display:flex;flex-wrap:wrap;gap:.75rem;align-items:end;margin-block:0 .75rem}.row>label{flex:1 1 14rem}textarea{font:13px/1.5 var(--mono)}iframe{width:100%;height:260px;border:1px solid var(--line);border-radius:.5rem;background:#fff}summary{cursor:pointer;font-weight:600;padding-block:.4rem}pre{overflow:auto}'

export function beaconPage(
  facts: TagFacts,
  choice: PageChoice,
  { url, query }: { url: string; query: string },
): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>A notice for your readers</title><link rel="icon" href="/m/icon.svg"><style>${trusted(baseStyle + style)}</style></head>
<body><a class="skip" href="#main">Skip to content</a><main class="wrap" id="main"><header class="head"><h1>A notice for your readers</h1><p class="soft">One line in your blog. Your readers learn when a blog of this network is down, and find its newest posts. No cookie, no tracking.</p></header>
${chooser(choice)}
<section class="card" aria-labelledby="look-title"><h2 id="look-title">How it looks</h2><iframe id="preview" title="Preview of the notice" src="/beacon/preview?${query}" sandbox="allow-scripts"></iframe></section>
<section class="card" id="result" aria-labelledby="paste-title" aria-live="polite"><h2 id="paste-title">What to paste</h2>${paste(facts, choice, { url, query })}</section>
</main><script src="/beacon-page.js" defer></script></body></html>
`.markup
}

function chooser(choice: PageChoice): Markup {
  return html`<form class="card" method="get" action="/beacon"><fieldset><legend>What it does</legend>${modes.map(
    (mode) =>
      html`<label class="choice"><input type="checkbox" name="mode" value="${mode}"${choice.modes.includes(mode) ? trusted(' checked') : null}> <span>${explained[mode]}</span></label>`,
  )}<label class="choice"><input type="checkbox" name="show" value="linked"${choice.linkedOnly ? trusted(' checked') : null}> <span>only blogs that the page links to</span></label></fieldset>
<div class="row"><label>Your blog is made with <select name="host">${hosts.map((host) => option(host, hostTitles[host], choice.host))}</select></label>
<label>Preview in <select name="language">${languages.map((language) => option(language, languageName(language), choice.language))}</select></label>
<button>Show</button></div></form>`
}

/** As those who speak it call it. */
function languageName(language: string): string {
  return new Intl.DisplayNames(language, { type: 'language' }).of(language) ?? language
}

function option(value: string, title: string, chosen: string): Markup {
  return html`<option value="${value}"${value === chosen ? trusted(' selected') : null}>${title}</option>`
}

function paste(facts: TagFacts, choice: PageChoice, { url, query }: { url: string; query: string }): Markup {
  if (choice.host === 'wordpress') return html`<p>${steps.wordpress}</p>${box('badge', badgeText(url))}`
  return html`<p>${steps[choice.host]}</p>${box('tag', tagText(facts, choice))}
<details><summary>My page has a content security policy</summary><p>It must allow these, and nothing for styles:</p><pre>${policyLines(facts).join('\n')}</pre><p>Where it forbids inline handlers, paste this instead: the same tag from two members, so that one may die.</p>${box('strict', strictTagText(facts, choice))}</details>
<details><summary>My host forbids scripts from elsewhere</summary><p><a href="/beacon/paste?${query}" download="beacon.html">The paste version</a> carries everything inside. It does not change by itself: fetch it again now and then.</p></details>
<details><summary>My host forbids scripts</summary><p>A picture and a link. It can tell that blogs are down, and lead nobody past its own page.</p>${box('badge', badgeText(url))}</details>`
}

function box(id: string, text: string): Markup {
  return html`<p><textarea id="${id}" rows="6" readonly spellcheck="false" aria-label="To paste">${text}</textarea></p>
<p><button type="button" class="quiet small" data-copy="${id}">Copy</button></p>`
}

/** What stands in the frame: a blog's page with sample entries, shown by the beacon's own code. */
export function previewPage({ modes: chosen, language }: PageChoice): string {
  return html`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><title>Preview</title></head><body><h3>A blog</h3><p>As <a href="https://ana.example/2026/first/">Ana wrote</a>, the wind turned in the night.</p><script src="/beacon-preview.js" data-mode="${chosen.join(' ')}"></script></body></html>
`.markup
}
