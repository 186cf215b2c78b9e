/** The last step of setting up: what was signed goes to the member. Also from a kit that was saved, and closed before it. */
import { ask, post } from '../form/member-client.ts'
import { make, part, say } from '../form/page-parts.ts'
import { type EnrolledDeps, showEnrolled } from './enrolled.ts'
import type { KitData } from './kit-data.ts'

/** Shows the step; the author presses the button. */
export function offerEnrolling(deps: EnrolledDeps, data: KitData): void {
  const { enrolling } = data
  if (enrolling === undefined) {
    deps.opened(data)
    return
  }
  const button = part<HTMLButtonElement>('enrol-now')
  part('enrol-what').textContent = `${data.title}, ${data.addresses[0]!}`
  part('enrol-whom').textContent = enrolling.member
  button.onclick = () => void enrol(deps, data, button)
}

async function enrol(deps: EnrolledDeps, data: KitData, button: HTMLButtonElement): Promise<void> {
  const { member, invitation, isOwnMember, objects } = data.enrolling!
  const place = part('enrol-now-answer')
  button.disabled = true
  say(place, null, `Asking ${member}…`)
  const answer = await post<unknown>(member, 'dgos/v1/join/blog', { objects, invitation })
  button.disabled = false
  const later = ['UNREACHABLE', ...(isOwnMember ? ['EXPIRED'] : [])]
  if (!answer.ok && !later.includes(answer.code)) {
    say(place, 'alarm', `Not taken: ${answer.message} Nothing is lost: your kit is saved. Try again.`)
    place.append(againButton())
    return
  }
  place.replaceChildren()
  const problem = answer.ok ? null : answer.message
  showEnrolled(deps, { data, objects, member, isOwnMember, problem })
}

/** What is wrong in the address or the name can only be changed by keys that name it right. */
function againButton(): HTMLElement {
  const click = () => location.reload()
  return make('p', { class: 'row' }, make('button', { type: 'button', class: 'quiet', click }, 'Start again'))
}

/** False where the member that was to keep the blog says that it does not know it. */
export async function isEnrolled({ blog, enrolling }: KitData): Promise<boolean> {
  if (enrolling === undefined) return true
  const found = await ask<unknown>(enrolling.member, `dgos/v1/blogs/${blog}`)
  return found.ok || found.code !== 'UNKNOWN_BLOG'
}
