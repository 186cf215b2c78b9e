/** Where members are: the addresses of their urls' hosts, asked once a minute and kept where nobody answers. */
import type { Key } from '../protocol/objects.ts'
import type { MemberView } from '../protocol/roster.ts'

export type MemberAddressesDeps = {
  /** Addresses of a host that readers can reach, as literals; none where it has none. Throws where nobody answers. */
  readonly resolve: (host: string) => Promise<readonly string[]>
}

/** Of one member: more is no name's. */
const addressesMax = 4

export class MemberAddresses {
  readonly #deps: MemberAddressesDeps
  #known = new Map<Key, readonly string[]>()

  constructor(deps: MemberAddressesDeps) {
    this.#deps = deps
  }

  /** As they were when last asked. */
  of(member: MemberView): readonly string[] {
    return this.#known.get(member.id) ?? []
  }

  /** Asks for all of these; for those that are known already only where `isRenewal`. */
  async refresh(members: readonly MemberView[], isRenewal: boolean): Promise<void> {
    const wanted = new Map(members.map((member) => [member.id, member]))
    const known = new Map([...this.#known].filter(([id]) => wanted.has(id)))
    const asked = [...wanted.values()].filter((member) => isRenewal || !known.has(member.id))
    await Promise.all(
      asked.map(async (member) => {
        const { hostname } = new URL(member.url)
        const found = await this.#deps.resolve(hostname.replace(/^\[|\]$/g, '')).catch(() => null)
        if (found !== null && found.length > 0) known.set(member.id, found.slice(0, addressesMax))
      }),
    )
    this.#known = known
  }
}
