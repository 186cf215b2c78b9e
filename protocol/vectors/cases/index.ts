/** Every vector file by name, made anew from seeds. The same everywhere: nothing depends on the clock or on chance. */
import type { VectorFile } from '../world.ts'
import { addressCases } from './addresses.ts'
import { archiveCases } from './archives.ts'
import { authorityCases } from './authority.ts'
import { base64Cases } from './base64.ts'
import { ed25519Cases } from './ed25519.ts'
import { envelopeCases } from './envelope.ts'
import { feedCases } from './feeds.ts'
import { fieldCases } from './fields.ts'
import { Forge, type ForgeDeps } from './forge.ts'
import { headCases } from './heads.ts'
import { htmlCases } from './html.ts'
import { jsonCases } from './json.ts'
import { liveCases } from './live.ts'
import { lifeCases } from './lives.ts'
import { memberCases } from './members.ts'
import { outageCases } from './outages.ts'
import { placementCases } from './placing.ts'
import { postCases } from './posts.ts'
import { quorumCases } from './quorum.ts'
import { reconcileCases } from './reconcile.ts'
import { requestCases } from './request.ts'
import { rootCases } from './roots.ts'
import { seatCases } from './seats.ts'
import { signatureCases } from './signatures.ts'
import { stateCases } from './states.ts'
import { wallCases } from './walls.ts'

const writers: Readonly<Record<string, (forge: Forge) => VectorFile | Promise<VectorFile>>> = {
  base64: base64Cases,
  json: jsonCases,
  ed25519: ed25519Cases,
  envelope: envelopeCases,
  fields: fieldCases,
  html: htmlCases,
  request: requestCases,
  walls: wallCases,
  signatures: signatureCases,
  lives: lifeCases,
  reconcile: reconcileCases,
  outages: outageCases,
  roots: rootCases,
  authority: authorityCases,
  heads: headCases,
  posts: postCases,
  live: liveCases,
  members: memberCases,
  placement: placementCases,
  quorum: quorumCases,
  seats: seatCases,
  states: stateCases,
  addresses: addressCases,
  feeds: feedCases,
  archives: archiveCases,
}

/** File name → text of the file, one case and one object a line. */
export async function vectorTexts(deps: ForgeDeps): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>()
  for (const [name, write] of Object.entries(writers)) texts.set(`${name}.json`, textOf(await write(new Forge(deps))))
  return texts
}

function textOf(file: VectorFile): string {
  const part = (name: string, value: unknown) => `  ${JSON.stringify(name)}: ${value}`
  const lines = (items: readonly string[]) => items.map((item) => `    ${item}`).join(',\n')
  const parts = Object.entries(file).map(([name, value]) => {
    if (Array.isArray(value)) return part(name, `[\n${lines(value.map((row) => JSON.stringify(row)))}\n  ]`)
    if (typeof value !== 'object') return part(name, JSON.stringify(value))
    const items = Object.entries(value as object).map(
      ([key, entry]) => `${JSON.stringify(key)}: ${JSON.stringify(entry)}`,
    )
    return part(name, `{\n${lines(items)}\n  }`)
  })
  return `{\n${parts.join(',\n')}\n}\n`
}
