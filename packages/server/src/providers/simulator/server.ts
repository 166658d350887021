import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerTo } from './answer.ts'
import { Refusal } from './ask.ts'
import { type Counter, openCounter } from './count.ts'
import type { Dialect } from './dialect.ts'
import { openaiChat } from './openai-chat.ts'
import { play, SIMULATOR_HEADERS } from './play.ts'
import { MODELS, modeOf } from './script.ts'

/** Wire formats that it speaks; a new one is a file and a row. */
const DIALECTS: Record<string, Dialect> = Object.fromEntries([openaiChat].map((dialect) => [dialect.path, dialect]))

export type SimulatorOptions = {
  /** 0 or absent: any free one. */
  port?: number
  host?: string
  /** Where calls are written down, one JSON line each; absent: in memory only. */
  countFile?: string
  /** Larger bodies get 413. */
  maxBodyBytes?: number
}

export type Simulator = { /** `http://127.0.0.1:PORT/v1` */ url: string; close(): Promise<void> }

/**
 * Starts a provider that costs nothing and says everywhere that it is a simulator: models `echo`, `script`, `faults`,
 * a real socket, its own count at GET /count. Throws when the port is taken.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', countFile, maxBodyBytes = 268_435_456 } = options
  const counter = await openCounter(countFile)
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    answer(request, response, { counter, maxBodyBytes }).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else send(response, 500, openaiChat.error(new Refusal(500, `The simulator failed: ${String(error)}`)))
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

type Context = { counter: Counter; maxBodyBytes: number }

async function answer(request: IncomingMessage, response: ServerResponse, { counter, maxBodyBytes }: Context): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
  const dialect = DIALECTS[path]
  try {
    if (dialect && request.method === 'POST') {
      const body = await readBody(request, maxBodyBytes)
      if (body === undefined) return
      const ask = dialect.decode(parse(body))
      await play({ ask, answer: answerTo(ask), dialect, response, count: (call) => counter.add(call) })
    } else {
      request.resume()
      send(response, 200, lookUp(request.method ?? 'GET', path, counter))
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    send(response, error.status, (dialect ?? openaiChat).error(error))
  }
}

function lookUp(method: string, path: string, counter: Counter): string {
  if (path in DIALECTS) throw new Refusal(405, `Use POST for ${path}.`)
  const isModel = path.startsWith('/v1/models/')
  if (!isModel && !['/count', '/v1/count', '/v1/models'].includes(path)) {
    throw new Refusal(404, `Unknown request URL: ${method} ${path}.`, { code: 'unknown_url' })
  }
  if (method !== 'GET') throw new Refusal(405, `Use GET for ${path}.`)
  if (path === '/v1/models') return JSON.stringify({ object: 'list', data: MODELS.map(modelRow) })
  if (isModel) return JSON.stringify(modelRow(modeOf(path.slice('/v1/models/'.length))))
  return JSON.stringify(counter.read())
}

const modelRow = (id: string) => ({ id, object: 'model', created: 1_700_000_000, owned_by: 'signalbox-simulator' })

function send(response: ServerResponse, status: number, body: string): void {
  response
    .writeHead(status, { ...SIMULATOR_HEADERS, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    .end(body)
}

/** Undefined when the client hung up before the body was complete. */
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
