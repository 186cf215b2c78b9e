/**
 * Pages of which a script would have shown something, and of which it would not: read by the TypeScript and the PHP page
 * builder alike. Each has one element of class "x".
 */

export const page = (css: string, body: string, script = '<script>start()</script>') =>
  `<!doctype html><html><head><style>${css}</style>${script}</head><body><h1>A page</h1><p>With enough words to be read below.</p>${body}</body></html>`

/** A script would have shown it. */
export const waitingCases: readonly (readonly [string, string])[] = [
  ['opacity until a class', page('.x{opacity:0}.in{opacity:1}', '<p class=x>Words</p>')],
  ['visibility until a class', page('.x{visibility:hidden}', '<p class=x>Words</p>')],
  ['scaled to nothing', page('.x{transform:scale(0)}.x.in{transform:none}', '<p class=x>Words</p>')],
  ['moved out of the window', page('body{overflow-x:hidden}.x{transform:translateX(-110vw)}', '<p class=x>Words</p>')],
  [
    'a picture',
    page(
      'img{opacity:0}img.loaded{opacity:1}',
      '<img class=x width=20 height=20 alt="p" src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAAC">',
    ),
  ],
  [
    'written by a script into the attribute',
    page('', '<p class=x style="opacity:0;transform:translateY(30px)">Words</p>'),
  ],
  [
    'a menu in a sticky header',
    page(
      '.nav{position:sticky;top:0}.nav:not(.ready) li{opacity:0;visibility:hidden}',
      '<div class=nav><ul><li class=x><a href=/a/>About</a></li></ul></div>',
    ),
  ],
  ['the whole body', page('body{opacity:0}body.ready{opacity:1}', '<p class=x>Words</p>')],
  ['the whole document', page('html{visibility:hidden}html.ready{visibility:visible}', '<p class=x>Words</p>')],
  ['a document without a box', page('html{display:none}html.ready{display:block}', '<p class=x>Words</p>')],
  ['a body without a box', page('body{display:none}', '<p class=x>Words</p>')],
  [
    'an animation that waits for a class',
    page('@keyframes up{to{opacity:1}}.x{opacity:0}.x.in{animation:up 1s forwards}', '<p class=x>Words</p>'),
  ],
  [
    'a paused animation',
    page('@keyframes up{to{opacity:1}}.x{opacity:0;animation:up 1s forwards paused}', '<p class=x>Words</p>'),
  ],
  ['in a layer, nested', page('@layer a{.box{& .x{opacity:0}}}', '<div class=box><p class=x>Words</p></div>')],
  [
    'that also grows when pointed at',
    page('.x{opacity:0}.x.in{opacity:1}.x:hover{transform:scale(1.1)}', '<p class=x>Words</p>'),
  ],
  ['by percent and important', page('.x{opacity:0%!important}', '<p class=x>Words</p>')],
]

/** The original does not show it before the reader does something. */
export const hiddenCases: readonly (readonly [string, string])[] = [
  [
    'menu on hover',
    page(
      'li ul{visibility:hidden;opacity:0}li:hover ul{visibility:visible;opacity:1}',
      '<ul><li>More<ul class=x><li>Deep</li></ul></li></ul>',
    ),
  ],
  [
    'menu on focus within',
    page('.x{opacity:0}.m:focus-within .x{opacity:1}', '<div class=m tabindex=0>Menu<div class=x>Entry</div></div>'),
  ],
  [
    'modal',
    page(
      '.x{position:fixed;inset:0;opacity:0;visibility:hidden}.x.open{opacity:1;visibility:visible}',
      '<div class=x><p>Subscribe now</p></div>',
    ),
  ],
  [
    'box inside a hidden modal',
    page(
      '.m{position:fixed;inset:20%;visibility:hidden}.x{visibility:hidden;transform:scale(0)}',
      '<div class=m><div class=x>Box</div></div>',
    ),
  ],
  [
    'carousel of stacked slides',
    page(
      '.s{position:absolute;opacity:0}.s.active{opacity:1}',
      '<div style="position:relative;height:40px"><div class="s active">One</div><div class="s x">Two</div></div>',
    ),
  ],
  [
    'carousel in one grid cell',
    page(
      '.c{display:grid}.s{grid-area:1/1;opacity:0}.s.active{opacity:1}',
      '<div class=c><div class="s active">One</div><div class="s x">Two</div></div>',
    ),
  ],
  [
    'carousel in flow, one shown',
    page(
      '.s{opacity:0;float:left;width:100px}.s.current{opacity:1}',
      '<div><div class="s current">One</div><div class="s x">Two</div><div class=s>Three</div></div>',
    ),
  ],
  [
    'tooltip',
    page(
      '.x{visibility:hidden}.t:hover .x{visibility:visible}',
      '<span class=t>Word<span class=x>What it means</span></span>',
    ),
  ],
  ['tooltip by role', page('.x{opacity:0}', '<span>Word<span class=x role=tooltip>What it means</span></span>')],
  ['skip link', page('.x{position:absolute;left:-9999px}.x:focus{left:0}', '<a class=x href="#m">Skip</a>')],
  [
    'skip link moved up',
    page('.x{transform:translateY(-200%);display:inline-block}.x:focus{transform:none}', '').replace(
      '<h1>',
      '<a class=x href="#m">Skip</a><h1>',
    ),
  ],
  ['lightbox by target', page('.x{opacity:0}.x:target{opacity:1}', '<div id=big class=x>Large picture</div>')],
  [
    'hover caption',
    page(
      'figcaption{opacity:0}figure:hover figcaption{opacity:1}',
      '<figure>Picture<figcaption class=x>Caption</figcaption></figure>',
    ),
  ],
  [
    'caption for pointers only',
    page(
      '@media (hover:hover){.x{opacity:0}.c:hover .x{opacity:1}}',
      '<div class=c>Card<div class=x>Caption</div></div>',
    ),
  ],
  [
    'screen-reader text',
    page(
      '.x{position:absolute;clip:rect(0 0 0 0);width:1px;height:1px;overflow:hidden}',
      '<span class=x>Opens a window</span>',
    ),
  ],
  [
    'tab by radio',
    page(
      '.p{visibility:hidden;height:0}#a:checked~.x{visibility:visible;height:auto}',
      '<input type=radio id=a><div class="p x">Panel</div>',
    ),
  ],
  [
    'closed accordion',
    page(
      '.x{max-height:0;opacity:0;overflow:hidden}.x.open{max-height:20em;opacity:1}',
      '<h2>Question</h2><div class=x>Answer</div>',
    ),
  ],
  ['hidden by its attribute', page('.x{opacity:0}', '<div class=x hidden>Not for now</div>')],
  [
    'set aside for readers of screens',
    page('.x{visibility:hidden}', '<div class=x aria-hidden=true>Not for now</div>'),
  ],
  ['no box at all', page('.x{display:none;opacity:0}', '<div class=x>Not for now</div>')],
  ['no script that could show it', page('.x{opacity:0}', '<p class=x>A secret of the author</p>', '')],
  [
    'for print only',
    page('.x{visibility:hidden}@media print{.x{visibility:visible}}', '<p class=x aria-hidden=true>Printed by</p>'),
  ],
  ['an empty box', page('.x{opacity:0;height:20px;background:red}', '<div class=x></div>')],
  ['a popover', page('.x{opacity:0}', '<div class=x popover>Later</div>')],
]
