/** The kit's page: setting up, and the editor. Filled in by script; nothing here is secret. */
import { html, type Markup } from '../../../mirror/pages/markup.ts'
import { editorFields } from '../editor-fields.ts'

export function kitPage(): string {
  return html`<a class="skip" href="#main">Skip to content</a>
<main id="main">
<header class="intro"><h1 id="kit-title">Your kit</h1>
<p class="soft" id="kit-intro">You write and sign here, on your own device, with or without a network. Keep this file where you will find
it on a bad day: on a stick, on your telephone, in your mail.</p></header>
${setup()}
<div id="kit-editor" hidden>${blog()}${writing()}${sending()}${sent()}
<nav id="menu" aria-label="More"><h2>More</h2>
${earlierPosts()}${badDays()}${afterwards()}${more()}${file()}</nav>${keyWindow()}</div>
${home()}
<footer class="foot"><p>The program of this kit: <code id="program-hash"></code>. <span id="program-word">It is the same for everyone.</span></p></footer>
</main>`.markup
}

function setup(): Markup {
  return html`<div id="setup" hidden><p class="tag" id="setup-step"></p>
<section class="card" id="setup-blog" aria-labelledby="enrol-title"><h2 id="enrol-title">Your blog</h2>
<form id="enrol-form" autocomplete="off">
<label for="enrol-address">Address of the blog</label>
<input id="enrol-address" inputmode="url" placeholder="https://example.org/" autocapitalize="none" spellcheck="false" aria-describedby="enrol-scheme" required>
<p class="small soft" id="enrol-scheme">As it stands in your browser: a blog without https begins with http://.</p>
<label for="enrol-name">What it is called</label><input id="enrol-name" maxlength="150" required>
<label for="enrol-language">Language it is written in</label>
<input id="enrol-language" maxlength="35" placeholder="English" autocapitalize="none" spellcheck="false">
<div id="enrol-where"><label for="enrol-member">The friend’s server that is to keep a copy</label>
<input id="enrol-member" inputmode="url" placeholder="https://member.example/" autocapitalize="none" spellcheck="false" required>
<label for="enrol-invitation">Invitation, where that friend gave you one</label>
<input id="enrol-invitation" autocapitalize="none" spellcheck="false"></div>
<p class="row"><button type="submit" id="make-keys">Make my keys</button></p></form>
<div id="enrol-answer" role="status" aria-live="polite"></div></section>
<section class="card" id="setup-papers" aria-labelledby="papers-title" hidden><h2 id="papers-title">Your papers</h2>
<p class="no-print">Print these two sheets or save them as PDF, and keep them away from this device. They are shown only now.
By hand it is enough to write the nine words and the thirteen words.</p>
<p class="row no-print"><button type="button" id="print">Print, or save as PDF</button></p>
<div id="papers"></div>
<form id="check-form" class="no-print" autocomplete="off"><p>Now three of the words of recovery sheet 1, to be sure:</p>
<div id="check-fields"></div><p class="row"><button type="submit">Check</button></p></form>
<div id="check-answer" role="status" aria-live="polite"></div></section>
<section class="card" id="setup-save" aria-labelledby="save-title" hidden><h2 id="save-title">Save your kit</h2>
<p>One file, with which you write on a bad day. Keep it on a stick, on your telephone, or in your mail.</p>
<div id="save-place"></div></section>
<section class="card" id="setup-enrol" aria-labelledby="now-title" hidden><h2 id="now-title">Protect your blog</h2>
<p>Your kit is saved. Now <strong id="enrol-what"></strong> is given to <span id="enrol-whom"></span>.</p>
<p class="row"><button type="button" id="enrol-now">Protect it now</button></p>
<div id="enrol-now-answer" role="status" aria-live="polite"></div></section>
<section class="card" id="enrolled" aria-labelledby="enrolled-title" hidden><h2 id="enrolled-title">Almost done</h2>
<div id="enrolled-steps"></div></section>
<div id="setup-other"><section class="card" aria-labelledby="old-title"><h2 id="old-title">You have a kit already</h2>
<p>Choose your old kit file: its keys and mirrors move into this one.</p>
<label for="old-kit">Kit file</label><input id="old-kit" type="file" accept=".html">
<div id="old-answer" role="status" aria-live="polite"></div></section>
<details class="card"><summary id="lost-title">Your kit is lost, or nobody knows its passphrase</summary>
<p>With recovery sheet 1 you get a new kit. Every posting key of before ends; what they posted stays.</p>
<form id="lost-form" autocomplete="off"><label for="lost-blog">Address of your blog</label>
<input id="lost-blog" inputmode="url" autocapitalize="none" spellcheck="false" required>
<label for="lost-member">A member that knows it</label>
<input id="lost-member" inputmode="url" placeholder="https://member.example/" autocapitalize="none" spellcheck="false" required>
<label for="lost-words">The words of recovery sheet 1</label>
<textarea class="sheet-entry" id="lost-words" rows="4" autocapitalize="none" spellcheck="false"></textarea>
<p class="row"><button type="submit">Make a new kit</button></p></form>
<div id="lost-answer" role="status" aria-live="polite"></div></details></div></div>`
}

