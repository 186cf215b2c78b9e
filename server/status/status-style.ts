/** What only the status page needs. */
import { compact } from '../../mirror/pages/style.ts'

export const statusStyle = compact(`
main{max-width:76rem}.foot.wrap{max-width:76rem}
.head{padding-block:clamp(1.5rem,1rem + 3vw,3rem) 1rem}.head h1{margin-block:.1em .3em}
.asof{white-space:nowrap}.live{color:var(--good);font-weight:600}
h2 small{text-transform:none;letter-spacing:0;font-weight:400;float:inline-end}
h2{font-size:.82rem;font-weight:700;letter-spacing:.06em;text-transform:uppercase;color:var(--soft);margin-block:0 .8rem}
.columns{display:grid;gap:0 2.5rem;align-items:start}
@media (min-width:60rem){.columns{grid-template-columns:minmax(0,1fr) minmax(0,27rem)}}
.blog.card{padding:1rem 1.25rem 1.1rem;border-inline-start:.25rem solid var(--line);scroll-margin-block-start:1rem}
.blog.down.card{border-inline-start-color:var(--alarm)}.blog.suspected.card{border-inline-start-color:var(--warn)}.blog.returning.card{border-inline-start-color:var(--good)}
.blog header{display:flex;justify-content:space-between;gap:.75rem;align-items:baseline}
.blog h3{font:600 1.2rem/1.3 var(--serif);margin:0}.blog h3 a{color:inherit;text-decoration:none}.blog h3 a:hover{text-decoration:underline}
.address{margin-block-end:.5rem}.address a{color:inherit}
.blog p.small,.votes{margin-block:.35rem .5rem}
.votes ul{margin-block-start:.4rem}.votes li{padding-block:.15rem}summary{cursor:pointer}
.figures{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;color:var(--soft);align-items:center}
.timeline{display:block;width:100%;height:1.5rem;margin-block:.4rem .5rem}
.timeline .well{fill:var(--good);opacity:.28}.timeline .down{fill:var(--alarm)}.timeline .exercise{fill:var(--warn)}.timeline .returning{fill:var(--good)}
.timeline path{fill:none;vector-effect:non-scaling-stroke;stroke-width:1.5}.timeline .day{stroke:var(--paper);stroke-width:1}
.timeline .post{stroke:var(--accent);stroke-width:3}.timeline .copy{stroke:var(--soft)}
.ring{margin:0}.ring svg{display:block;width:100%;height:auto;overflow:visible}
.ring text{font:15px var(--sans);fill:var(--ink)}
.orbit{fill:none;stroke:var(--line)}
.thread{fill:none;stroke:var(--soft);stroke-width:1;opacity:.28}.thread.down{stroke:var(--alarm);opacity:.8;stroke-width:1.4}.thread.suspected{stroke:var(--warn);opacity:.8}.thread.returning{stroke:var(--good);opacity:.7}
.member circle{fill:var(--accent);stroke:var(--paper);stroke-width:2}.member.passive circle{fill:var(--paper);stroke:var(--accent)}
.member.guest circle{fill:var(--line)}.member.self circle{stroke:var(--ink);stroke-width:2.5}.member.self text{font-weight:700}
.ring .blog circle{fill:var(--good);stroke:var(--paper);stroke-width:2}.ring .blog.down circle{fill:var(--alarm)}.ring .blog.suspected circle{fill:var(--warn)}
.ring figcaption{margin-block-start:.6rem}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin-block-start:.5rem}
.dot{display:inline-block;width:.75em;height:.75em;border-radius:50%;background:var(--accent);margin-inline-end:.4em;border:2px solid var(--accent)}
.dot.passive{background:none}.dot.guest{background:var(--line);border-color:var(--line)}.dot.self{border-color:var(--ink)}
.members summary{font-weight:600}.members ul{margin-block-start:.75rem}.members li{padding-block:.4rem;border-block-start:1px solid var(--line-soft)}
`)
