/** The three blogs of the demonstration and what stands in them. `{ana}` becomes the address of the first. */
import type { BlogPost } from './blog-pages.ts'

export type Script = {
  readonly name: string
  readonly blog: { readonly title: string; readonly tagline: string; readonly posts: readonly BlogPost[] }
  /** Carries the beacon's tag. */
  readonly beacon: boolean
}

function post(slug: string, title: string, day: number, html: string): BlogPost {
  return { id: `tag:demo.example,2026:${slug}`, slug, title, html, published: Date.UTC(2026, 9, day, 9) }
}

const walk =
  '<p>The path starts behind the mill and climbs slowly. Nobody was there but two dogs and a heron, and the heron did not mind.</p>'.repeat(
    3,
  )

export const hello: readonly Script[] = [
  {
    name: 'ana',
    beacon: false,
    blog: {
      title: 'Ana walks',
      tagline: 'Notes from the hills, most weeks.',
      posts: [
        post(
          'heron',
          'A heron at the mill',
          3,
          `${walk}<p><img src="/hero.png" alt="The valley" width="640" height="240"></p>`,
        ),
        post('rain', 'Four days of rain', 9, `<p>Rain, and then more of it.</p>${walk}`),
        post('bread', 'Bread for a long day', 14, `<p>Flour, water, salt, time.</p>${walk}`),
      ],
    },
  },
  {
    name: 'ben',
    beacon: false,
    blog: {
      title: 'Ben repairs radios',
      tagline: 'Valves, solder, patience.',
      posts: [post('hum', 'The hum that would not go', 5, walk), post('dial', 'A dial cord, again', 11, walk)],
    },
  },
  {
    name: 'cleo',
    beacon: true,
    blog: {
      title: 'Cleo reads',
      tagline: 'Books, and friends who write. This blog carries the beacon.',
      posts: [
        post('friends', 'Friends to read', 6, '<p>Do read <a href="{ana}">Ana walks</a>: calm and exact.</p>'),
        post('winter', 'A winter list', 12, walk),
      ],
    },
  },
]
