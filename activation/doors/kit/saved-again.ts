/**
 * A kit is safe when its file was found again: it is saved, then chosen, as on a bad day. Only then may anything follow that
 * cannot be taken back without it.
 */
import { hostPath } from '../../../protocol/addresses.ts'
import { make, say } from '../form/page-parts.ts'
import { type KitData, readKitData } from './kit-data.ts'
import { dataOfKit } from './kit-file.ts'
import { saveKit } from './own-program.ts'
import { holdUnsaved, letGo } from './unsaved.ts'

export type SavedAgain = {
  readonly program: string
  readonly data: KitData
  /** What the button to save says. */
  readonly label: string
}

/** Puts a button and a field into `place`; kept is called once the very file was chosen. Until then the page does not close unasked. */
export function askForSavedFile(place: HTMLElement, { program, data, label }: SavedAgain, kept: () => void): void {
  holdUnsaved(data.posting)
  const answer = make('div', { role: 'status', 'aria-live': 'polite' })
  const input = make('input', { id: 'saved-kit', type: 'file', accept: '.html' }) as HTMLInputElement
  const again = make(
    'div',
    { hidden: true },
    make('label', { for: 'saved-kit' }, 'Now choose the saved file, to be sure that you can find it'),
    input,
  )
  const save = () => {
    saveKit(program, data, kitName(data))
    again.hidden = false
  }
  place.append(
    make('p', { class: 'row' }, make('button', { type: 'button', id: 'save-first', click: save }, label)),
    again,
    answer,
  )
  input.addEventListener('change', async () => {
    const [file] = input.files ?? []
    if (file === undefined) return
    const found = readKitData(dataOfKit(await file.text()))
    if (found === null) return say(answer, 'warn', 'That file is not a kit. Choose the one that you have just saved.')
    if (found.posting !== data.posting)
      return say(answer, 'warn', 'That is another kit. Choose the one that you have just saved.')
    letGo(data.posting)
    input.disabled = true
    say(answer, 'good', `Found: "${file.name}". Keep it where you will find it on a bad day.`)
    kept()
  })
}

/** Of its file. */
export function kitName({ addresses }: Pick<KitData, 'addresses'>): string {
  return hostPath(addresses[0]!).replace(/[^a-z0-9.-]+/gi, '-')
}
