/** What the test bloggers write: the same for every generator, with a picture in each post. */
import { hills } from '../demo/picture.ts'

export type Writing = {
  readonly name: string
  readonly title: string
  readonly day: string
  readonly text: string
  readonly picture: string
}

const titles = ['First frost', 'A wall of beans', 'What the hedgehog ate', 'Rain, at last']

export const writings: readonly Writing[] = titles.map((title, i) => ({
  name: title.toLowerCase().replace(/[^a-z]+/g, '-'),
  title,
  day: `2026-10-0${i + 1}`,
  text: Array.from(
    { length: 6 },
    (_, j) => `Paragraph ${j + 1} of “${title}”: the garden does what it wants, and I write it down.`,
  ).join('\n\n'),
  picture: `picture-${i + 1}.png`,
}))

export function pictureOf(i: number): Buffer {
  return hills(i === 0 ? 1600 : 480, i === 0 ? 900 : 320, i + 1)
}

/** The post as every Markdown generator takes it. */
export function markdown({ title, day, text, picture }: Writing, layout: string, folder: string): string {
  return `---\ntitle: "${title}"\ndate: ${day} 10:00:00\nlayout: ${layout}\n---\n![Picture of ${title}](${folder}${picture})\n\n${text}\n`
}
