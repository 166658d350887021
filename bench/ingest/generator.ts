// The clients of the ingest bench, their own process: raw sockets with keep-alive, bodies encoded beforehand.
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '../lib/child.ts'
import type { OtlpBody } from '../lib/otlp-body.ts'
import { percentile } from '../lib/statistics.ts'
import { makeBodies } from './bodies.ts'

export type GeneratorCommand = {
  port: number
  secretKey: string
  spansPerRequest: number
  connections: number
  rate: number
  seconds: number
}
/** Acknowledgements in milliseconds; `refused` by status. */
export type GeneratorResult = {
  accepted: number
  requests: number
  refused: Record<string, number>
  bytes: number
  seconds: number
  p50: number
  p99: number
}

/** So many that no text comes back within what is compressed together. */
const TEXTS = 6000

serve<GeneratorCommand, GeneratorResult | { ready: true }>({ ready: true }, generate)

async function generate({ port, secretKey, spansPerRequest, connections, rate, seconds }: GeneratorCommand): Promise<GeneratorResult> {
  const bodies = makeBodies(spansPerRequest, TEXTS)
  const heads = bodies.map(({ bytes }) =>
    Buffer.from(
      `POST /v1/traces HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${secretKey}\r\ncontent-type: application/x-protobuf\r\ncontent-length: ${bytes.length}\r\n\r\n`,
    ),
  )
  // One body is one buffer: it must not be renewed while an earlier sending of it is under way.
  const free = bodies.map((_, index) => index)
  const found: GeneratorResult = { accepted: 0, requests: 0, refused: {}, bytes: 0, seconds: 0, p50: 0, p99: 0 }
  const times: number[] = []
  const every = (spansPerRequest / rate) * 1000
  const from = performance.now()
  let due = from
  let stopped = false
  setTimeout(() => (stopped = true), seconds * 1000)

  async function client(): Promise<void> {
    let socket: Socket | undefined
    while (!stopped) {
      const wait = due - performance.now()
      due = Math.max(due, performance.now() - 1000) + every
      if (wait > 1) await sleep(wait)
      const index = free.shift()
      const body = bodies[index ?? 0] as OtlpBody
      body.renew(Date.now())
      const sentAt = performance.now()
      socket ??= await open(port)
      const status = await exchange(socket, [heads[index ?? 0] as Buffer, body.bytes])
      if (index !== undefined) free.push(index)
      found.requests++
      if (status === 200) {
        found.accepted += body.spans
        found.bytes += body.bytes.length
        times.push(performance.now() - sentAt)
        continue
      }
      found.refused[status] = (found.refused[status] ?? 0) + 1
      if (status === 0) socket = undefined
      await sleep(200)
    }
    socket?.destroy()
  }
  await Promise.all(Array.from({ length: connections }, client))
  return { ...found, seconds: (performance.now() - from) / 1000, p50: percentile(times, 0.5), p99: percentile(times, 0.99) }
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket))
    socket.once('error', reject)
  })
}

/** The status of the answer; 0 when the connection broke. Answers are short and have a length. */
function exchange(socket: Socket, pieces: Buffer[]): Promise<number> {
  return new Promise((resolve) => {
    let held = ''
    const finish = (status: number) => {
      socket.off('data', onData).off('close', onClose).off('error', onClose)
      resolve(status)
    }
    const onClose = () => finish(0)
    const onData = (bytes: Buffer) => {
      held += bytes.toString('latin1')
      const end = held.indexOf('\r\n\r\n')
      if (end === -1) return
      const length = Number(/content-length: *(\d+)/i.exec(held)?.[1] ?? 0)
      if (held.length >= end + 4 + length) finish(Number(held.slice(9, 12)))
    }
    if (socket.destroyed) return onClose()
    socket.on('data', onData).on('close', onClose).on('error', onClose)
    socket.cork()
    for (const piece of pieces) socket.write(piece)
    socket.uncork()
  })
}
