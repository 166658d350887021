import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { RequestIds } from '../../lib/request-ids.ts'
import type { Door } from '../doors.ts'
import { endpointsAt } from '../endpoints.ts'
import type { Vector } from './questions.ts'

type Call = (
  door: Door,
  exchange: {
    request: IncomingMessage
    response: ServerResponse
    ids: RequestIds
    secret: string | undefined
    readBody(): Promise<Buffer>
  },
) => Promise<void>

type Parent = { request: IncomingMessage; response: ServerResponse; ids: RequestIds; secret: string | undefined; spanId: string }

/** What comes later is not worth having waited for. */
const DEADLINE_MS = 2000

const EMBEDDINGS = endpointsAt('/embeddings')?.found[0]
/** Whose call it is, as the client said of the one that it belongs to. */
const ABOUT = /^(x-signalbox-(session|user|environment|tags|metadata)|helicone-(session-id|user-id|property-environment))$/

/**
 * The vector of a question, from the alias or provider/model that embeds: a call like any other, with the key of the one it
 * belongs to, below whose span it is recorded and paid. Undefined where it fails or takes too long.
 */
export async function embedQuestion(
  call: Call,
  { text, model, parent }: { text: string; model: string; parent: Parent },
): Promise<Vector | undefined> {
  if (!EMBEDDINGS) return undefined
  const request = new IncomingMessage(new Socket())
  for (const name in parent.request.headers) if (ABOUT.test(name)) request.headers[name] = parent.request.headers[name]
  const response = new CollectedResponse(request)
  const giveUp = () => response.destroy()
  const timer = setTimeout(giveUp, DEADLINE_MS)
  parent.response.once('close', giveUp)
  const body = Buffer.from(JSON.stringify({ model, input: text, encoding_format: 'float' }))
  const ids = { ...parent.ids, parentId: parent.spanId }
  try {
    await Promise.race([
      call(EMBEDDINGS, { request, response, ids, secret: parent.secret, readBody: async () => body }).then(() => response.over),
      response.over,
    ])
    return response.statusCode === 200 ? vectorOf(response.body()) : undefined
  } catch {
    // It was refused: by a limit, for lack of a provider. The call that it belongs to goes on.
    return undefined
  } finally {
    clearTimeout(timer)
    parent.response.off('close', giveUp)
  }
}

/** A response that nobody reads but the one who asked. */
class CollectedResponse extends ServerResponse {
  readonly #chunks: Buffer[] = []
  readonly #over = Promise.withResolvers<void>()
  #isClosed = false

  /** Answered or given up. */
  get over(): Promise<void> {
    return this.#over.promise
  }

  body(): string {
    return Buffer.concat(this.#chunks).toString('utf8')
  }

  override write(chunk: Buffer | string): boolean {
    this.#chunks.push(Buffer.from(chunk))
    return true
  }

  override end(chunk?: unknown): this {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) this.#chunks.push(Buffer.from(chunk as Buffer))
    this.#close()
    return this
  }

  override destroy(): this {
    this.statusCode = 0
    this.#close()
    return this
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.destroyed = true
    this.#over.resolve()
    this.emit('close')
  }
}

function vectorOf(text: string): Vector | undefined {
  try {
    const { data, model } = JSON.parse(text) as { data?: { embedding?: unknown }[]; model?: unknown }
    const values = data?.[0]?.embedding
    if (!Array.isArray(values) || values.length === 0 || !values.every((value) => Number.isFinite(value))) return undefined
    return { values: Float32Array.from(values as number[]), model: typeof model === 'string' ? model : '' }
  } catch {
    return undefined
  }
}
