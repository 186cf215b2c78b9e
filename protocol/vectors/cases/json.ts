import type { VectorFile } from '../world.ts'
import { type Forge, Sheet } from './forge.ts'

/** JSON rules. Expected: {"value": …} or "refused". */
export function jsonCases(forge: Forge): VectorFile {
  const sheet = new Sheet(forge, {
    rule: 'json',
    about:
      'JSON as payloads and request bodies may use it: what JavaScript and PHP read alike. Input: the text, or its bytes in hex.',
  })
  goodDocuments(sheet)
  badNumbers(sheet)
  badNames(sheet)
  badStrings(sheet)
  badStructure(sheet)
  return sheet.file()
}

function goodDocuments(sheet: Sheet): void {
  const good = (name: string, text: string, value: unknown, why = 'Inside every rule.') =>
    sheet.case(name, why, { text }, { value })
  good('empty object', '{}', {})
  good('every type', '{"a":null,"b":true,"c":false,"d":-1,"e":"x","f":[],"g":{}}', {
    a: null,
    b: true,
    c: false,
    d: -1,
    e: 'x',
    f: [],
    g: {},
  })
  good('white space everywhere', ' \t\r\n{ "a" : [ 1 , 2 ] } \n', { a: [1, 2] }, 'JSON white space means nothing.')
  good('zero', '{"a":0}', { a: 0 })
  good('largest number', '{"a":9007199254740991}', { a: 9007199254740991 }, '2^53−1 is exact everywhere.')
  good('smallest number', '{"a":-9007199254740991}', { a: -9007199254740991 }, '−(2^53−1) is exact everywhere.')
  good(
    'depth eight',
    `{"a":${'['.repeat(7)}${']'.repeat(7)}}`,
    { a: [[[[[[[]]]]]]] },
    'Eight brackets deep is allowed.',
  )
  good('escapes', '{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041"}', { a: '"\\/\b\f\n\r\tA' })
  good('surrogate pair by escapes', '{"a":"\\ud83d\\ude00"}', { a: '\u{1f600}' }, 'A pair is one character.')
  good('surrogate pair as text', '{"a":"\u{1f600}"}', { a: '\u{1f600}' })
  good('line separators', '{"a":"\u2028\u2029"}', { a: '\u2028\u2029' }, 'Allowed in JSON strings, unescaped.')
  good(
    'delete sign',
    '{"a":"\u007f"}',
    { a: '\u007f' },
    'U+007F is no control character for JSON; fields may refuse it.',
  )
  good(
    'name of an object method',
    '{"constructor":1,"toString":2}',
    { constructor: 1, toString: 2 },
    'Just names: they hit nothing inherited.',
  )
  good('name with escape', '{"\\u0061b":1}', { ab: 1 }, 'Names are compared after decoding.')
  good('longest name', `{"${'a'.repeat(64)}":1}`, { ['a'.repeat(64)]: 1 })
  good('names with digits, dash, underscore', '{"a1":1,"a-b":2,"a_b":3}', { a1: 1, 'a-b': 2, a_b: 3 })
}

function badNumbers(sheet: Sheet): void {
  const bad = (name: string, number: string, why: string) =>
    sheet.case(`number: ${name}`, why, { text: `{"a":${number}}` }, 'refused')
  bad('2^53', '9007199254740992', 'Not distinguishable from 2^53+1 in JavaScript.')
  bad('2^53+1', '9007199254740993', 'JavaScript rounds it, PHP does not.')
  bad('−2^53', '-9007199254740992', 'The same below zero.')
  bad('twenty digits', '99999999999999999999', 'PHP makes a float of it.')
  bad('fraction', '1.5', 'Whole numbers only.')
  bad('whole with point', '1.0', 'PHP reads a float, JavaScript a whole number.')
  bad('exponent', '1e3', 'PHP reads a float.')
  bad('capital exponent', '1E3', 'PHP reads a float.')
  bad('minus zero', '-0', 'JavaScript keeps −0, PHP makes −0 or 0 of it.')
  bad('leading zero', '01', 'Not JSON.')
  bad('minus leading zero', '-01', 'Not JSON.')
  bad('plus sign', '+1', 'Not JSON.')
  bad('only minus', '-', 'Not JSON.')
  bad('hexadecimal', '0x10', 'Not JSON.')
  bad('not a number', 'NaN', 'Not JSON.')
  bad('infinity', 'Infinity', 'Not JSON.')
}

