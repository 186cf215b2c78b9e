/** For the page that makes tags: the beacon's own notice, marks and list, with a sample blog that leads nowhere. */
import { markLinks } from './marks.ts'
import { showNotice } from './notice.ts'
import { showSidebarList } from './sidebar-list.ts'
import { textsOf } from './texts.ts'

const own = document.currentScript as HTMLScriptElement
const modes = (own.dataset.mode ?? '').split(' ')
const speech = textsOf(document.documentElement.lang)
const follow = async () => null
const rows = [{ text: speech.texts.down.replace('*', 'ana.example'), home: null, mayAnswer: false, follow }]
if (modes.includes('links'))
  markLinks(
    [...document.querySelectorAll('a')].map((link) => ({ link, follow })),
    speech,
  )
if (modes.includes('roll')) showSidebarList(own, rows, speech)
if (modes.includes('notice') || modes.includes('redirect')) showNotice(rows, speech, () => undefined)
