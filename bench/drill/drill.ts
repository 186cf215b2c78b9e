/**
 * npm run drill -- [--json] [--falls N] [--members N] [--processes]
 *
 * So many of all members are killed together with the blogs they guard: how many blogs are still declared down by a quorum,
 * after how long, how many can be read and written. Then operators collude against blogs that live: how many readers are
 * led away. Exits 1 where half of all members killed are too many, or anybody is led away by those who call others absent.
 */
import { parseArgs } from 'node:util'
import { simulated } from './simulated.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    falls: { type: 'string', default: '2000' },
    members: { type: 'string', default: '600' },
    seed: { type: 'string', default: '1' },
  },
})
const figures = simulated({ falls: Number(values.falls), members: Number(values.members), seed: values.seed })
if (values.json) console.log(JSON.stringify(figures))
else console.dir(figures, { depth: 6 })
for (const missed of figures.missed) console.error(`missed: ${missed}`)
process.exit(figures.missed.length === 0 ? 0 : 1)