function blog(): Markup {
  return html`<section class="card" id="blog-card" aria-labelledby="blog-title"><h2 class="hide" id="blog-title">Your blog</h2>
<p><strong id="blog-name"></strong> <span class="tag" id="blog-state">not asked yet</span> <span class="soft" id="blog-host"></span></p>
<p class="small soft" id="mirrors-word"></p>
<p class="row"><button type="button" class="quiet small" id="look">Look for my mirrors</button></p>
<p class="small" id="second-reminder" hidden>Recovery sheet 2 is not on paper yet: see <em>This kit</em>, below.</p>
<div id="blog-notice" role="status" aria-live="polite"></div></section>`
}

function writing(): Markup {
  return html`<section class="card" id="write" aria-labelledby="write-title"><h2 id="write-title">Write</h2>
${editorFields()}</section>`
}

function sending(): Markup {
  return html`<section class="card" id="send" aria-labelledby="send-title"><h2 id="send-title">Send</h2>
<form id="send-form" autocomplete="off"><div id="unlock"><label for="passphrase">Passphrase of this kit</label>
<input id="passphrase" type="password" autocomplete="current-password" autocapitalize="none" spellcheck="false">
<p class="small soft"><label class="inline"><input type="checkbox" id="show"> Show it</label>
<label class="inline" id="stay-offer" hidden><input type="checkbox" id="stay"> Stay unlocked on this device</label></p></div>
<p id="unlocked" hidden><span class="tag good">Unlocked</span> <button type="button" class="quiet small" id="lock">Lock</button></p>
<p><label class="inline"><input type="checkbox" id="declare"> My blog is down: say so in my name for 24 hours</label></p>
<p class="row"><button type="submit" id="send-button">Sign and send</button>
<button type="button" class="quiet" id="save-file">Save as a signed file</button></p>
<progress id="progress" max="1" value="0" hidden aria-label="Unlocking"></progress>
<div id="answer" role="status" aria-live="polite"></div></form></section>`
}

function sent(): Markup {
  return html`<section class="card" id="sent" hidden aria-labelledby="sent-title"><h2 id="sent-title">Signed on this device</h2>
<p class="row"><button type="button" class="quiet small" id="try-now">Try now</button></p>
<ul class="bare posts" id="sent-list"></ul></section>`
}

function earlierPosts(): Markup {
  return html`<details class="card"><summary>Change an earlier post</summary>
<p class="small soft">Also what you sent from another device or door. What a post said before stays to be seen.</p>
<p class="row"><button type="button" class="quiet small" id="earlier-look">Show my posts</button></p>
<div id="earlier-answer" role="status" aria-live="polite"></div><ul class="bare posts" id="earlier-list"></ul></details>`
}

function file(): Markup {
  return html`<details class="card"><summary>Send a file that was signed elsewhere</summary>
<label for="hand-file">A .dgos file, of yours or of another</label><input id="hand-file" type="file" accept=".dgos,application/json">
<div id="hand-answer" role="status" aria-live="polite"></div></details>`
}

