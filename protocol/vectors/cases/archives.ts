/** Parts of an archive's list: the one form they have, and every other refused. */
import { archivePartOf } from '../../archive.ts'
import type { VectorFile } from '../world.ts'
import type { Forge } from './forge.ts'

/** Parts of an archive's list. */
export function archiveCases(forge: Forge): VectorFile {
  const a = forge.hash('file a')
  const line = (path: string, { blob = a, bytes = '12', type = 'text/html' } = {}) =>
    `${blob}\t${bytes}\t${type}\t${path}\n`
  const cases: { name: string; why: string; input: object; expected: unknown }[] = []
  const part = (name: string, why: string, text: string, expected: unknown, place = { part: 0, of: 1 }) =>
    cases.push({ name, why, input: { text, ...place }, expected })
  const file = (path: string, more = {}) => ({ path, blob: a, bytes: 12, type: 'text/html', ...more })
  part('nothing', 'An archive may be empty.', '', [])
  part('one file', 'Hash, size, type, path.', line('/'), [file('/')])
  part('sorted by path', 'Byte by byte.', line('/') + line('/B') + line('/a'), [file('/'), file('/B'), file('/a')])
  part('a file elsewhere', 'Pictures often stand on another host.', line('https://cdn.example/p.png'), [
    file('https://cdn.example/p.png'),
  ])
  part('a type with its charset', 'As snapshots have it.', line('/', { type: 'text/html; charset=utf-8' }), [
    file('/', { type: 'text/html; charset=utf-8' }),
  ])
  part('left out', 'Larger than a blob may be: named, and not kept.', line('/v', { blob: '-', bytes: '10485761' }), [
    file('/v', { blob: null, bytes: 10_485_761 }),
  ])
  part('as large as a blob may be', 'The largest that is kept.', line('/v', { bytes: '10485760' }), [
    file('/v', { bytes: 10_485_760 }),
  ])
  part('larger than a blob may be', 'Nobody could hand it out.', line('/v', { bytes: '10485761' }), null)
  part('not sorted', 'One list has one form.', line('/b') + line('/a'), null)
  part('one path twice', 'Which of them would it be?', line('/a') + line('/a'), null)
  part('without the last line end', 'It may have been cut.', line('/a').slice(0, -1), null)
  part('an empty line', 'One list has one form.', `${line('/a')}\n`, null)
  part('a carriage return', 'It would stand in the path.', line('/a\r'), null)
  part('a blank in the path', 'Paths are as URLs write them.', line('/a b'), null)
  part('a path that is no ASCII', 'Paths are as URLs write them.', line('/é'), null)
  part('a path without its slash', 'It would depend on where one stands.', line('a'), null)
  part('another scheme', 'Only the web is captured.', line('ftp://x/a'), null)
  part('a size with a leading zero', 'One list has one form.', line('/a', { bytes: '012' }), null)
  part('a size that is no whole number', 'One list has one form.', line('/a', { bytes: '1e3' }), null)
  part('a hash in capitals', 'One list has one form.', line('/a', { blob: a.toUpperCase() }), null)
  part('a type that is none', 'As in a snapshot.', line('/a', { type: 'html' }), null)
  part('a path of 1024 bytes', 'The longest.', line(`/${'a'.repeat(1023)}`), [file(`/${'a'.repeat(1023)}`)])
  part('a path of 1025 bytes', 'One more.', line(`/${'a'.repeat(1024)}`), null)
  const [first, second] = [0, 1].map((wanted) => pathIn(wanted, forge))
  part('its own part', 'The first bit of its hash.', line(second!), [file(second!)], { part: 1, of: 2 })
  part('another part', 'A path has one place.', line(first!), null, { part: 1, of: 2 })
  return {
    rule: 'archive-part',
    about: 'The files that one part of an archive names, or null where the part is not in its one form.',
    cases,
  }
}

function pathIn(part: number, forge: Forge): string {
  for (let i = 0; ; i++) if (archivePartOf(`/post-${i}/`, 2, forge.sha256) === part) return `/post-${i}/`
}
