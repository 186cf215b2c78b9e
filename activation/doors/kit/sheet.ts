/** A sheet of recovery words, for paper: the words in their order, and the same as a QR code. */
import encodeQR from 'qr'
import { make } from '../form/page-parts.ts'

export function sheet(number: number, words: readonly string[]): HTMLElement {
  const list = make('ol', { class: 'words', id: `words-${number}` }, ...words.map((word) => make('li', {}, word)))
  const code = encodeQR(words.join(' '), 'raw')
  const canvas = make('canvas', {
    role: 'img',
    'aria-label': `The words of sheet ${number} as a code`,
  }) as HTMLCanvasElement
  const scale = 4
  canvas.width = code.length * scale
  canvas.height = code.length * scale
  const context = canvas.getContext('2d')!
  for (const [y, row] of code.entries()) {
    for (const [x, dark] of row.entries()) {
      context.fillStyle = dark ? '#000' : '#fff'
      context.fillRect(x * scale, y * scale, scale, scale)
    }
  }
  return make('div', { class: 'sheet' }, make('h3', {}, `Sheet ${number}: recovery words`), list, canvas)
}