function badDays(): Markup {
  return html`<details class="card" id="bad-days"><summary>Something bad has happened: keys, host, address, leaving</summary>
<label for="bad-step">What has happened</label><select id="bad-step"><option value="">Choose…</option></select>
<form id="bad-form" autocomplete="off" hidden><p id="bad-words"></p><div id="bad-fields"></div>
<div id="bad-recovery"><label for="bad-sheet">Recovery words: sheet 1, or where it is lost sheet 2</label>
<textarea class="sheet-entry" id="bad-sheet" rows="4" autocapitalize="none" spellcheck="false"></textarea></div>
<p id="bad-locked" hidden><span class="tag">Locked</span> <button type="button" class="quiet small" id="bad-unlock">Unlock this kit</button></p>
<p class="row"><button type="submit" id="bad-do">Sign and hand in</button></p></form>
<div id="bad-answer" role="status" aria-live="polite"></div></details>`
}

function keyWindow(): Markup {
  return html`<dialog id="key-window" aria-labelledby="key-title"><form id="key-form" autocomplete="off">
<h2 id="key-title">Unlock your kit</h2>
<label for="key-passphrase">Your passphrase</label>
<input id="key-passphrase" type="password" autocomplete="current-password" autocapitalize="none" spellcheck="false">
<progress id="key-progress" max="1" value="0" hidden aria-label="Unlocking"></progress>
<div id="key-answer" role="status" aria-live="polite"></div>
<p class="row"><button type="submit" id="key-open">Unlock</button>
<button type="button" class="quiet" id="key-cancel">Cancel</button></p></form></dialog>`
}

function home(): Markup {
  return html`<details class="card no-print" id="home"><summary>On a telephone, as an app</summary>
<p id="home-disk">A browser can install the kit from an address that is yours alone: your own web space, never a member, since
who serves the page can change it. Put these three files there, open the address, and choose your kit file. Your keys are not in them.</p>
<div id="home-here" hidden><p id="home-word">You opened the kit at an address. It must be one that is yours alone.</p>
<p class="row"><button type="button" id="install" hidden>Install it on this device</button>
<button type="button" class="quiet" id="forget-here">Forget my kit in this browser</button></p></div>
<p class="row"><button type="button" class="quiet" id="save-folder">Save the files for a web space (zip)</button></p>
<div id="home-answer" role="status" aria-live="polite"></div></details>`
}

function more(): Markup {
  return html`<details class="card"><summary>This kit: save it anew, fire drill, the second sheet</summary>
<p class="row"><button type="button" class="quiet" id="save-kit">Save this kit anew, with the mirrors of today</button>
<button type="button" class="quiet" id="drill">Fire drill: ten minutes</button>
</p>
<div id="more-answer" role="status" aria-live="polite"></div>
<div id="second-sheet" hidden><h3>Recovery sheet 2</h3><p>It serves where sheet 1 is lost. Keep it at another place.</p>
<form id="second-form" autocomplete="off"><label for="second-passphrase">All nine words of your passphrase</label>
<input id="second-passphrase" type="password" autocapitalize="none" spellcheck="false">
<p class="row"><button type="submit" class="quiet">Show sheet 2</button></p></form>
<div id="second-answer" role="status" aria-live="polite"></div></div></details>`
}

function afterwards(): Markup {
  return html`<details class="card"><summary>After the outage: posts to bring home</summary>
<p class="row"><button type="button" class="quiet" id="over">My blog is back</button></p>
<div id="over-answer" role="status" aria-live="polite"></div>
<p>Your posts, to be taken into a blog that has no code of ours:</p>
<p class="row"><button type="button" class="quiet" data-export="blogger">Blogger (Atom)</button>
<button type="button" class="quiet" data-export="wordpress">WordPress (WXR)</button>
<button type="button" class="quiet" data-export="markdown">Markdown files</button>
<button type="button" class="quiet" data-export="html">Plain HTML</button></p>
<p>When they are there, say where. Mirrors then lead readers to them.</p><form id="imported-form"><div id="imported-fields"></div>
<p class="row"><button type="submit" class="quiet">Sign these addresses</button></p></form>
<div id="after-answer" role="status" aria-live="polite"></div></details>`
}
