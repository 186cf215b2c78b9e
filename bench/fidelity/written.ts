/** Sites that no generator here makes, written by hand in the manner of those that do. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { japaneseSite, latinSite } from '../../test/sites/old-pages.ts'
import { type Origin, serveFolder } from '../../test/sites/workshop.ts'
import { pictureOf } from '../../test/sites/writing.ts'
import { type Cleanup, temporaryFolder } from '../../test/support/temporary-folder.ts'
import type { FidelitySite } from './site.ts'
import { pictures } from './writing.ts'

const words = 'The garden does what it wants, and I write it down. '.repeat(6)

type Written = { readonly head?: string; readonly lang?: string; readonly body: string; readonly feed?: string }

async function written(t: Cleanup, name: string, page: Written): Promise<Origin> {
  const dir = await temporaryFolder(t, name)
  await mkdir(join(dir, 'images'))
  for (const picture of pictures) await writeFile(join(dir, 'images', picture.name), picture.bytes())
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Ana: ${name}</title>${page.head ?? ''}`
  await writeFile(
    join(dir, 'index.html'),
    `<!doctype html><html lang="${page.lang ?? 'en'}"><head>${head}</head><body>${page.body}</body></html>`,
  )
  if (page.feed !== undefined) await writeFile(join(dir, 'feed.xml'), page.feed)
  return serveFolder(t, dir)
}

function hand(name: string, page: Written, scripted = false): FidelitySite {
  const common = {
    name,
    by: 'hand',
    pages: [''],
    make: (t: Cleanup) => written(t, name.replace(/[^a-z]+/g, '-'), page),
  } as const
  return scripted ? { ...common, scripted } : common
}

const picture = (i: number) => `<p><img src="/images/picture-${i}.png" alt="Picture ${i}" width="480" height="320"></p>`

/** As page builders ship it: a preloader over the page, and sections that a script reveals as they are reached. */
const builder: Written = {
  head: `<style>
.preloader{position:fixed;inset:0;background:#fff;z-index:99}.reveal{opacity:0;transform:translateY(40px);transition:.6s}
.reveal.seen{opacity:1;transform:none}.menu ul{display:none}.menu:hover ul{display:block}.modal{position:fixed;inset:0;display:none;background:#0008}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0 0 0 0)}</style>`,
  body: `<div class="preloader"><div class="spin"></div></div><nav class="menu"><a href="/">Home</a><ul><li><a href="/a">Hidden entry</a></li></ul></nav>
${[1, 2, 3, 4].map((i) => `<section class="reveal"><h2>Section ${i}</h2><p>${words}</p>${picture(i)}<button>Read part ${i}</button></section>`).join('')}
<div class="modal"><p>Subscribe to the letter of this garden today</p></div><span class="sr">For screen readers only</span>
<script>addEventListener('load',()=>{document.querySelector('.preloader').style.display='none';
const eye=new IntersectionObserver(es=>es.forEach(e=>e.isIntersecting&&e.target.classList.add('seen')));document.querySelectorAll('.reveal').forEach(e=>eye.observe(e))})</script>`,
}

const tabs: Written = {
  head: `<style>.tab{display:none}#t1:checked~.one,#t2:checked~.two{display:block}.panel{display:none}.panel.open{display:block}</style>`,
  body: `<h1>Questions</h1><input type="radio" name="t" id="t1" checked><label for="t1">Spring</label><input type="radio" name="t" id="t2"><label for="t2">Autumn</label>
<div class="tab one"><p>${words}</p></div><div class="tab two"><p>Autumn words are hidden first.</p></div>
<h2><button aria-controls="p1" aria-expanded="false">When to sow?</button></h2><div id="p1" class="panel"><p>In April, mostly.</p></div>
<details><summary>And water?</summary><p>Each evening.</p></details><p>${words}</p>${picture(2)}
<script>document.querySelector('button').onclick=()=>document.getElementById('p1').classList.toggle('open')</script>`,
}

