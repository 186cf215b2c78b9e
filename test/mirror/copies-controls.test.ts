/** Controls keep their words, and what only a script's click would open is reached without one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse, serialize } from 'parse5'
import { inertPage } from '../../mirror/pages/inert.ts'
import { html } from '../../mirror/pages/markup.ts'
import { openChromium, seenIn } from '../support/chromium.ts'
import { caseText } from './copy-cases.ts'
import { leftCases, openedCases, scripted } from './opened-cases.ts'

const links = { file: () => null, sheet: () => null, page: () => null, drawing: () => null }
const copyOf = (source: string) =>
  inertPage(source, links, { url: 'https://ana.example/', canonical: 'https://ana.example/', bar: html`` })
const body = (source: string) => /<body[^>]*>([\s\S]*)<\/body>/.exec(copyOf(source))![1]!

test('headings in buttons, words of labels and ticks of tasks stay', () => {
  const accordion = copyOf(caseText('buttons-and-labels', 'accordion.html'))
  assert.match(accordion, /How do I bake bread\?/)
  assert.match(accordion, /How long does it take\?/)
  const tasks = body(caseText('buttons-and-labels', 'tasks.html'))
  assert.match(tasks, /<input type="checkbox" checked disabled> Done thing/)
  assert.match(tasks, /<input type="checkbox" disabled> Open thing/)
  assert.match(tasks, /<label><input type="checkbox"> Labelled thing<\/label>/)
})

test('tabs made of styles alone go on working', async (t) => {
  const browser = await openChromium(t)
  if (browser === null) return
  await browser.setContent(copyOf(caseText('buttons-and-labels', 'tabs.html')))
  assert.deepEqual(await seenIn(browser, '.tab'), [true, false])
  await browser.getByText('Method').click()
  assert.deepEqual(await seenIn(browser, '.tab'), [false, true])
})

test('a form has no way to type or to send; the choices of two forms stay two groups', () => {
  const form = (name: string) =>
    `<form action="/${name}"><fieldset><legend>Size</legend><input type=radio name=s value=1 checked><input name=q value=x><input type=hidden name=t value=secret><textarea>x</textarea><output>12 €</output><input type=submit value="Buy it"></fieldset></form>`
  const copy = body(form('a') + form('b'))
  assert.match(
    copy,
    /^<div><fieldset><legend>Size<\/legend><input type="radio" name="f1-s" checked><output>12 €<\/output><button type="button">Buy it<\/button><\/fieldset><\/div><div>/,
  )
  assert.match(copy, /name="f2-s"/)
  assert.doesNotMatch(copy, /value=|secret|action|textarea|<form/)
})

test('what a script’s click would open is opened with the keyboard; its heading is its summary', async (t) => {
  const browser = await openChromium(t)
  if (browser === null) return
  for (const [name, source] of openedCases) {
    await browser.setContent(copyOf(source))
    assert.deepEqual(await seenIn(browser, '#a'), [false], name)
    const summary = browser.locator('summary')
    assert.equal((await summary.textContent())?.trim(), 'Question', name)
    await summary.focus()
    await browser.keyboard.press('Enter')
    assert.deepEqual(await seenIn(browser, '#a'), [true], name)
  }
})

test('what is open, what opens without a script, and what is a row of a table is left as it is', () => {
  for (const source of leftCases) assert.doesNotMatch(copyOf(source), /<details/, source)
})

test('a popover opens by its own button, which needs no script', async (t) => {
  const browser = await openChromium(t)
  if (browser === null) return
  await browser.setContent(copyOf('<p>Page</p><button popovertarget=a>More</button><div id=a popover>Answer</div>'))
  assert.deepEqual(await seenIn(browser, '#a'), [false])
  await browser.getByText('More').click()
  assert.deepEqual(await seenIn(browser, '#a'), [true])
})

test('a copy with controls, read again, is the same tree', () => {
  const sources = [
    '<button><p>a<button>b</button></p></button>',
    '<p><button><marquee><button>x</button></marquee></button></p>',
    '<button><table><tr><td><button>x</button></td></tr></table></button>',
    '<label><label>x</label></label><dialog open><dialog>y</dialog></dialog>',
    scripted('.p{display:none}', '<ul><li><a href="#a" role=button>Q</a><div class=p id=a><p>A</p></div></ul><p>x'),
  ]
  for (const source of sources)
    assert.equal(serialize(parse(copyOf(source))), serialize(parse(serialize(parse(copyOf(source))))), source)
  assert.doesNotMatch(copyOf(sources[1]!), /<button[^>]*><button/)
})

test('a menu that is closed in a narrow window alone is opened there with the keyboard, and is as it was in a wide one', async (t) => {
  const browser = await openChromium(t)
  if (browser === null) return
  const menu = '<a href=/about/>About</a> <a href=/all/>All posts</a>'
  const kinds: readonly (readonly [string, string])[] = [
    [
      'the menu is hidden below a width',
      scripted(
        '@media (max-width:768px){.m{display:none}.m.open{display:block}}',
        `<header><button aria-label=Contents class=burger></button><nav class=m>${menu}</nav></header>`,
      ),
    ],
    [
      'the menu is shown above a width',
      scripted(
        '.m{display:none}@media (min-width:48em){.m{display:block}}',
        `<header><button class=burger><span>Contents</span></button><ul class=m>${menu}</ul></header>`,
      ),
    ],
    [
      'the menu is moved out of the window',
      scripted(
        '@media (max-width:900px){.m{position:fixed;top:0;left:0;transform:translateX(-100%)}}',
        `<header><button data-target=m>Contents</button><div class=m id=m>${menu}</div></header>`,
      ),
    ],
  ]
  for (const [name, source] of kinds) {
    await browser.setViewportSize({ width: 1280, height: 800 })
    await browser.setContent(copyOf(source))
    assert.deepEqual(await seenIn(browser, '.m a'), [true, true], name)
    assert.deepEqual(await seenIn(browser, 'label'), [false], name)
    await browser.setViewportSize({ width: 400, height: 800 })
    assert.deepEqual(await seenIn(browser, '.m a'), [false, false], name)
    assert.equal((await browser.locator('label').textContent())?.trim(), 'Contents', name)
    await browser.locator('label input').focus()
    await browser.keyboard.press('Space')
    assert.deepEqual(await seenIn(browser, '.m a'), [true, true], name)
  }
  const left = [
    scripted(
      '@media (max-width:768px){.m{display:none}.h:hover .m{display:block}}',
      `<header class=h><nav class=m>${menu}</nav></header>`,
    ),
    scripted(
      '@media (max-width:768px){.m{display:none}}.foot{color:red}',
      `<nav class=m>${menu}</nav><footer class=foot>${menu}</footer>`,
    ),
    scripted(
      '@media (max-width:768px){.m{display:none}}',
      '<header><nav class=m><a href="#top">Top</a></nav></header>',
    ),
    scripted('@media print{.m{display:none}}', `<nav class=m>${menu}</nav>`),
    `<style>@media (max-width:768px){.m{display:none}}</style><nav class=m>${menu}</nav>`,
  ]
  for (const source of left) assert.doesNotMatch(copyOf(source), /dgos-narrow/, source)
})

test('a heading that stands in the body itself is not said twice', () => {
  const panel = '<h2><button aria-controls=p>When?</button></h2><div id=p class=panel>In April.</div>'
  const copy = body(scripted('.panel{display:none}', panel))
  assert.equal(copy.split('When?').length, 2, copy)
  assert.match(copy, /<summary><h2>/)
})
