import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../signalbox.ts'
import type { World } from './world.ts'

/** Connections that send nothing, held open until `close`. `opened` may be less than asked for where the system gives no more. */
export async function idleConnections({ signalbox }: World, count: number): Promise<{ opened: number; close(): void }> {
  const sockets: Socket[] = []
  let failed = 0
  const open = () =>
    new Promise<void>((resolve) => {
      const socket = connect(signalbox.port, '127.0.0.1', () => {
        sockets.push(socket)
        resolve()
      })
      socket.on('error', () => {
        failed++
        resolve()
      })
    })
  for (let at = 0; at < count; at += 200) await Promise.all(Array.from({ length: Math.min(200, count - at) }, open))
  return { opened: sockets.length - failed, close }

  function close(): void {
    for (const socket of sockets) socket.destroy()
  }
}

/** Asks for long streams and never reads them: what they are sent stays with the edge and the provider. */
export async function deafReaders({ signalbox, inFlight }: World, options: { count: number; forMs: number; bytes: number }): Promise<void> {
  // Long words, so that it is bytes that pile up and not the simulator's work.
  const text = `${'d'.repeat(9999)} `.repeat(options.bytes / 10_000)
  const body = JSON.stringify({ model: 'sim/script', stream: true, messages: [{ role: 'user', content: JSON.stringify({ text }) }] })
  const sockets = Array.from({ length: options.count }, () => {
    const socket = connect(signalbox.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.pause()
    socket.write(
      `${head(signalbox, '/v1/chat/completions')}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
    return socket
  })
  // A client that leaves before its request was read has made no call.
  await eventually(async () => ((await inFlight()) >= options.count ? true : undefined))
  await sleep(options.forMs)
  for (const socket of sockets) socket.destroy()
}

/** Sends requests a byte at a time and never comes to their end. */
export async function tricklers({ signalbox }: World, options: { count: number; forMs: number }): Promise<void> {
  const sockets = Array.from({ length: options.count }, (_, index) => {
    const socket = connect(signalbox.port, '127.0.0.1')
    socket.on('error', () => {})
    const path = index % 2 === 0 ? '/v1/chat/completions' : '/v1/traces'
    socket.write(`${head(signalbox, path)}content-type: application/x-protobuf\r\ncontent-length: 1000000\r\n\r\n`)
    return socket
  })
  const until = Date.now() + options.forMs
  while (Date.now() < until) {
    for (const socket of sockets) if (socket.writable) socket.write('{')
    await sleep(20)
  }
  for (const socket of sockets) socket.destroy()
}

const head = ({ port, secretKey }: World['signalbox'], path: string): string =>
  `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${secretKey}\r\n`

/** Sends raw bytes and returns all that comes back until the other side closes. */
export function raw({ signalbox }: World, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(signalbox.port, '127.0.0.1')
    let text = ''
    socket.setEncoding('utf8').setTimeout(5000, () => socket.destroy())
    socket.on('data', (data: string) => (text += data))
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
    socket.write(bytes)
  })
}
