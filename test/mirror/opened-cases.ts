/** What a script's click would open, and what it would not: read by the TypeScript and the PHP page builder alike. */

export const scripted = (css: string, inside: string) => `<style>${css}</style><script>start()</script><body>${inside}`

/** Each hides an element with the id "a" behind a button that says "Question". */
export const openedCases: readonly (readonly [string, string])[] = [
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
    scripted('.p{max-height:0;overflow:hidden}', '<a href="#a" role=button>Question</a><div class=p id=a>Answer</div>'),
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

/** Open, opened without a script, or a row of a table. */
export const leftCases = [
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
