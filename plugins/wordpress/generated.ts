/**
 * What PHP says again of the TypeScript side, word for word: limits, refusals, what may stand in a copy, the style of pages,
 * and the tables of kinds and walls. `npm run build:wordpress:generated` writes it; a test fails where what is written has drifted.
 *
 * Rules are not generated: they are written twice, and the vectors hold them.
 */
import { madeOfFeed } from '../../mirror/capture/article-page.ts'
import { noticePatterns } from '../../mirror/capture/last-good.ts'
import * as inert from '../../mirror/pages/inert-elements.ts'
import { pageStyle } from '../../mirror/pages/page-style.ts'
import * as snapshot from '../../mirror/snapshot-limits.ts'
import { codes, curableBy } from '../../protocol/codes.ts'
import * as limits from '../../protocol/limits.ts'
import { askBytesMax } from '../../protocol/request.ts'
import { statuses } from '../../server/http/api.ts'

/** Where a text of this repository is read, by its path from the root. */
export type ReadText = (path: string) => string

/** Elements that PHP leaves out besides: it rebuilds no drawings, and has no document above the body. */
const droppedInPhp = ['svg', 'head']

/** Texts by their path from the root of this repository. */
export function generatedFiles(read: ReadText): ReadonlyMap<string, string> {
  const includes = 'plugins/wordpress/includes'
  return new Map([
    [`${includes}/protocol/class-dgos-limits.php`, limitsPhp(read('protocol/limits.ts'))],
    [`${includes}/protocol/class-dgos-codes.php`, codesPhp()],
    [`${includes}/blog/class-dgos-snapshot-limits.php`, snapshotLimitsPhp(read('mirror/snapshot-limits.ts'))],
    [`${includes}/protocol/kinds.json`, read('protocol/kinds.json')],
    [`${includes}/protocol/walls.json`, read('protocol/walls.json')],
    [`${includes}/pages/class-dgos-inert-lists.php`, inertListsPhp()],
    [`${includes}/pages/class-dgos-notice-patterns.php`, noticePatternsPhp()],
    [`${includes}/blog/class-dgos-made-of-feed.php`, madeOfFeedPhp()],
    [`${includes}/pages/page-style.txt`, pageStyle],
  ])
}

function snapshotLimitsPhp(source: string): string {
  return php(
    'What a copy may weigh: as every capturer keeps it, and every mirror expects it.',
    'mirror/snapshot-limits.ts',
    'Each limit has a name and a reason.',
    `final class DGOS_Snapshot_Limits {\n\n${constants(source, snapshot).join('\n')}\n}`,
  )
}

/** The constants of a file, in its order. */
function constants(source: string, values: Readonly<Record<string, number>>): readonly string[] {
  const found = source.matchAll(/^(?:\/\*\* (?<doc>.*) \*\/\n)?export const (?<name>\w+) = (?<value>.*)$/gm)
  return [...found].flatMap(({ groups }) => constant(groups!.doc, groups!.name!, groups!.value!, values))
}

function limitsPhp(source: string): string {
  const body = [
    ...constants(source, limits),
    '',
    '\t/** Body of a sync or an audit. */',
    `\tconst ASK_BYTES_MAX = ${askBytesMax};`,
    '\t/** The largest whole number of the wire: 2^53 - 1. */',
    `\tconst INTEGER_MAX = ${Number.MAX_SAFE_INTEGER};`,
    '\t/** A day of the contract. */',
    '\tconst DAY_MS = 86400000;',
  ]
  return php(
    'Limits of the wire. Local limits (disk, rate) lie in the options.',
    'protocol/limits.ts',
    'Each limit has a name and a reason. Times are milliseconds.',
    `final class DGOS_Limits {\n\n${body.join('\n')}\n}`,
  )
}

/** The sum as it is written, where PHP reads it alike; else its value. */
function constant(
  doc: string | undefined,
  name: string,
  written: string,
  values: Readonly<Record<string, number>>,
): readonly string[] {
  const value = values[name]
  if (value === undefined) throw new Error(`the module has no ${name}`)
  const sum = /^[\d_ *]+$/.test(written) ? written.replaceAll('_', '') : String(value)
  const line = `\tconst ${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()} = ${sum};`
  return doc === undefined ? [line] : [`\t/** ${doc} */`, line]
}

