/** The recipes of CONTRIBUTING.md, each followed in a copy of the tree: what they name is all that must be touched. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { TestTree } from '../support/test-tree.ts'

const page = readFileSync(join(import.meta.dirname, '../../CONTRIBUTING.md'), 'utf8')

/** The files that a recipe of the page names, without those that the copy does not have. */
function filesOf(recipe: string): readonly string[] {
  const section = page.split('\n### ').find((part) => part.startsWith(recipe))
  const named = section!.match(/(?<=^\d\. `)[^`]+/gm) ?? []
  return named.filter((path) => !/^(docs|plugins|protocol\/vectors\/\*)/.test(path))
}

const thanksRow = `"thanks": {
      "spreads": "all",
      "urgent": "spread",
      "foundation": false,
      "evidence": "live",
      "changes": [],
      "kept": {
        "bytesEach": 2048,
        "blog": { "signer": { "objects": 2, "bytes": 4096 }, "all": { "objects": 10, "bytes": 20480 } }
      },
      "type": "object",
      "properties": {
        "network": { "$ref": "hash" },
        "key": { "$ref": "key" },
        "time": { "$ref": "time" },
        "blog": { "$ref": "hash" },
        "text": { "type": "string", "maxBytes": 100, "minBytes": 1 }
      },
      "required": ["network", "key", "time", "blog", "text"]
    },
    `

test('a kind is added by its row, its payload, who may sign it and how long it counts', async (t) => {
  const tree = await TestTree.copy(t)
  const changed = new Set<string>()
  const add: TestTree['add'] = (path, place, added) => {
    changed.add(path)
    tree.add(path, place, added)
  }
  add('protocol/kinds.json', { before: '"contact": {\n      "spreads"' }, thanksRow)
  const payload = 'export type Thanks = Common & { readonly blog: Hash; readonly text: string }\n\n'
  add('protocol/objects.ts', { before: 'export type Payloads = {' }, payload)
  add('protocol/objects.ts', { after: '  imported: Imported\n' }, '  thanks: Thanks\n')
  add('protocol/authority.ts', { after: "  | 'imported'\n" }, "  | 'thanks'\n")
  add('protocol/authority.ts', { before: "    case 'contact':\n      return isPosting" }, "    case 'thanks':\n")
  add('protocol/live.ts', { after: "    case 'imported':\n" }, "    case 'thanks':\n")
  const example = "    thanks: { ...common('posting 1'), blog, text: 'Thank you' },\n"
  add('protocol/vectors/cases/payloads.ts', { before: '    contact: {\n' }, example)
  assert.deepEqual([...changed], filesOf('Add a kind'))
  const types = await tree.run('node_modules/typescript/bin/tsc', '-p', '.')
  assert.equal(types.code, 0, types.out)
  const visit = await tree.run('--test', 'test/recipes/thanks.ts')
  assert.equal(visit.code, 0, visit.out)
})

const bulletin = `/** Plain text by HTTP: the first line is the title. */
import { ok, type Result } from '../../../protocol/codes.ts'
import type { Hash } from '../../../protocol/objects.ts'
import type { Apps } from '../apps/session.ts'
import { plainText } from '../gateway/plain-text.ts'

export async function takeBulletin(apps: Apps, token: string, text: string): Promise<Result<Hash>> {
  const session = await apps.session(token)
  if (!session.ok) return session
  const [title = '', ...lines] = text.split('\\n')
  const posted = await session.value.writer.write({ title, html: plainText(lines.join('\\n')), attachments: [] }, new Map())
  return posted.ok ? ok(posted.value.id) : posted
}
`
const bulletinRoutes = `/** The bulletin, by HTTP. */
import type { Apps } from '../../../activation/doors/apps/session.ts'
import { takeBulletin } from '../../../activation/doors/bulletin/bulletin.ts'
import { textOf } from '../../../protocol/bytes.ts'
import { json, type Route, refusal } from '../api.ts'

export function bulletinRoutes({ apps }: { readonly apps: Apps }): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/bulletin',
      cost: 5,
      bodyBytesMax: 64 * 1024,
      handle: async ({ body, headers }) => {
        const token = (headers.authorization ?? '').replace(/^Bearer /, '')
        const taken = await takeBulletin(apps, token, textOf(body) ?? '')
        return taken.ok ? json({ post: taken.value }) : refusal(taken)
      },
    },
  ]
}
`

test('a door is added by a folder of its own, its routes, and one line where routes are joined', async (t) => {
  const tree = await TestTree.copy(t)
  tree.write('activation/doors/bulletin/bulletin.ts', bulletin)
  tree.write('server/http/routes/bulletin.ts', bulletinRoutes)
  const joined = 'server/http/routes.ts'
  const line = "import { bulletinRoutes } from './routes/bulletin.ts'\n"
  tree.add(joined, { before: "import { doorRoutes } from './routes/doors.ts'" }, line)
  tree.add(joined, { after: '    ...micropubRoutes({ apps }),\n' }, '    ...bulletinRoutes({ apps }),\n')
  assert.deepEqual(filesOf('Add a door'), ['activation/doors/<door>/', 'server/http/routes/<door>.ts', joined])
  const types = await tree.run('node_modules/typescript/bin/tsc', '-p', '.')
  assert.equal(types.code, 0, types.out)
  const visit = await tree.run('--test', 'test/recipes/bulletin.ts')
  assert.equal(visit.code, 0, visit.out)
})

test('a recipe in which a step is left out is found', async (t) => {
  const tree = await TestTree.copy(t)
  tree.add('protocol/kinds.json', { before: '"contact": {\n      "spreads"' }, thanksRow)
  const visit = await tree.run('--test', 'test/recipes/thanks.ts')
  assert.notEqual(visit.code, 0)
  assert.throws(() => tree.add('protocol/live.ts', { after: 'case ' }, 'x'), /stands there/)
})
