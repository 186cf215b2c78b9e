/** A mail program without manners. */
import { connect } from 'node:net'

const patienceMs = 5_000

/** Says all its lines at once and reads until the door closes, or for a while. */
export async function says(port: number, lines: readonly string[]): Promise<() => Promise<void>> {
  const text = Buffer.from(`${lines.join('\r\n')}\r\nQUIT\r\n`)
  return () =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1')
      const done = () => {
        socket.destroy()
        resolve()
      }
      socket.setTimeout(patienceMs, done)
      socket.on('error', done)
      socket.on('close', done)
      socket.resume()
      socket.write(text)
    })
}
