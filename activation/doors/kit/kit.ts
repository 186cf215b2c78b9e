/** The kit opens: with an author's data it is an editor, without them it sets up. */
import { make, part, say } from '../form/page-parts.ts'
import { isEnrolled } from './enrolling.ts'
import { Installed, keepHere, keptHere } from './installed.ts'
import { type KitData, readKitData, readKitStart } from './kit-data.ts'
import { KitEditor } from './kit-editor.ts'
import { dataOfKit } from './kit-file.ts'
import { kitPage } from './kit-page.ts'
import { kitStyle } from './kit-style.ts'
import { LostKit } from './lost-kit.ts'
import { hashOf, ownProgram } from './own-program.ts'
import { Setup } from './setup.ts'

const program = ownProgram()
const setup = new Setup({ program, opened: openEditor })
let isOpen = false
const block = document.getElementById('author')?.textContent ?? 'null'

function start(): void {
  document.head.append(make('style', {}, kitStyle))
  const place = make('div')
  place.innerHTML = kitPage() // our own markup, the same for everyone
  document.body.append(place)
  part('program-hash').textContent = hashOf(program)
  const value: unknown = parsed(block)
  const data = readKitData(value) ?? keptHere()
  new Installed(program).start()
  if (data !== null) return void open(data)
  part('setup').hidden = false
  setup.start(readKitStart(value))
  new LostKit(program).start()
  part('old-kit').addEventListener('change', (event) => void takeOver(event.target as HTMLInputElement))
}

/** A kit that was saved and closed before its blog was enrolled goes on there; where nobody answers it writes all the same. */
async function open(data: KitData): Promise<void> {
  openEditor(data)
  if (await isEnrolled(data)) return
  part('kit-editor').hidden = true
  part('setup').hidden = false
  setup.resume(data)
}

function openEditor(data: KitData): void {
  keepHere(data)
  part('setup').hidden = true
  part('kit-editor').hidden = false
  if (isOpen) return
  isOpen = true
  void new KitEditor({ program, data }).start()
}

async function takeOver(input: HTMLInputElement): Promise<void> {
  const [file] = input.files ?? []
  const data = file === undefined ? null : readKitData(dataOfKit(await file.text()))
  if (data === null) return say(part('old-answer'), 'alarm', 'That file is not a kit with keys in it.')
  await open(data)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null // a damaged block: the kit then sets up anew, or takes an old file
  }
}

start()