function codesPhp(): string {
  const width = Math.max(...Object.keys(codes).map((code) => code.length))
  const rows = Object.entries(codes).map(
    ([code, message]) => `\t\t${`'${code}'`.padEnd(width + 2)} => ${quoted(message)},`,
  )
  return php(
    'The words of refusal: the same on the wire, in TypeScript, in the log and in the documents.',
    'protocol/codes.ts',
    'What an honest network produces is a value, never thrown: functions that may refuse return a DGOS_Refused.',
    `final class DGOS_Codes {

	const MESSAGES = array(
${rows.join('\n')}
	);

	/** Refusals that may end when the member is told more: of the 'blog', or of the 'network'. */
	const CURABLE_BY = array(
${aligned(curableBy, quoted)}
	);

	/** HTTP statuses; 400 for the others. */
	const STATUSES = array(
${aligned(statuses, String)}
	);

	/** A refusal. \`$detail\` names the field or the limit. */
	public static function refuse( string $code, string $detail = '' ): DGOS_Refused {
		return new DGOS_Refused( $code, $detail );
	}
}`,
  )
}

/** Rows of a PHP array, their arrows in one column. */
function aligned<T>(entries: Readonly<Record<string, T>>, text: (value: T) => string): string {
  const width = Math.max(...Object.keys(entries).map((name) => name.length))
  return Object.entries(entries)
    .map(([name, value]) => `\t\t${`'${name}'`.padEnd(width + 2)} => ${text(value)},`)
    .join('\n')
}

function inertListsPhp(): string {
  const width = Math.max(...Object.keys(inert.ownAttributes).map((name) => name.length))
  const own = Object.entries(inert.ownAttributes).map(
    ([name, attributes]) => `\t\t${`'${name}'`.padEnd(width + 2)} => ${list(attributes)},`,
  )
  return php(
    'What may stand in a copy: elements by name, attributes by element. Everything else is left out or unwrapped.',
    'mirror/pages/inert-elements.ts',
    'The allow-list, as DGOS_Inert_Elements reads it: names between spaces.',
    `final class DGOS_Inert_Lists {

	/** Kept under their own name. */
	const KEPT = ${list(inert.keptElements)};

	/** Left out with everything in them: code, controls, drawings, and what only a script or a plugin could show. */
	const DROPPED = ${list([...inert.droppedElements, ...droppedInPhp])};

	/** Elements without an end. */
	const VOID = ${list(inert.voidElements)};

	/** Their text is a foreign place: shown as a link to where it lives. */
	const FRAMED = ${list(inert.framedElements)};

	/** Attributes of every element. */
	const EVERYWHERE = ${list(inert.attributesEverywhere)};

	/** Attributes of some elements. */
	const OWN = array(
${own.join('\n')}
	);

	/** Attribute values longer than this are code or data, not something a page is read by. */
	const VALUE_BYTES_MAX = ${inert.valueCharactersMax};
}`,
  )
}

function madeOfFeedPhp(): string {
  const lines = Object.entries(madeOfFeed).map(
    ([name, words]) => `\tconst ${name.toUpperCase().replaceAll('-', '_')} = ${quoted(words)};`,
  )
  return php(
    'What a page says first that is made of what the feed carries, by the reason for it.',
    'mirror/capture/article-page.ts',
    'The same on every capturer: by these words such a page is known again.',
    `final class DGOS_Made_Of_Feed {\n\n${lines.join('\n')}\n}`,
  )
}

function noticePatternsPhp(): string {
  const lines = Object.entries(noticePatterns).map(
    ([name, { source, flags }]) => `\tconst ${name.toUpperCase()} = ${quoted(`/${source}/${flags}u`)};`,
  )
  return php(
    'What notices of hosts and of parking companies say, in lower case.',
    'mirror/capture/last-good.ts',
    'A phrase condemns nothing by itself: see DGOS_Last_Good.',
    `final class DGOS_Notice_Patterns {\n\n${lines.join('\n')}\n}`,
  )
}

function php(title: string, from: string, summary: string, code: string): string {
  return `<?php
/**
 * ${title}
 *
 * Generated from ${from} by \`npm run build:wordpress:generated\`: change it there.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * ${summary}
 */
${code}
`
}

function list(names: Iterable<string>): string {
  return quoted(` ${[...names].join(' ')} `)
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
