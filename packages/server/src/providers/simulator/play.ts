import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, outputTokens } from './answer.ts'
import { type Ask, Refusal } from './ask.ts'
import type { Counted } from './count.ts'
import { type Dialect, type Frame, joined } from './dialect.ts'

export const SIMULATOR_HEADERS = { 'x-simulator': 'signalbox' } as const

type Scene = { ask: Ask; answer: Answer; dialect: Dialect; response: ServerResponse; count(call: Counted): void }

/**
 * Sends an answer in its own time, with its fault, and counts it once: `ok`, `aborted` when the client hung up, else
 * the name of the fault. Nothing counts where no answer began. Of an answer that began its input counts, and its output as far as a
 * reader can have it: the pieces of a stream that were sent, and nothing of a whole answer that is not there to its end.
 */
export async function play(scene: Scene): Promise<void> {
  const { answer, response } = scene
  if (answer.fault === null && isInstant(answer)) {
    playAtOnce(scene)
    return
  }
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  try {
    await (isStream(scene) ? playStream(scene, gone.signal) : playWhole(scene, gone.signal))
  } catch (error) {
    if (!gone.signal.aborted) throw error
  }
}

/** The common case of a bench: no timer, no promise, one write. */
function playAtOnce(scene: Scene): void {
  const { ask, answer, dialect, response } = scene
  const frames = framesOf(scene)
  if (frames) {
    const { head, chunks, tail, type } = frames
    settle(scene, 'ok')
    response.writeHead(200, streamHeaders(ask, type)).end(joined([head, ...chunks, tail]))
  } else {
    const whole = bodyOf(dialect.whole(ask, answer))
    settle(scene, 'ok')
    response.writeHead(200, wholeHeaders(ask, whole)).end(whole.body)
  }
}

const framesOf = ({ ask, answer, dialect }: Scene) => (ask.stream ? dialect.stream?.(ask, answer) : undefined)
const isStream = ({ ask, dialect }: Scene): boolean => ask.stream && dialect.stream !== undefined
const bodyOf = (whole: ReturnType<Dialect['whole']>) => (typeof whole === 'string' ? { type: 'application/json', body: whole } : whole)

async function playWhole(scene: Scene, gone: AbortSignal): Promise<void> {
  const { ask, answer, dialect, response } = scene
  const { delayMs, firstTokenMs, chunkMs } = answer.times
  const { fault } = answer
  gone.addEventListener('abort', () => settle(scene, faultName(scene) ?? 'aborted', { began: false }))
  await sleep(Math.max(delayMs, firstTokenMs) + chunkMs * Math.max(0, answer.pieces.length - 1), undefined, { signal: gone })
  if (failsBeforeHeaders(scene)) return
  const whole = bodyOf(dialect.whole(ask, answer))
  if (fault?.kind === 'garbage' || fault?.kind === 'wrong-type') {
    const type = fault.kind === 'garbage' ? whole.type : GARBAGE_TYPE
    settle(scene, fault.kind, { pieces: 0 })
    response.writeHead(200, wholeHeaders(ask, { type, body: GARBAGE })).end(GARBAGE)
    return
  }
  const { body } = whole
  response.writeHead(200, wholeHeaders(ask, whole))
  if (fault?.kind === 'cut') {
    settle(scene, 'cut', { pieces: 0 })
    await write(response, body.slice(0, Math.floor(body.length / 2)), gone)
    await cut(response)
    return
  }
  settle(scene, faultName(scene) ?? 'ok')
  response.end(body)
}

async function playStream(scene: Scene, gone: AbortSignal): Promise<void> {
  const { ask, answer, response } = scene
  const { delayMs, firstTokenMs, chunkMs } = answer.times
  const { fault } = answer
  const start = Date.now()
  let sent = 0
  gone.addEventListener('abort', () => settle(scene, faultName(scene) ?? 'aborted', { pieces: sent, began: response.headersSent }))
  if (delayMs > 0) await sleep(delayMs, undefined, { signal: gone })
  if (failsBeforeHeaders(scene)) return

  const frames = framesOf(scene)
  if (!frames) return
  const { head, chunks, tail } = frames
  if (fault?.kind === 'wrong-type') {
    settle(scene, fault.kind, { pieces: 0 })
    response.writeHead(200, wholeHeaders(ask, { type: GARBAGE_TYPE, body: GARBAGE })).end(GARBAGE)
    return
  }
  const strike = fault && fault.kind !== 'slow' ? Math.min(fault.at ?? Math.floor(chunks.length / 2), chunks.length) : -1
  response.writeHead(200, streamHeaders(ask, frames.type))
  await write(response, head, gone)
  for (let index = 0; index <= chunks.length; index++) {
    if (index === strike) {
      if (fault?.kind === 'hang') return
      if (fault?.kind === 'cut') {
        await cut(response)
        return
      }
      if (typeof fault?.kind === 'number') {
        settle(scene, String(fault.kind), { pieces: sent })
        response.end(frames.error(faultRefusal(fault.kind), sent))
        return
      }
      await write(response, frames.garbage ?? GARBAGE_FRAME, gone)
    }
    const chunk = chunks[index]
    if (chunk === undefined) break
    const pause = index === 0 ? start + firstTokenMs - Date.now() : chunkMs * pauseFactor(scene, index)
    if (pause > 0) await sleep(pause, undefined, { signal: gone })
    // What waits for a slow reader has left, too.
    sent = index + 1
    await write(response, chunk, gone)
  }
  settle(scene, faultName(scene) ?? 'ok')
  response.end(tail)
}

