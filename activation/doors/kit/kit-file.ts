/**
 * The kit as a file: the program, the same for everyone, and behind it the author's data as an inert block. The page can
 * write itself down again, byte for byte, from what stands in it, so it says its own hash and saves copies of itself.
 * The policy in the page lets nothing run but the two scripts whose hashes it names; the data can never become a third. The
 * style sheet is packed with the program, and its hash is named too.
 */

export type KitProgram = {
  readonly policy: string
  /** The program, gzip in `base85`. Unpacked by `unpack`. */
  readonly packed: string
  readonly unpack: string
}

export const kitBytesMax = 200_000
/** The last line of the program part. The hash is over everything up to it and with it. */
export const dataFollows = "<!-- The author's data follows. Everything above is the same for everyone. -->\n"

/** Runs first: unpacks the program into a script element. The policy checks the hash of what comes out. */
export const unpackSource = `addEventListener('DOMContentLoaded',async()=>{const t=document.getElementById('program').textContent,n=t.length,b=new Uint8Array(n*4/5);for(let i=0,o=0;i<n;i+=5){let v=0;for(let j=0;j<5;j++){const c=t.charCodeAt(i+j);v=v*85+(c?c-35-(c>60):84)}for(let k=24;k>=0;k-=8)b[o++]=v/2**k}const s=document.createElement('script');s.textContent=await new Response(new Blob([b]).stream().pipeThrough(new DecompressionStream('gzip'))).text();document.body.append(s)})`

/**
 * Four bytes in five characters, `#` to `x` without `<`, as Ascii85 shortens the last group (PostScript Language Reference,
 * third edition, 3.13.3). A sixteenth smaller than base64, and the file has a limit.
 */
export function base85(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 4) {
    const left = Math.min(4, bytes.length - i)
    let value = 0
    for (let j = 0; j < 4; j++) value = value * 256 + (bytes[i + j] ?? 0)
    for (let j = 4; j >= 4 - left; j--) {
      const digit = Math.floor(value / 85 ** j) % 85
      text += String.fromCharCode(digit + 35 + (digit + 35 >= 60 ? 1 : 0))
    }
  }
  return text
}

export function kitProgram({ policy, packed, unpack }: KitProgram): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>DGOS kit</title></head>
<body><noscript>This kit writes, signs and sends posts on your own device: allow scripts for it.</noscript>
<script type="application/gzip" id="program">${packed}</script>
<script id="unpack">${unpack}</script>
${dataFollows}`
}

/** `hash` gives SHA-256 in base64. */
export function kitPolicy(parts: { style: string; unpack: string; program: string }, hash: (text: string) => string) {
  const scripts = `'sha256-${hash(parts.unpack)}' 'sha256-${hash(parts.program)}'`
  return `default-src 'none'; script-src ${scripts}; style-src 'sha256-${hash(parts.style)}'; img-src blob: data:; connect-src http: https:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'`
}

export function kitWithData(program: string, data: unknown): string {
  const text = JSON.stringify(data).replace(/</g, '\\u003c')
  return `${program}<script type="application/json" id="author">${text}</script>\n`
}

/** The data of a kit file, of whatever version its program is; null where there is none. */
export function dataOfKit(file: string): unknown {
  const found = /<script type="application\/json" id="author">([^<]*)<\/script>\s*$/.exec(file)
  try {
    return found === null ? null : JSON.parse(found[1]!)
  } catch {
    return null // not a kit file
  }
}
