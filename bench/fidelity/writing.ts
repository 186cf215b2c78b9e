/** What the bloggers of this bench write: the parts that posts have, with a picture each. */
import { pictureOf } from '../../test/sites/writing.ts'

export type FidelityPost = {
  readonly name: string
  readonly title: string
  readonly day: string
  readonly tags: readonly string[]
  readonly body: string
  readonly picture: string
}

const titles = [
  'First frost',
  'A wall of beans',
  'What the hedgehog ate',
  'Rain at last',
  'Seeds to swap',
  'The long path',
]

const quote = '> A garden is a slow conversation.\n> It never ends.'
const list = '- beans\n- peas, *early*\n- one **late** pumpkin\n\n1. dig\n2. wait\n3. eat'
const table = '| bed | plant | metres |\n|---|---|---|\n| east | beans | 4 |\n| west | kale | 2.5 |'
const code = '```js\nconst bed = { plant: "kale", metres: 2.5 }\nconsole.log(bed.plant)\n```'

/** The same for every generator. `folder` is where the pictures stand. */
export function posts(folder: string): readonly FidelityPost[] {
  return titles.map((title, i) => {
    const name = title.toLowerCase().replace(/[^a-z]+/g, '-')
    const picture = `picture-${i + 1}.png`
    const text = Array.from(
      { length: 4 },
      (_, j) =>
        `Paragraph ${j + 1} of ${title}: the garden does what it wants, and I write it down with \`care\` and a [link](https://example.org/${name}).`,
    )
    const parts = [text[0]!, `![Picture of ${title}](${folder}${picture})`, '## In the morning', text[1]!, list, quote]
    const body = [...parts, '## In the evening', text[2]!, table, code, text[3]!].join('\n\n')
    return { name, title, day: `2026-10-0${i + 1}`, tags: ['garden', i % 2 === 0 ? 'weather' : 'food'], body, picture }
  })
}

export const pictures: readonly { readonly name: string; readonly bytes: () => Buffer }[] = titles.map((_, i) => ({
  name: `picture-${i + 1}.png`,
  bytes: () => pictureOf(i === 0 ? 7 : i),
}))
