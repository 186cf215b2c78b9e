import type { VectorFile } from '../world.ts'

const post = (id: string, link = '') => ({ id, link })
const a = 'https://ana.example/a/'
const b = 'https://ana.example/b/'

/** Ids of feed entries. */
export function feedCases(): VectorFile {
  const one = (name: string, why: string, entries: readonly unknown[], expected: readonly (string | null)[]) => ({
    name,
    why,
    input: { entries },
    expected,
  })
  return {
    rule: 'feed-ids',
    about:
      'The id under which a snapshot names each entry of a feed, in the order of the feed: its own, or its link. null: the entry is left out.',
    cases: [
      one(
        'own ids stay',
        'A post keeps its id when its address changes.',
        [post('tag:1', a), post('tag:2', b)],
        ['tag:1', 'tag:2'],
      ),
      one(
        'without an id the link is the id',
        'RSS without guid, JSON Feed without id.',
        [post('', a), post('2', b)],
        [a, '2'],
      ),
      one(
        'an id alone is enough',
        'An entry without a link is a note; its id names it.',
        [post('1'), post('2')],
        ['1', '2'],
      ),
      one('neither id nor link: left out', 'Nothing could name it a second time.', [post(''), post('', b)], [null, b]),
      one(
        'one id for several links: the links',
        'Such an id names none of them; an entry with an id of its own keeps it.',
        [post('N/A', a), post('N/A', b), post('3', a)],
        [a, b, '3'],
      ),
      one(
        'the same entry twice keeps its id',
        'Both are one entry; the first counts.',
        [post('1', a), post('1', a)],
        ['1', '1'],
      ),
      one(
        'an entry without link among equal ids keeps the id',
        'It has nothing else.',
        [post('1', a), post('1')],
        [a, '1'],
      ),
      one(
        'ids differ by case and by blanks inside',
        'Ids are compared byte by byte.',
        [post('A', a), post('a', b), post('a b', a)],
        ['A', 'a', 'a b'],
      ),
      one(
        'names of objects are ids like others',
        'A table must not take them for something of its own.',
        [post('__proto__', a), post('constructor', b)],
        ['__proto__', 'constructor'],
      ),
      one(
        'ids that look like numbers are texts',
        'Neither PHP nor JavaScript may read them as numbers.',
        [post('7', a), post('07', b), post('7.0', a)],
        ['7', '07', '7.0'],
      ),
      one('an empty feed has none', 'Nothing in, nothing out.', [], []),
    ],
  }
}
