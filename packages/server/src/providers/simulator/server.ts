import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerTo } from './answer.ts'
import { Refusal } from './ask.ts'
import { openBatches } from './batches.ts'
import { type Counter, openCounter } from './count.ts'
import type { Frame, Incoming } from './dialect.ts'
import { openFiles, type Reply } from './files.ts'
import { geminiModels, modelList, modelNamed } from './models.ts'
import { openaiErrorBody } from './openai-errors.ts'
import { play, SIMULATOR_HEADERS } from './play.ts'
import { dialectAt, errorDialectOf, groupsOf } from './routes.ts'
import { runLineOf } from './run-line.ts'
import { strikes } from './strikes.ts'

export type SimulatorOptions = {
  /** 0 or absent: any free one. */
  port?: number
  host?: string
  /** Where calls are written down, one JSON line each; absent: in memory only. */
  countFile?: string
  /** Larger bodies get 413. */
  maxBodyBytes?: number
}

export type Simulator = {
  /** `http://127.0.0.1:PORT/v1`. Anthropic, Gemini, Bedrock and Cohere have their paths beside `/v1`. */
  url: string
  close(): Promise<void>
}

/**
 * Starts a provider that costs nothing and says everywhere that it is a simulator: models `echo`, `script`, `faults` in
 * every dialect of `routes.ts`, a real socket, its own count at GET /count, what is under way at GET /in-flight. Throws when the port is taken.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', countFile, maxBodyBytes = 268_435_456 } = options
  const counter = await openCounter(countFile)
  const inFlight = { calls: 0, most: 0 }
  const context = { counter, inFlight, struck: new Map<string, number>(), maxBodyBytes, stores: openStores(counter) }
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    answer(request, response, context).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else send(response, 500, json(openaiErrorBody(new Refusal(500, `The simulator failed: ${String(error)}`))))
    })
  })
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    counter.close()
    throw error
  }
  const address = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}/v1`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      counter.close()
    },
  }
}

type Store = { pattern: RegExp; answer(method: string, request: Incoming): Promise<Reply | undefined> | Reply | undefined }
/** `inFlight`: calls whose answer is not over, and whose client has not hung up, and the most that there were at once. `struck`: how many calls a fault with `times` struck so far. */
type Context = {
  counter: Counter
  inFlight: { calls: number; most: number }
  struck: Map<string, number>
  maxBodyBytes: number
  stores: Store[]
}

/** What is kept in memory for as long as the simulator runs. */
function openStores(counter: Counter): Store[] {
  const note = (dialect: string) => () => counter.add({ dialect, model: 'none', input: 0, output: 0, outcome: 'ok' })
  const files = openFiles(note('files'))
  const batches = openBatches({ files, run: runLineOf(counter), created: note('batches') })
  return [
    { pattern: /^\/v1\/files(?:\/([^/]+)(\/content)?)?$/, answer: files.answer },
    { pattern: /^\/v1\/batches(?:\/([^/]+)(\/cancel)?)?$/, answer: batches.answer },
  ]
}

async function answer(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2)
  const found = dialectAt(path)
  const failing = found?.dialect ?? errorDialectOf(path)
  try {
    if (found && request.method === 'POST') {
      const incoming = await readRequest(request, { query, groups: found.groups, maxBodyBytes: context.maxBodyBytes })
      if (incoming === undefined) return
      const { dialect } = found
      const { inFlight } = context
      inFlight.most = Math.max(inFlight.most, ++inFlight.calls)
      response.once('close', () => inFlight.calls--)
      const ask = await dialect.decode(incoming)
      const { counter, struck } = context
      const answer = answerTo(ask, dialect.wholeCalls, (times) => strikes(struck, ask, times))
      await play({ ask, answer, dialect, response, count: (call) => counter.add(call) })
    } else await answerFromMemory(request, response, { path, query, ...context })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    send(response, error.status, json(failing.error(error)), failing.errorHeaders?.(error))
  }
}

async function answerFromMemory(
  request: IncomingMessage,
  response: ServerResponse,
  { path, query, counter, inFlight, maxBodyBytes, stores }: Context & { path: string; query: string },
): Promise<void> {
  const method = request.method ?? 'GET'
  for (const { pattern, answer } of stores) {
    const groups = groupsOf(pattern, path)
    if (!groups) continue
    const incoming = await readRequest(request, { query, groups, maxBodyBytes })
    if (incoming === undefined) return
    const reply = await answer(method, incoming)
    if (!reply) throw new Refusal(405, `${method} is not possible at ${path}.`)
    send(response, 200, reply)
    return
  }
  request.resume()
  if (dialectAt(path)) throw new Refusal(405, `Use POST for ${path}.`)
  const isAnthropic = 'anthropic-version' in request.headers
  const value = lookUp(path, isAnthropic, { counter, inFlight })
  if (value === undefined) throw new Refusal(404, `Unknown request URL: ${method} ${path}.`, { code: 'unknown_url' })
  if (method !== 'GET') throw new Refusal(405, `Use GET for ${path}.`)
  send(response, 200, json(JSON.stringify(value)))
}

function lookUp(path: string, isAnthropic: boolean, { counter, inFlight }: Pick<Context, 'counter' | 'inFlight'>): unknown {
  const fixed: Record<string, () => unknown> = {
    '/count': counter.read,
    '/v1/count': counter.read,
    '/in-flight': () => inFlight,
    '/v1/models': () => modelList(isAnthropic),
    '/v1beta/models': geminiModels,
  }
  const model = groupsOf(/^\/v1\/models\/(.+)$/, path)?.[0]
  return model === undefined ? fixed[path]?.() : modelNamed(model, isAnthropic)
}

const json = (body: string): { type: string; body: Frame } => ({ type: 'application/json', body })

function send(response: ServerResponse, status: number, { type, body }: Reply, headers: Record<string, string> = {}): void {
  response
    .writeHead(status, { ...SIMULATOR_HEADERS, ...headers, 'content-type': type, 'content-length': Buffer.byteLength(body) })
    .end(body)
}

/** Undefined when the client hung up before the body was complete. */
async function readRequest(
  request: IncomingMessage,
  { query, groups, maxBodyBytes }: { query: string; groups: string[]; maxBodyBytes: number },
): Promise<Incoming | undefined> {
  const body = await readBody(request, maxBodyBytes)
  if (body === undefined) return undefined
  return { groups, query: new URLSearchParams(query), headers: request.headers, body, json: () => parse(body) }
}

function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  return new Promise((done, fail) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= maxBytes) chunks.push(chunk)
      else {
        request.removeAllListeners('data').resume()
        fail(new Refusal(413, `The body is larger than ${maxBytes} bytes.`))
      }
    })
    request.on('end', () => done(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)))
    request.on('error', () => done(undefined))
    request.on('close', () => done(undefined))
  })
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    throw new Refusal(400, 'We could not parse the JSON body of your request.')
  }
}
