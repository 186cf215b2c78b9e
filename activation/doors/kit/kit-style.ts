/** The form's look, and the sheet that is printed. */
import { compact } from '../../../mirror/pages/style.ts'
import { formStyle } from '../form-style.ts'

const own = `
#enrol-form input{margin-block-end:1rem;max-inline-size:36rem}
.words{columns:9rem;font-family:var(--mono);padding-inline-start:2.2rem}
.sheet{break-inside:avoid-page;margin-block-end:1.5rem}
.sheet canvas{inline-size:10rem;block-size:10rem;image-rendering:pixelated;background:#fff}
.phrase{font:600 1.1rem/1.5 var(--mono)}
dialog{max-inline-size:min(30rem,calc(100vw - 2rem));padding:1.25rem;border:1px solid var(--line);border-radius:.6rem;background:var(--paper);color:inherit}
dialog::backdrop{background:#0008}
#sheet-words{margin-block-end:1.25rem}
#bad-form,#lost-form{margin-block-start:1rem}
#bad-form .field{margin-block-end:1rem}
#bad-days select{max-inline-size:100%}
#lost-form input{margin-block-end:1rem;max-inline-size:36rem}
textarea.sheet-entry{min-block-size:6rem;font-family:var(--mono)}
#check-fields{display:flex;flex-wrap:wrap;gap:1rem;margin-block-end:1.25rem}
#check-fields input{inline-size:10rem}
@media print{.intro,#setup>section:not(#sheet),footer{display:none}}
`

export const kitStyle = formStyle + compact(own)
