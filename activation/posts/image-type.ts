/** What an image is by its first bytes, whatever it was called. null for anything that posts may not carry. */
export function imageTypeOf(bytes: Uint8Array): string | null {
  const at = (offset: number, text: string) =>
    bytes.length >= offset + text.length && [...text].every((mark, i) => bytes[offset + i] === mark.charCodeAt(0))
  if (at(0, '\xff\xd8\xff')) return 'image/jpeg'
  if (at(0, '\x89PNG\r\n\x1a\n')) return 'image/png'
  if (at(0, 'GIF87a') || at(0, 'GIF89a')) return 'image/gif'
  if (at(0, 'RIFF') && at(8, 'WEBP')) return 'image/webp'
  if (at(4, 'ftyp') && (at(8, 'avif') || at(8, 'avis'))) return 'image/avif'
  return null
}
