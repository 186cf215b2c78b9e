/** No kit at all: from a fresh one and the words on paper, a kit with a new key. Every posting key of before ends. */

import { keyRolesOf } from '../../../protocol/key-roles.ts'
import type { Key } from '../../../protocol/objects.ts'
import { sendObjects } from '../form/member-client.ts'
import { make, part, say } from '../form/page-parts.ts'
import type { Done } from './bad-day-step.ts'
import { steps } from './bad-day-steps.ts'
import { formPassphrase, freshData, offerKit, recoveryOf } from './bad-days.ts'
import { lookAround } from './members.ts'
import { networkBlog } from './network-blog.ts'

export class LostKit {
  readonly #program: string

  constructor(program: string) {
    this.#program = program
  }

  start(): void {
    part('lost-form').addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#restore()
    })
  }

  async #restore(): Promise<void> {
    const place = part('lost-answer')
    const given = (id: string) => part<HTMLInputElement>(id).value.trim()
    const recovery = recoveryOf(given('lost-words'))
    if (recovery?.ok !== true)
      return say(place, 'warn', `Recovery words: ${recovery?.detail ?? 'type the words of sheet 1'}.`)
    say(place, null, 'Asking the member how your blog stands…')
    const member = given('lost-member').replace(/\/?$/, '/')
    const host = given('lost-blog')
      .replace(/^https?:\/\//i, '')
      .replace(/\/{1,9}$/, '')
      .toLowerCase()
    const blog = await networkBlog(host, [member])
    const roles = blog === null ? null : keyRolesOf(blog)
    if (blog === null || roles === null)
      return say(place, 'alarm', `${member} does not know a blog at "${host}", or does not answer. Nothing is lost.`)
    const known = [{ key: '' as Key, name: '', url: member }]
    const { mirrors } = await lookAround(blog.blog, known)
    const value = (id: string) => ({ ends: 'all', good: 'all' })[id] ?? ''
    const answers = { value, recovery: recovery.signer, posting: null, member: async () => null }
    const done = await steps.key!.run({ blog, roles, own: '', nowMs: Date.now() }, answers)
    if (!done.ok) return say(place, 'warn', `Not done: ${done.detail}.`)
    const { network, title, addresses, language } = roles.chain.current.payload
    const kept = mirrors.filter((mirror) => mirror.key !== '')
    const about = {
      format: 'dgos-kit-1' as const,
      network,
      blog: blog.blog,
      title,
      addresses,
      language: language ?? null,
    }
    const data = await freshData({ ...about, mirrors: kept.length > 0 ? kept : mirrors }, done.value.fresh!)
    place.replaceChildren()
    const urls = mirrors.map(({ url }) => url)
    offerKit(place, { program: this.#program, data, done: done.value }, (after) => void handIn(done.value, urls, after))
  }
}

/** Only now do the keys of before end. */
async function handIn(done: Done, members: readonly string[], place: HTMLElement): Promise<void> {
  const objects = done.objects.map((entry) => entry.envelope)
  const taken = await Promise.all(members.map((member) => sendObjects(member, objects)))
  const count = taken.filter((asked) => asked.ok && asked.value.every(({ result }) => result !== 'refused')).length
  if (count > 0) {
    say(place, 'good', `${done.text} ${count} members know it. From now on open the kit that you have saved.`)
    return place.append(...formPassphrase(done))
  }
  const click = () => void handIn(done, members, place)
  say(place, 'alarm', 'No member took it. Nothing has changed: the new kit opens once one has.')
  place.append(make('p', { class: 'row' }, make('button', { type: 'button', click }, 'Try again')))
}