function badNames(sheet: Sheet): void {
  const bad = (name: string, text: string, why: string) => sheet.case(`name: ${name}`, why, { text }, 'refused')
  bad('twice', '{"a":1,"a":2}', 'Parsers differ in which one they keep.')
  bad('twice by escape', '{"a":1,"\\u0061":2}', 'The same name after decoding.')
  bad('twice inside', '{"x":{"a":1,"a":1}}', 'At every depth.')
  bad('number', '{"0":1}', 'PHP arrays make an integer of it.')
  bad('large number', '{"10":1,"9":2}', 'JavaScript reorders such names.')
  bad('empty', '{"":1}', 'PHP 7 objects renamed it.')
  bad('begins with digit', '{"1a":1}', 'Must begin with a letter.')
  bad('begins with underscore', '{"__proto__":1}', 'Must begin with a letter; this one is a trap in JavaScript.')
  bad('begins with minus', '{"-1":1}', 'Must begin with a letter.')
  bad('with NUL', '{"\\u0000a":1}', 'PHP refuses such property names.')
  bad('with dot', '{"a.b":1}', 'Letters, digits, dash and underscore.')
  bad('not ASCII', '{"\u00e9":1}', 'Two normal forms of one letter would be two names.')
  bad('too long', `{"${'a'.repeat(65)}":1}`, 'At most 64 signs.')
  bad('without quotes', '{a:1}', 'Not JSON.')
  bad('single quotes', "{'a':1}", 'Not JSON.')
}

function badStrings(sheet: Sheet): void {
  const bad = (name: string, text: string, why: string) => sheet.case(`string: ${name}`, why, { text }, 'refused')
  const bytes = (name: string, hex: string, why: string) => sheet.case(`bytes: ${name}`, why, { hex }, 'refused')
  bad('lone high surrogate', '{"a":"\\ud83d"}', 'PHP returns null for the whole document.')
  bad('lone low surrogate', '{"a":"\\ude00"}', 'Not a character.')
  bad('surrogates the wrong way round', '{"a":"\\ude00\\ud83d"}', 'Not a pair.')
  bad('NUL by escape', '{"a":"\\u0000"}', 'Databases and C libraries cut there.')
  bad('raw line break', '{"a":"x\ny"}', 'Control characters must be escaped.')
  bad('raw tab', '{"a":"x\ty"}', 'Control characters must be escaped.')
  bad('unknown escape', '{"a":"\\x41"}', 'Not JSON.')
  bad('short escape', '{"a":"\\u041"}', 'Four hex digits.')
  bad('not closed', '{"a":"x}', 'Not JSON.')
  bytes('byte order mark', 'efbbbf7b7d', 'Some parsers skip it, others do not.')
  bytes('overlong slash', '7b2261223a22c0af227d', 'Overlong UTF-8.')
  bytes('surrogate in UTF-8', '7b2261223a22eda080227d', 'CESU-8 is not UTF-8.')
  bytes('beyond U+10FFFF', '7b2261223a22f4908080227d', 'Not Unicode.')
  bytes('cut sequence', '7b2261223a22c3227d', 'A two-byte sign of one byte.')
  bytes('ISO-8859-1', '7b2261223a22e9227d', 'Not UTF-8.')
  bytes('UTF-16', 'feff007b007d', 'Not UTF-8.')
  bytes('empty', '', 'Nothing is not an object.')
}

function badStructure(sheet: Sheet): void {
  const bad = (name: string, text: string, why: string) => sheet.case(`document: ${name}`, why, { text }, 'refused')
  bad('array', '[]', 'One object at the top.')
  bad('string', '"a"', 'One object at the top.')
  bad('null', 'null', 'One object at the top.')
  bad('two objects', '{}{}', 'One object.')
  bad('text after it', '{} x', 'One object.')
  bad('NUL after it', '{}\u0000', 'NUL is not white space.')
  bad('no-break space before it', '\u00a0{}', 'Not JSON white space.')
  bad('not closed', '{"a":1', 'Not JSON.')
  bad('comma at the end', '{"a":1,}', 'Not JSON.')
  bad('comma at the end of a list', '{"a":[1,]}', 'Not JSON.')
  bad('only a comma', '{"a":[,]}', 'Not JSON.')
  bad('no comma', '{"a":1 "b":2}', 'Not JSON.')
  bad('no colon', '{"a" 1}', 'Not JSON.')
  bad('no value', '{"a":}', 'Not JSON.')
  bad('wrong bracket', '{"a":[1}', 'Not JSON.')
  bad('comment', '{/* */"a":1}', 'Not JSON.')
  bad('capital word', '{"a":True}', 'Not JSON; PHP before 7 read it.')
  bad('two words', '{"a":truefalse}', 'Not JSON.')
  bad('depth nine', `{"a":${'['.repeat(8)}${']'.repeat(8)}}`, 'Nine brackets deep is one too many.')
  bad('depth nine by objects', `${'{"a":'.repeat(9)}1${'}'.repeat(9)}`, 'Objects count like lists.')
  sheet.case(
    'document: very deep',
    'Refused at the ninth bracket, without exhausting any stack.',
    { text: { $join: ['{"a":', { $repeat: '[', times: 20000 }, { $repeat: ']', times: 20000 }, '}'] } },
    'refused',
  )
}
