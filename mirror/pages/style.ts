/**
 * The one look of everything a member shows to people: mirror pages, the status page and the posting form. Tokens first,
 * then type and the few shared pieces; light and dark, narrow and wide, left-to-right and right-to-left, screen and paper.
 * Logical properties only, so that right-to-left needs no second sheet.
 */

/** Colours have at least 4.5:1 against the ground they stand on, in both schemes. */
const tokens = `
:root{color-scheme:light dark;
--ground:#f6f4ee;--paper:#fffdf9;--ink:#20241f;--soft:#5b625a;--line:#dfdbd0;--line-soft:#ebe8df;
--accent:#1c6651;--accent-ground:#e4f0ea;--accent-ink:#fff;
--alarm:#97361a;--alarm-ground:#faebe3;--warn:#7a5410;--warn-ground:#f8efd9;--good:#1c6651;--good-ground:#e4f0ea;
--shadow:0 1px 2px rgb(40 36 24/.05),0 4px 16px rgb(40 36 24/.05);
--radius:.75rem;--gap:1.25rem;--column:44rem;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;
--serif:"Iowan Old Style","Palatino Linotype",Palatino,"Noto Serif",Georgia,serif;
--mono:ui-monospace,"SF Mono",Menlo,Consolas,"Noto Sans Mono",monospace}
@media (prefers-color-scheme:dark){:root{
--ground:#161916;--paper:#1e221f;--ink:#e7e6df;--soft:#a3aaa1;--line:#363c37;--line-soft:#2a2f2b;
--accent:#79cdb0;--accent-ground:#1d332b;--accent-ink:#0c1f18;
--alarm:#f0a184;--alarm-ground:#3a231b;--warn:#e3c27a;--warn-ground:#352b16;--good:#79cdb0;--good-ground:#1d332b;
--shadow:none}}
`

const type = `
*,*::before,*::after{box-sizing:border-box}
html{font:100%/1.6 var(--sans);background:var(--ground);color:var(--ink);-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;overflow-wrap:break-word}
main,.wrap{display:block;max-width:calc(var(--column) + 2.5rem);margin-inline:auto;padding-inline:1.25rem}
h1,h2,h3,h4{line-height:1.25;text-wrap:balance;margin-block:0 .5em}
h1{font:600 clamp(1.6rem,1.2rem + 2vw,2.3rem)/1.15 var(--serif);letter-spacing:-.01em}
h2{font-size:1.05rem;font-weight:650}
h3{font-size:1rem;font-weight:650}
p,ul,ol,dl,figure,blockquote,pre,table{margin-block:0 1em}
a{color:var(--accent);text-decoration-thickness:.06em;text-underline-offset:.18em}
a:hover{text-decoration-thickness:.12em}
:focus-visible{outline:.16rem solid var(--accent);outline-offset:.16rem;border-radius:.2rem}
img,svg,video{max-width:100%;height:auto}
code,pre,kbd{font-family:var(--mono);font-size:.9em}
small,.small{font-size:.86rem}
.soft{color:var(--soft)}
.bare{list-style:none;padding:0;margin:0}
.skip{position:absolute;inset-inline-start:-999rem}
.skip:focus{inset-inline-start:1rem;inset-block-start:1rem;background:var(--paper);padding:.5rem 1rem;z-index:9}
`

const pieces = `
.card{background:var(--paper);border:1px solid var(--line);border-radius:var(--radius);padding:clamp(1rem,.7rem + 1.6vw,1.75rem);
margin-block:0 var(--gap);box-shadow:var(--shadow)}
.card>:last-child{margin-block-end:0}
.notice{border-inline-start:.25rem solid var(--soft);background:var(--paper);border-radius:.35rem;padding:.85rem 1.1rem;margin-block:0 var(--gap)}
.notice>:last-child{margin-block-end:0}
.notice.alarm{border-color:var(--alarm);background:var(--alarm-ground)}
.notice.warn{border-color:var(--warn);background:var(--warn-ground)}
.notice.good{border-color:var(--good);background:var(--good-ground)}
.tag{display:inline-block;font-size:.78rem;font-weight:600;line-height:1.2;padding:.28em .65em;border-radius:1em;background:var(--line-soft);color:var(--soft);white-space:nowrap}
.tag.good{background:var(--good-ground);color:var(--good)}
.tag.warn{background:var(--warn-ground);color:var(--warn)}
.tag.alarm{background:var(--alarm-ground);color:var(--alarm)}
.button,button{display:inline-block;font:600 1rem/1.2 var(--sans);padding:.75rem 1.15rem;border-radius:.55rem;border:1px solid transparent;
background:var(--accent);color:var(--accent-ink);text-decoration:none;cursor:pointer;min-height:2.75rem}
.button.quiet,button.quiet{background:transparent;color:var(--accent);border-color:var(--line)}
button:disabled{opacity:.55;cursor:default}
label{display:block;font-weight:600;margin-block:0 .3rem}
input,textarea,select{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--line);border-radius:.5rem;padding:.6rem .75rem;width:100%;min-height:2.75rem}
input[type=checkbox],input[type=radio]{width:auto;min-height:0}
textarea{min-height:12rem;line-height:1.5;resize:vertical}
.facts{display:grid;grid-template-columns:minmax(8rem,auto) 1fr;gap:.45rem 1.25rem;margin:0}
.facts dt{color:var(--soft)}
.facts dd{margin:0;min-width:0}
@media (max-width:32rem){.facts{grid-template-columns:1fr;gap:.1rem}.facts dd{margin-block-end:.6rem}}
.foot{color:var(--soft);font-size:.86rem;padding-block:1rem 3rem}
@media print{html{background:#fff;color:#000;font-size:10.5pt}.card,.notice{box-shadow:none;border-color:#999;background:none;break-inside:avoid-page}
.no-print{display:none!important}a{color:inherit}}
@media (prefers-reduced-motion:no-preference){.button,button{transition:filter .12s}.button:hover,button:hover{filter:brightness(1.08)}}
`

/** Text of posts, wherever it is shown: the normal form of post html and nothing else. */
const prose = `
.prose{font:1.09rem/1.7 var(--serif)}
.prose>:last-child{margin-block-end:0}
.prose h2,.prose h3,.prose h4{font-family:var(--serif);margin-block:1.6em .5em}
.prose h2{font-size:1.35rem}.prose h3{font-size:1.18rem}.prose h4{font-size:1.05rem}
.prose img{display:block;border-radius:.4rem;margin-inline:auto}
.prose blockquote{margin-inline:0;padding-inline-start:1.1rem;border-inline-start:.2rem solid var(--line);color:var(--soft)}
.prose pre{overflow-x:auto;background:var(--line-soft);padding:.9rem 1.1rem;border-radius:.5rem;font-size:.88rem;line-height:1.5;direction:ltr;text-align:left}
.prose code{background:var(--line-soft);padding:.1em .3em;border-radius:.25em}.prose pre code{padding:0;background:none}
.prose table{display:block;overflow-x:auto;border-collapse:collapse;font:1rem/1.5 var(--sans)}
.prose th,.prose td{border-block-end:1px solid var(--line);padding:.4rem .9rem .4rem 0;text-align:start;vertical-align:top}
.prose hr{border:0;border-block-start:1px solid var(--line);margin-block:2em}
.prose sup{line-height:0}
`

/** What every page of a member begins with. */
export const baseStyle = compact(tokens + type + pieces)
/** For pages that show posts. */
export const proseStyle = compact(prose)

/** One line a rule is enough for machines; the source stays readable. */
export function compact(css: string): string {
  return css.trim().replace(/\n+/g, '')
}
