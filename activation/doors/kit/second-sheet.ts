/**
 * Recovery sheet 2, which may come later: until three of its words were asked back what it holds stays sealed in the kit, and
 * the kit reminds of it.
 */
import { make, part, say } from '../form/page-parts.ts'
import { placesToAsk, recoveryWords } from '../recovery-words.ts'
import { openVault } from '../vault.ts'
import type { KitData, KitMirror } from './kit-data.ts'
import { kitRandom } from './kit-random.ts'
import { paperElement, printPapers, recoveryPaper } from './papers.ts'
import { askForSavedFile } from './saved-again.ts'

export type SecondSheetDeps = {
  readonly program: string
  readonly data: KitData
  readonly mirrors: () => readonly KitMirror[]
}

export class SecondSheet {
  readonly #deps: SecondSheetDeps
  readonly #place = part('second-sheet')

  constructor(deps: SecondSheetDeps) {
    this.#deps = deps
  }

  /** Does nothing for a kit whose sheets are both on paper. */
  start(): void {
    if (this.#deps.data.second === undefined) return
    part('second-reminder').hidden = false
    this.#place.hidden = false
    part('second-form').addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#open()
    })
  }

  async #open(): Promise<void> {
    const answer = part('second-answer')
    const field = part<HTMLInputElement>('second-passphrase')
    say(answer, null, 'Opening it. This takes some seconds…')
    const opened = await openVault(this.#deps.data.second!, field.value)
    if (!opened.ok) return say(answer, 'alarm', 'That is not the passphrase of this kit: all nine words of it.')
    field.value = ''
    part('second-form').hidden = true
    this.#show(recoveryWords(opened.seed), answer)
  }

  #show(words: readonly string[], answer: HTMLElement): void {
    const { title, addresses } = this.#deps.data
    const blog = { title, address: addresses[0]!, members: this.#deps.mirrors() }
    const paper = paperElement(blog, recoveryPaper(2, words), Date.now())
    const places = placesToAsk(kitRandom)
    const fields = places.map((place) => make('input', { id: `second-${place}`, autocapitalize: 'none' }))
    const rows = places.map((place, i) =>
      make('div', {}, make('label', { for: `second-${place}` }, `Word ${place + 1}`), fields[i]!),
    )
    const said = make('div', { role: 'status', 'aria-live': 'polite' })
    const check = () => {
      const wrong = places.find(
        (place, i) => (fields[i] as HTMLInputElement).value.trim().toLowerCase() !== words[place],
      )
      if (wrong !== undefined) return say(said, 'warn', `Word ${wrong + 1} is another one: look at your sheet again.`)
      answer.replaceChildren()
      this.#forget(answer)
    }
    answer.replaceChildren(
      paper,
      row(make('button', { type: 'button', click: () => printPapers([paper]) }, 'Print, or save as PDF')),
      make('p', {}, 'Now three of its words, to be sure:'),
      make('div', { class: 'words-asked' }, ...rows),
      row(make('button', { type: 'button', click: check }, 'Check')),
      said,
    )
  }

  /** The kit is saved without it: from now on it is on paper only. */
  #forget(place: HTMLElement): void {
    const { program, data } = this.#deps
    const { second, enrolling, ...rest } = data
    say(place, 'good', 'Right. Now save your kit without it: sheet 2 is then on paper only.')
    askForSavedFile(place, { program, data: { ...rest, mirrors: this.#deps.mirrors() }, label: 'Save the kit' }, () => {
      part('second-reminder').hidden = true
    })
  }
}

function row(button: HTMLElement): HTMLElement {
  return make('p', { class: 'row' }, button)
}
