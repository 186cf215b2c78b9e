import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { parse } from 'yaml'
import { envName } from '../../server/config.ts'

const root = join(import.meta.dirname, '../..')
const text = (path: string) => readFileSync(join(root, path), 'utf8')

type Service = {
  readonly environment: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes: readonly string[]
  readonly read_only: boolean
  readonly cap_drop: readonly string[]
  readonly depends_on?: Readonly<Record<string, unknown>>
}
type Compose = {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}

// merge keys and anchors as every compose implementation reads them
const compose = parse(text('docker-compose.yml'), { merge: true }) as Compose

test('docker-compose.yml holds to the schema of the compose specification', () => {
  const ajv = new Ajv({ strict: false, allErrors: true })
  formats.default(ajv)
  const schema = JSON.parse(text('node_modules/dclint/schemas/compose.schema.json'))
  const validate = ajv.compile({ ...schema, $schema: undefined })
  assert.equal(validate(compose), true, JSON.stringify(validate.errors, null, 2))
  assert.equal(validate({ services: { member: { imagee: 'x' } } }), false, 'the schema refuses nothing')
})

test('every volume that a service names is declared, and every service it waits for exists', () => {
  for (const [name, service] of Object.entries(compose.services)) {
    for (const volume of service.volumes) {
      const source = volume.split(':')[0]!
      assert.ok(source.startsWith('./') || source in compose.volumes, `${name}: ${source}`)
    }
    for (const other of Object.keys(service.depends_on ?? {})) assert.ok(other in compose.services, `${name}: ${other}`)
  }
})

test('only the proxy is open to the world, and nothing has more rights than it needs', () => {
  const { member, caddy } = compose.services
  assert.equal(member?.ports, undefined)
  assert.deepEqual(caddy?.ports, ['80:80', '443:443', '443:443/udp'])
  for (const service of [member!, caddy!]) {
    assert.equal(service.read_only, true)
    assert.deepEqual(service.cap_drop, ['ALL'])
  }
})

test('every setting in the container and in the unit is one that the member knows', () => {
  const unit = text('deploy/dgos.service').matchAll(/\b(DGOS_[A-Z_]+)=/g)
  const names = [...Object.keys(compose.services.member!.environment), ...[...unit].map(([, name]) => name!)]
  const known = new Set(['DGOS_DATA', ...['listen', 'trustProxy'].map(envName)])
  assert.deepEqual(
    names.filter((name) => !known.has(name)),
    [],
  )
})

test('the image runs built JavaScript, not as root, with a health check', () => {
  const dockerfile = text('Dockerfile')
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  assert.match(last, /^USER node$/m)
  assert.match(last, /^HEALTHCHECK /m)
  assert.match(last, /^ENTRYPOINT \["node", "server\/bin\/dgos\.js"\]$/m)
  assert.doesNotMatch(last, /COPY \. /)
})
