/** What only mirror pages need. */
import { baseStyle, compact, proseStyle } from './style.ts'

export const pageStyle =
  baseStyle +
  proseStyle +
  compact(`
.top{display:flex;justify-content:space-between;gap:1rem;padding-block:.9rem;font-size:.86rem;color:var(--soft)}
.masthead{padding-block:clamp(1rem,.5rem + 3vw,2.5rem) .25rem}
.masthead h1{margin-block-end:1.1rem}
.masthead .host{display:flex;gap:.6rem;align-items:center;flex-wrap:wrap;margin-block-end:.7rem;color:var(--soft);font-size:.95rem}
[dir=rtl] .masthead .host{justify-content:flex-end}
.masthead .blog{font:600 1.2rem/1.3 var(--serif);margin-block-end:.9rem}
.masthead .notice p{font-size:1.04rem;line-height:1.55}
h2.section{margin-block:2.25rem .8rem;font-size:.82rem;font-weight:700;letter-spacing:.06em;text-transform:uppercase;color:var(--soft)}
h2.section time{text-transform:none;letter-spacing:0}
.post header h1,.post header h3{margin-block-end:.35rem;font-family:var(--serif)}
.post header h3{font-size:1.45rem;font-weight:600;line-height:1.25}
.post header h3 a{color:inherit;text-decoration:none}.post header h3 a:hover{text-decoration:underline}
.meta{display:flex;flex-wrap:wrap;gap:.15rem .5rem;font-size:.86rem;color:var(--soft);margin-block-end:1.1rem}
[dir=rtl] .meta{justify-content:flex-end}
.meta>*+*::before{content:"·";margin-inline-end:.5rem}
.meta a{color:inherit}.meta time{white-space:nowrap}
.gone{background:none;border-style:dashed;box-shadow:none}
.quiet{margin-block:1rem}
.copy iframe{display:block;width:100%;height:min(80vh,60rem);border:1px solid var(--line);border-radius:var(--radius);background:#fff;color-scheme:light}
@media (min-width:60rem){.copy{margin-inline:calc((var(--column) - min(100vw - 4rem,72rem))/2)}.copy h2,.copy>p{margin-inline:calc((min(100vw - 4rem,72rem) - var(--column))/2)}}
.copy>p{margin-block-start:.6rem}
.trust{margin-block-start:2.25rem}.trust>p{margin-block:1.1rem 0}
.trust .id{font-size:.78rem;overflow-wrap:anywhere}.trust code{overflow-wrap:anywhere}
.recent li{padding-block:.25rem}.recent span{white-space:nowrap}
.mirrors{columns:2 16rem;column-gap:2rem}
.mirrors li{break-inside:avoid;padding-block:.25rem}
.door{margin-block-start:2.25rem}
`)
