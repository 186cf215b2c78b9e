/** The form's look, and the sheet that is printed. */
import { compact } from '../../../mirror/pages/style.ts'
import { formStyle } from '../form-style.ts'

const own = `
#enrol-form input{margin-block-end:1rem;max-inline-size:36rem}
.paper{border:1px solid var(--line);border-radius:.5rem;padding:1rem 1.1rem;margin-block:0 1.25rem;overflow-wrap:anywhere}
.paper-blog{font:600 1.3rem/1.3 var(--serif);margin:0}
.paper-address{color:var(--soft);margin-block:0 .8rem}
.paper .words{columns:9rem;font:600 1.15rem/1.7 var(--mono);padding-inline-start:2.2rem}
.paper .first-part{color:var(--accent)}
.paper figure{margin:0}
.code{inline-size:9rem;block-size:9rem;image-rendering:pixelated;background:#fff}
.card>summary{font:600 1.05rem/1.3 var(--sans);padding:0}
details.card[open]>summary{margin-block-end:.75rem}
#menu>.card,#home{margin-block-end:.5rem;padding-block:.85rem}
#menu>h2{margin-block:1.5rem .5rem}
#blog-card{padding-block:.75rem}#blog-card p{margin-block:0}
@media (max-width:40rem){#blog-name,#mirrors-word,#look{display:none}}
.phrase{font:600 1.1rem/1.5 var(--mono)}
dialog{max-inline-size:min(30rem,calc(100vw - 2rem));padding:1.25rem;border:1px solid var(--line);border-radius:.6rem;background:var(--paper);color:inherit}
dialog::backdrop{background:#0008}
#bad-form,#lost-form{margin-block-start:1rem}
#bad-form .field{margin-block-end:1rem}
#bad-days select{max-inline-size:100%}
#lost-form input{margin-block-end:1rem;max-inline-size:36rem}
textarea.sheet-entry{min-block-size:6rem;font-family:var(--mono)}
#check-fields,.words-asked{display:flex;flex-wrap:wrap;gap:1rem;margin-block-end:1.25rem}
#check-fields input,.words-asked input{inline-size:10rem}
@media print{@page{size:A4;margin:18mm}
body *{visibility:hidden}.paper.printed,.paper.printed *{visibility:visible}
.intro,.paper:not(.printed),.no-print,.foot,#setup-step,#home-title,#papers-title{display:none!important}
.card{border:0;padding:0;box-shadow:none}
.paper.printed{border:0;padding:0;color:#000}.paper.printed+.paper.printed{break-before:page}.paper.printed .words{font-size:1.5rem}}
`

export const kitStyle = formStyle + compact(own)