/** True when the fault struck instead of an answer. In a stream, `at` moves it behind the headers. */
function failsBeforeHeaders(scene: Scene): boolean {
  const { fault } = scene.answer
  const later = isStream(scene) && fault?.at !== undefined
  if (typeof fault?.kind === 'number' && !(later && fault.at !== 0)) {
    refuse(scene, fault.kind)
    return true
  }
  if (fault?.kind === 'refuse') scene.response.destroy()
  return fault?.kind === 'refuse' || (fault?.kind === 'hang' && !later)
}

/** `slow` from a chunk on: before it, chunks come at once. */
const pauseFactor = ({ answer: { fault } }: Scene, index: number): number => (fault?.kind === 'slow' && index < (fault.at ?? 0) ? 0 : 1)

const GARBAGE_TYPE = 'text/html; charset=utf-8'
const GARBAGE = '<html><body>502 Bad Gateway</body></html>'
const GARBAGE_FRAME = 'data: {"id":"sim-garbage","choices":[{"delta":{"content":"\n\n'

function refuse(scene: Scene, status: number): void {
  const { dialect, response, answer } = scene
  settle(scene, String(status), { began: false })
  const refusal = faultRefusal(status)
  const body = dialect.error(refusal)
  const retryAfter = answer.fault?.retryAfter ?? (status === 429 ? 1 : undefined)
  response
    .writeHead(status, {
      ...SIMULATOR_HEADERS,
      ...dialect.errorHeaders?.(refusal),
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    })
    .end(body)
}

const MESSAGES: Record<number, string> = {
  429: 'Rate limit reached for the simulator.',
  500: 'The simulator had an error while processing your request.',
}
const CODES: Record<number, string> = { 401: 'invalid_api_key', 404: 'model_not_found', 429: 'rate_limit_exceeded' }
const faultRefusal = (status: number): Refusal => {
  const code = CODES[status]
  return new Refusal(status, MESSAGES[status] ?? `The simulator was asked to answer ${status}.`, code === undefined ? {} : { code })
}

/** What was written arrives, and then the connection ends in the middle of the body. */
async function cut(response: ServerResponse): Promise<void> {
  await new Promise((done) => setImmediate(done))
  response.socket?.destroy()
}

async function write(response: ServerResponse, frame: Frame, gone: AbortSignal): Promise<void> {
  if (frame.length > 0 && !response.write(frame)) await once(response, 'drain', { signal: gone })
}

const settled = new WeakSet<ServerResponse>()

/** Before the last bytes leave, so that an answer that somebody has is always counted. Only the first call counts. */
function settle(
  { ask, answer, dialect, response, count }: Scene,
  outcome: string,
  { pieces, began = true }: { pieces?: number; began?: boolean } = {},
): void {
  if (settled.has(response)) return
  settled.add(response)
  const { input, output } = answer.usage
  const whole = pieces === undefined || (pieces > 0 && pieces >= answer.pieces.length)
  const sent = whole ? output : Math.min(output, outputTokens(answer.pieces, pieces) * ask.choices)
  const paid = began && !dialect.free
  count({ dialect: dialect.name, model: ask.model, input: paid ? input : 0, output: paid ? sent : 0, outcome })
}

const faultName = ({ answer: { fault } }: Scene): string | null => (fault === null ? null : String(fault.kind))
const isInstant = ({ times }: Answer): boolean => times.delayMs === 0 && times.firstTokenMs === 0 && times.chunkMs === 0

const common = (ask: Ask) => ({ ...SIMULATOR_HEADERS, ...(ask.images > 0 && { 'x-simulator-images': String(ask.images) }) })
const wholeHeaders = (ask: Ask, { type, body }: { type: string; body: Frame }) => ({
  ...common(ask),
  'content-type': type,
  'content-length': Buffer.byteLength(body),
})
const streamHeaders = (ask: Ask, type = 'text/event-stream; charset=utf-8') => ({
  ...common(ask),
  'content-type': type,
  'cache-control': 'no-cache',
})
