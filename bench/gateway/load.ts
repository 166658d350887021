// The clients of the bench, their own process: raw sockets with keep-alive, so that they take as little as possible
// of the machine that they share with what is measured.
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '../lib/child.ts'
import { percentile } from '../lib/statistics.ts'
import { random } from '../store/random.ts'

export type LoadCommand = {
  port: number
  path: string
  headers: Record<string, string>
  body: string
  connections: number
  seconds: number
  /** Streams begin at different moments, with a short pause of chance between them, as those of real clients do. */
  stream: boolean
  /** The first run of twelve zeros of the body is another number in each request, so that no two are the same. */
  unique?: boolean
}
/** Milliseconds; `firstTokens` of every stream. `firstError` is the start of the first answer that was not a 200. */
export type LoadResult = {
  answers: number
  errors: number
  firstError: string
  seconds: number
  events: number
  p50: number
  p99: number
  firstTokens: number[]
}

const ZEROS = '0'.repeat(12)
let startedAt = 0
const END_OF_HEAD = Buffer.from('\r\n\r\n')
const LAST_CHUNK = Buffer.from('0\r\n\r\n')
const EVENT = Buffer.from('\n\n')

serve<LoadCommand | { stop: true }, LoadResult | { ready: true }>({ ready: true }, (command) => run(command as LoadCommand))

async function run(command: LoadCommand): Promise<LoadResult> {
  const { body, connections, seconds, stream } = command
  const lines = Object.entries({ host: `127.0.0.1:${command.port}`, ...command.headers, 'content-length': String(Buffer.byteLength(body)) })
  const request = Buffer.from(
    `POST ${command.path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  )
  const numberAt = command.unique ? request.indexOf(ZEROS) : -1
  if (command.unique && numberAt === -1) throw new Error('The body has no place for a number.')
  let number = 0
  // Rounds go on where the last one ended.
  startedAt += 1_000_000
  const nextRequest = (): Buffer => {
    if (numberAt === -1) return request
    const one = Buffer.from(request)
    one.write(String(++number + startedAt).padStart(ZEROS.length, '0'), numberAt, 'latin1')
    return one
  }
  const chance = random(connections)
  const total: number[] = []
  const first: number[] = []
  let errors = 0
  let events = 0
  let firstError = ''
  const from = performance.now()
  const until = from + seconds * 1000
  let lastAnswer = from

  async function client(): Promise<void> {
    let socket: Socket | undefined
    if (stream) await sleep(chance.below(1000))
    while (performance.now() < until) {
      try {
        socket ??= await open(command.port)
        const answer = await exchange(socket, nextRequest(), stream)
        if (answer.problem) {
          errors++
          firstError ||= answer.problem
          if (answer.broken) socket = undefined
        } else {
          total.push(answer.ms)
          first.push(answer.firstMs)
          events += answer.events
          lastAnswer = performance.now()
        }
      } catch (error) {
        errors++
        firstError ||= String(error)
        socket = undefined
      }
      if (stream) await sleep(chance.below(40))
    }
    socket?.destroy()
  }
  await Promise.all(Array.from({ length: connections }, client))
  return {
    answers: total.length,
    errors,
    firstError,
    seconds: (lastAnswer - from) / 1000,
    events,
    p50: percentile(total, 0.5),
    p99: percentile(total, 0.99),
    firstTokens: stream ? first : [],
  }
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket))
    socket.once('error', reject)
  })
}

type Answered = { ms: number; firstMs: number; events: number; problem: string; broken: boolean }

/** One request and its whole answer, by length or in chunks. `firstMs` is the arrival of the first content event. */
function exchange(socket: Socket, request: Buffer, stream: boolean): Promise<Answered> {
  return new Promise((resolve) => {
    const sentAt = performance.now()
    let held: Buffer | undefined
    let headText = ''
    let missing = -1
    let chunked = false
    let firstMs = Number.NaN
    let events = 0
    let tail: Buffer = Buffer.alloc(0)
    const finish = (problem: string, broken = false) => {
      clearTimeout(patience)
      socket.off('data', onData).off('close', onClose).off('error', onClose)
      resolve({ ms: performance.now() - sentAt, firstMs, events, problem, broken })
    }
    const onClose = () => finish('the connection closed before the answer was complete', true)
    const patience = setTimeout(() => {
      finish('no whole answer within 20 s', true)
      socket.destroy()
    }, 20_000)
    const onBody = (bytes: Buffer) => {
      if (stream) {
        if (Number.isNaN(firstMs) && bytes.includes('"content"')) firstMs = performance.now() - sentAt
        for (let at = bytes.indexOf(EVENT); at !== -1; at = bytes.indexOf(EVENT, at + 2)) events++
      }
      if (!chunked) missing -= bytes.length
      else tail = bytes.length >= 5 ? bytes.subarray(-5) : Buffer.concat([tail, bytes]).subarray(-5)
      if (chunked ? tail.equals(LAST_CHUNK) : missing <= 0) {
        const ok = headText.startsWith('HTTP/1.1 200')
        const whole = !stream || events > 2
        finish(ok ? (whole ? '' : 'not a stream') : headText.slice(0, 60))
      }
    }
    const onData = (bytes: Buffer) => {
      if (headText) return onBody(bytes)
      const buffer = held ? Buffer.concat([held, bytes]) : bytes
      const end = buffer.indexOf(END_OF_HEAD)
      if (end === -1) {
        held = buffer
        return
      }
      headText = buffer.toString('latin1', 0, end).replace(/^content-length/im, 'content-length')
      chunked = /^transfer-encoding: *chunked/im.test(headText)
      missing = chunked ? -1 : Number(/^content-length: *(\d+)/im.exec(headText)?.[1] ?? 0)
      onBody(buffer.subarray(end + 4))
    }
    if (socket.destroyed || socket.readableEnded) return onClose()
    socket.on('data', onData).on('close', onClose).on('error', onClose)
    socket.write(request)
  })
}
