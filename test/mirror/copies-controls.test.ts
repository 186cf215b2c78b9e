/** Controls keep their words, and what only a script's click would open is reached without one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse, serialize } from 'parse5'
import { inertPage } from '../../mirror/pages/inert.ts'
import { html } from '../../mirror/pages/markup.ts'
import { openChromium, seenIn } from '../support/chromium.ts'
import { caseText } from './copy-cases.ts'

const links = { file: () => null, sheet: () => null, page: () => null, drawing: () => null }
const copyOf = (source: string) =>
  inertPage(source, links, { url: 'https://ana.example/', canonical: 'https://ana.example/', bar: html`` })
const body = (source: string) => /<body[^>]*>([\s\S]*)<\/body>/.exec(copyOf(source))![1]!
const scripted = (css: string, inside: string) => `<style>${css}</style><script>start()</script><body>${inside}`

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
  const kinds: readonly (readonly [string, string])[] = [
    [
      'accordion',
      scripted(
        '.p{display:none}.p.show{display:block}',
        '<h2><button aria-controls=a aria-expanded=false>Question</button></h2><div class=p id=a>Answer</div>',
      ),
    ],
    [
      'collapse by target',
      scripted(
        '.p:not(.show){display:none}',
        '<button data-bs-toggle=collapse data-bs-target="#a">Question</button><div class=p id=a>Answer</div>',
      ),
    ],
    [
      'folded',
      scripted(
        '.p{max-height:0;overflow:hidden}',
        '<a href="#a" role=button>Question</a><div class=p id=a>Answer</div>',
      ),
    ],
    [
      'burger',
      scripted(
        'nav{position:fixed;transform:translateX(-100%)}',
        '<button aria-label="Question" aria-controls=a><svg></svg></button><p>Page</p><nav id=a>Answer</nav>',
      ),
    ],
    [
      'hidden by its attribute',
      scripted('', '<button aria-controls=a>Question</button><p>Page</p><div id=a hidden>Answer</div>'),
    ],
    ['dialog', scripted('', '<button commandfor=a command=show-modal>Question</button><dialog id=a>Answer</dialog>')],
    [
      'tab panel',
      scripted(
        '.p{visibility:hidden;opacity:0}',
        '<div role=tablist><button role=tab aria-controls=b>First</button><button role=tab aria-controls=a>Question</button></div><div id=b>Shown</div><div id=a class=p role=tabpanel>Answer</div>',
      ),
    ],
  ]
  for (const [name, source] of kinds) {
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
  const left = [
    scripted('', '<button aria-controls=a>Q</button><div id=a>Answer</div>'),
    scripted(
      '.p{display:none}.m:hover .p{display:block}',
      '<div class=m><a href="#a" role=button>Q</a><div class=p id=a>Answer</div></div>',
    ),
    scripted(
      '.p{display:none}#c:checked~.p{display:block}',
      '<input type=checkbox id=c aria-controls=a><div class=p id=a>Answer</div>',
    ),
    scripted('', '<button popovertarget=a>Q</button><div id=a popover>Answer</div>'),
    scripted(
      '.p{display:none}',
      '<table><tr><td><button aria-controls=a>Q</button></td></tr><tr class=p id=a><td>Answer</td></tr></table>',
    ),
    scripted('.p{display:none}', '<button aria-controls=a>Q</button><div class=p id=a></div>'),
    '<style>.p{display:none}</style><button aria-controls=a>Q</button><div class=p id=a>Answer</div>',
  ]
  for (const source of left) assert.doesNotMatch(copyOf(source), /<details/, source)
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

test('a heading that stands in the body itself is not said twice', () => {
  const panel = '<h2><button aria-controls=p>When?</button></h2><div id=p class=panel>In April.</div>'
  const copy = body(scripted('.panel{display:none}', panel))
  assert.equal(copy.split('When?').length, 2, copy)
  assert.match(copy, /<summary><h2>/)
})