/** Blogger's markup, as its templates write it. */
const blogger: Written = {
  head: `<link rel="alternate" type="application/atom+xml" href="/feeds/posts/default"><style>.post-body{font:1em/1.6 Georgia}.sidebar{float:right;width:20em}.item-control{display:none}</style>`,
  body: `<div class="header"><h1 class="title">Ana at Blogger</h1></div><div class="sidebar"><div class="widget BlogArchive"><h2>Blog Archive</h2><ul><li>October (6)</li></ul></div></div>
<div class="blog-posts hfeed">${[1, 2, 3].map((i) => `<div class="date-outer"><h2 class="date-header"><span>Monday, ${i} October 2026</span></h2><div class="post hentry"><h3 class="post-title entry-title"><a href="/2026/10/post-${i}.html">Post ${i}</a></h3><div class="post-body entry-content">${words}<div class="separator"><a href="/images/picture-${i}.png"><img border="0" src="/images/picture-${i}.png" width="320"></a></div></div><span class="item-control">edit</span></div></div>`).join('')}</div>`,
}

const spaFeed = `<?xml version="1.0"?><rss version="2.0"><channel><title>Ana</title><link>/</link>${[1, 2, 3].map((i) => `<item><title>Post ${i}</title><guid isPermaLink="false">p${i}</guid><link>/post-${i}</link><description><![CDATA[<p>${words}</p>]]></description></item>`).join('')}</channel></rss>`
const shell: Written = {
  head: '<link rel="alternate" type="application/rss+xml" href="/feed.xml">',
  body: `<div id="app"></div><noscript>Please enable JavaScript.</noscript><script>document.getElementById('app').innerHTML='<h1>Ana in a shell</h1>'+'<p>${words}</p>'.repeat(3)</script>`,
  feed: spaFeed,
}

const arabic = 'الحديقة تفعل ما تشاء وأنا أكتب ذلك كل مساء. '
const chinese = '花园想怎样就怎样，我把它写下来。每天晚上都有新的东西。'
const formulas = `<math display="block"><mfrac><mi>a</mi><mi>b</mi></mfrac><mo>+</mo><msqrt><mn>2</mn></msqrt><msub><mi>x</mi><mn>1</mn></msub></math>`

async function manyPictures(t: Cleanup): Promise<Origin> {
  const dir = await temporaryFolder(t, 'pictures')
  const bytes = pictureOf(1)
  const rows = []
  for (let i = 0; i < 300; i++) {
    const lazy =
      i < 10
        ? `src="p-${i}.png"`
        : `src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==" data-src="p-${i}.png"`
    rows.push(
      `<figure><img ${lazy} width="160" height="107" alt="Number ${i}"><figcaption>Number ${i}</figcaption></figure>`,
    )
    await writeFile(join(dir, `p-${i}.png`), Buffer.concat([bytes, Buffer.from(`${i}`)]))
  }
  const script = `<script>const eye=new IntersectionObserver(es=>es.forEach(e=>{if(e.isIntersecting){e.target.src=e.target.dataset.src;eye.unobserve(e.target)}}));document.querySelectorAll('[data-src]').forEach(i=>eye.observe(i))</script>`
  await writeFile(
    join(dir, 'index.html'),
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>300 pictures</title><style>figure{display:inline-block}</style><h1>All of them</h1>${rows.join('')}${script}</html>`,
  )
  return serveFolder(t, dir)
}

export const writtenSites: readonly FidelitySite[] = [
  hand('builder', builder),
  hand('tabs', tabs),
  hand('blogger', blogger),
  hand('shell', shell, true),
  hand('arabic', {
    lang: 'ar" dir="rtl',
    body: `<h1>حديقة آنا</h1>${`<p>${arabic.repeat(8)}</p>`.repeat(4)}${picture(1)}`,
  }),
  hand('chinese', { lang: 'zh', body: `<h1>安娜的花园</h1>${`<p>${chinese.repeat(8)}</p>`.repeat(4)}${picture(3)}` }),
  hand('formulas', {
    body: `<h1>Formulas</h1><p>${words}</p>${formulas}<p>E = mc<sup>2</sup> and H<sub>2</sub>O, ${words}</p>${picture(2)}`,
  }),
  { name: 'pictures', by: 'hand', pages: [''], make: manyPictures },
  { name: 'latin', by: 'hand', pages: [''], make: latinSite },
  { name: 'japanese', by: 'hand', pages: [''], make: japaneseSite },
]
