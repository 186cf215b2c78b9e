/** Parts of dns-packet that its types leave out: the codecs of one record and of one name. */
import 'dns-packet'

declare module 'dns-packet' {
  export const answer: {
    encode(answer: Answer): Buffer
    decode: ((buf: Buffer, offset: number) => Answer) & { bytes: number }
  }
  export const question: {
    decode: ((buf: Buffer, offset: number) => Question & { name: string; type: string; class: string }) & {
      bytes: number
    }
  }
  export const name: {
    encode(name: string): Buffer
    decode: ((buf: Buffer, offset: number) => string) & { bytes: number }
  }
}
