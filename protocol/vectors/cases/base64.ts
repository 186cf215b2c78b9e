import type { VectorFile } from '../world.ts'
import { type Forge, Sheet } from './forge.ts'

export function base64Cases(forge: Forge): VectorFile {
  const sheet = new Sheet(forge, {
    rule: 'base64',
    about: 'RFC 4648 §4 with padding, one text for each byte string. Expected: the bytes in hex, or "refused".',
  })
  const good = (name: string, text: string, hex: string) =>
    sheet.case(name, 'The canonical text of these bytes.', { text }, hex)
  const bad = (name: string, text: string, why: string) => sheet.case(name, why, { text }, 'refused')
  good('nothing', '', '')
  good('one byte', 'Zg==', '66')
  good('two bytes', 'Zm8=', '666f')
  good('three bytes', 'Zm9v', '666f6f')
  good('six bytes', 'Zm9vYmFy', '666f6f626172')
  good('plus and slash', '+/+/', 'fbffbf')
  good('zero bytes', 'AAAA', '000000')
  good('all ones', '////', 'ffffff')
  bad('no padding', 'Zg', 'Unpadded text is a second spelling of the same byte.')
  bad('half the padding', 'Zg=', 'Padding is all or nothing.')
  bad('too much padding', 'Zm9v====', 'Four signs of padding stand for no bytes.')
  bad('three signs of padding', 'Z===', 'One sign carries six bits: not a byte.')
  bad('trailing bits', 'Zh==', 'The last four bits of the second sign must be zero: PHP and atob overlook them.')
  bad('trailing bits of two bytes', 'Zm9=', 'The last two bits of the third sign must be zero.')
  bad('url alphabet', '-_-_', 'base64url is another alphabet.')
  bad('white space inside', 'Zm 9v', 'atob skips white space; a second spelling.')
  bad('line break', 'Zm9v\nYmFy', 'MIME line breaks are a second spelling.')
  bad('final line break', 'Zm9vYmF\n', 'A pattern with "$" may overlook a final line break.')
  bad('padding inside', 'Zg==Zg==', 'Two texts joined are not one text.')
  bad('foreign sign', 'Zm9*', 'Lenient decoders skip signs they do not know.')
  bad('full-width letter', 'Zm9\uff36', 'Only ASCII.')
  bad('NUL', 'Zm9\u0000', 'Only the alphabet.')
  return sheet.file()
}
