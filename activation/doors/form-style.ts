/** What the form needs beyond the common look. */
import { baseStyle, compact, proseStyle } from '../../mirror/pages/style.ts'

const own = `
main{--column:62rem;padding-block-start:1rem}
#no-script{animation:late 0s 1.5s both}
@keyframes late{from{visibility:hidden}to{visibility:visible}}
.intro{margin-block:1rem 1.5rem;max-width:44rem}
.top{margin-block:0}
.row{display:flex;flex-wrap:wrap;gap:.75rem;align-items:end;margin-block:0 .75rem}
.grow{flex:1 1 16rem;min-width:0}
.inline{display:inline-flex;gap:.45rem;align-items:baseline;font-weight:400;margin:0 .6rem 0 0}
.label{font-weight:600;margin-block:0 .3rem}
#title{margin-block-end:1rem;font:600 1.2rem/1.3 var(--serif)}
.panes{display:grid;gap:1.25rem;margin-block-end:1rem;grid-template-columns:minmax(0,1fr)}
@media (min-width:54rem){.panes{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}}
.tools{display:flex;flex-wrap:wrap;gap:.35rem;margin-block-end:.4rem}
.tools button{min-height:2.25rem;padding:.4rem .7rem;font-size:.9rem;font-weight:500}
.choices li{margin-block:.5rem}.choices .button{inline-size:100%;text-align:start}
.tight{margin-block:.5rem;align-items:center}
summary{cursor:pointer;font-weight:600;padding-block:.4rem}
#blog-card.known>h2,#blog-card.known>form,#blog-card.known>:not(#blog-found):not(h2):not(form){display:none}
#blog-card.known{padding-block:.75rem}
@media (min-width:54rem){#more-writing>summary{display:none}}
#source{min-height:20rem;font-family:var(--mono);font-size:.95rem}
#source.over{outline:.16rem dashed var(--accent)}
.preview{border:1px dashed var(--line);border-radius:.5rem;padding:1rem 1.1rem;min-height:8rem;overflow-wrap:anywhere}
.preview:empty::before{content:"Your text as readers will see it.";color:var(--soft);font:1rem var(--sans)}
.image{display:grid;grid-template-columns:5rem minmax(0,1fr) auto;gap:.75rem;align-items:end;padding-block:.6rem;border-block-start:1px solid var(--line-soft)}
@media (max-width:32rem){.image{grid-template-columns:4rem minmax(0,1fr)}.image button{grid-column:2;justify-self:start}}
.image img{inline-size:5rem;block-size:4rem;object-fit:cover;border-radius:.35rem;align-self:center}
.image .small{margin:0}
button.small,.button.small{min-height:2.25rem;padding:.5rem .7rem;font-size:.86rem}
.card>h2{font:600 1.2rem/1.3 var(--serif)}
.card>div>:last-child,.card>form>:last-child,#answer:empty,.card ul>:last-child p:last-child{margin-block-end:0}
.card .notice:last-child{margin-block-end:0}
#passphrase{max-inline-size:30rem}
#passphrase-hint{margin-block-start:.4rem}
progress{inline-size:100%;block-size:.6rem;accent-color:var(--accent)}
.posts li{padding-block:.75rem;border-block-start:1px solid var(--line-soft)}
.posts li:first-child{border:0;padding-block-start:0}
.posts h3{margin:0}
.posts p{margin-block:.2rem .5rem}
.posts .result{font:600 1.15rem/1.4 var(--sans)}
.posts .result.good{color:var(--good)}
.hide{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap;padding:0;border:0;min-height:0}
.hide:focus-visible+label,label:has(+.hide:focus-visible){outline:.16rem solid var(--accent);outline-offset:.16rem}
#limits:empty{display:none}
#language{inline-size:8rem}
.marker{white-space:pre-wrap;overflow-wrap:anywhere}
[hidden]{display:none!important}
label.button{display:inline-block}
@media (max-width:40rem){main{padding-inline:.75rem}
.card{padding:.8rem;margin-block-end:.75rem}
.intro{margin-block:.25rem .6rem}.intro h1{font-size:1.35rem;margin:0}.intro p,.top{display:none}
#write>h2,#send>h2{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%)}
#write{margin-block-end:0;border-end-start-radius:0;border-end-end-radius:0;border-block-end:0;padding-block-end:0}
#send{border-start-start-radius:0;border-start-end-radius:0;border-block-start:0;padding-block-start:.4rem}
#title{margin-block-end:.5rem}#source{min-height:7rem}.panes{gap:.25rem;margin-block-end:.25rem}
#send-button{inline-size:100%}}
`

export const formStyle = baseStyle + proseStyle + compact(own)
