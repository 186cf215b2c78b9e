/** What may stand in a copy: elements by name, attributes by element. Everything else is left out or unwrapped. */

const words = (text: string): readonly string[] => text.split(' ')

/** Kept under their own name. */
export const keptElements: ReadonlySet<string> = new Set(
  words(
    'a abbr acronym address area article aside b bdi bdo big blockquote br button caption center cite code col colgroup ' +
      'data dd del details dfn dialog dir div dl dt em fieldset figcaption figure font footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd label legend li ' +
      'main map mark menu nav nobr ol output p picture pre q rp rt ruby s samp section small source span strike strong sub ' +
      'summary sup table tbody td tfoot th thead time tr tt u ul var wbr',
  ),
)

/** Left out with everything in them: code, controls, and what only a script or a plugin could show. */
export const droppedElements: ReadonlySet<string> = new Set(
  words(
    'script style template base meta link title object applet embed param option optgroup datalist textarea ' +
      'track frame frameset noframes noembed portal fencedframe ' +
      'canvas progress meter keygen bgsound annotation-xml slot',
  ),
)

/** Their text is shown as it was typed. */
export const oldCode: ReadonlySet<string> = new Set(words('xmp plaintext'))

export const voidElements: ReadonlySet<string> = new Set(words('area br col hr img source wbr'))

/** Their text is a foreign place: shown as a link to where it lives. */
export const framedElements: ReadonlySet<string> = new Set(words('iframe embed object video audio frame'))

/** Attributes of every element. */
export const attributesEverywhere = words('class id title lang dir role hidden popover translate align')

/** Attributes of some elements. */
export const ownAttributes: Readonly<Record<string, readonly string[]>> = {
  a: words('name hreflang'),
  area: words('alt coords shape'),
  img: words('alt width height border hspace vspace ismap usemap sizes'),
  source: words('media type width height sizes'),
  td: words('colspan rowspan headers scope valign width height bgcolor nowrap abbr'),
  th: words('colspan rowspan headers scope valign width height bgcolor nowrap abbr'),
  table: words('width height border cellpadding cellspacing bgcolor summary rules frame'),
  tr: words('valign bgcolor height'),
  thead: words('valign'),
  tbody: words('valign'),
  tfoot: words('valign'),
  col: words('span width valign'),
  colgroup: words('span width valign'),
  ol: words('start reversed type compact'),
  ul: words('type compact'),
  li: words('value type'),
  font: words('color face size'),
  hr: words('size width color noshade'),
  br: words('clear'),
  time: words('datetime'),
  del: words('datetime'),
  ins: words('datetime'),
  details: words('open name'),
  data: words('value'),
  label: words('for'),
  dialog: words('open'),
  button: words('disabled popovertarget popovertargetaction'),
  map: words('name'),
  pre: words('width'),
  body: words('bgcolor text link vlink alink topmargin leftmargin marginwidth marginheight'),
}

/** Attribute values longer than this are code or data, not something a page is read by. */
export const valueCharactersMax = 2000

/** Whether a plain attribute may stay: none of these ever loads, runs or submits anything. */
export function keepsAttribute(element: string, name: string, value: string): boolean {
  if (value.length > valueCharactersMax) return false
  if (attributesEverywhere.includes(name) || (ownAttributes[element]?.includes(name) ?? false)) return true
  return /^aria-[a-z]{1,40}$/.test(name) || (/^data-[a-z0-9-]{1,60}$/.test(name) && value.length <= 100)
}

/** Elements of the page's own making: without a script they are no more than a name for a style to hold on to. */
export function isCustomElement(name: string): boolean {
  return /^[a-z][a-z0-9]{0,40}(-[a-z0-9]{1,40}){1,6}$/.test(name) && !droppedElements.has(name)
}

/** Themes of the last century count on the browser's older arithmetic: a page keeps its mode. */
export const doctypes: Readonly<Record<string, string>> = {
  'no-quirks': '<!DOCTYPE html>',
  'limited-quirks':
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">',
}
