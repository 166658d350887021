import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type OtlpBody, otlpBody } from '../../bench/lib/otlp-body.ts'

/** One call as its client saw it. `answered`: whole, or a stream up to `[DONE]`. */
export type SeenCall = { id: string; answered: boolean; status: number; traceId: string; input: number; output: number }
export type SeenBatch = { id: string; traceId: string; spans: number; acknowledged: boolean; status: number }
export type Seen = { calls: SeenCall[]; batches: SeenBatch[] }

export type TrafficOptions = {
  url: string
  secretKey: string
  /** Begins every id: `x-signalbox-user` of calls, `session.id` of spans. */
  name: string
  callers?: number
  ingesters?: number
  /** Between two requests of one client, in milliseconds. */
  pauseMs?: number
}

/** Enough that the core is at work on a batch most of the time, and a kill finds it there. */
const SPANS_PER_BATCH = 150
const PADDING = 'Nothing in particular. '.repeat(40)

/**
 * Calls and OTLP batches, one after the other per client, until `stop`. Every call and every batch has an id of its own
 * that ends up in the store. Nothing is sent twice, so nothing may be there twice.
 */
export function startTraffic(options: TrafficOptions): { seen: Seen; stop(): Promise<Seen> } {
  const agent = new Agent({ keepAlive: true })
  const seen: Seen = { calls: [], batches: [] }
  let stopping = false
  let next = 0
  const loop = async (once: (n: number) => Promise<boolean>) => {
    while (!stopping) {
      const done = await once(next++)
      await sleep(done ? (options.pauseMs ?? 0) : 20)
    }
  }
  const clients = [
    ...Array.from({ length: options.callers ?? 8 }, () => loop(async (n) => add(seen.calls, await call(options, agent, n)).answered)),
    ...Array.from({ length: options.ingesters ?? 2 }, () =>
      loop(async (n) => add(seen.batches, await ingest(options, agent, n)).acknowledged),
    ),
  ]
  return {
    seen,
    async stop() {
      stopping = true
      await Promise.all(clients)
      agent.destroy()
      return seen
    },
  }
}

/** Every other call is a stream of a tenth of a second, so that a kill always finds some under way. */
async function call({ url, secretKey, name }: TrafficOptions, agent: Agent, n: number): Promise<SeenCall> {
  const stream = n % 2 === 0
  const words = 1 + (n % 17)
  const script = { text: 'word '.repeat(words), ...(stream && { chunkMs: 6 }) }
  const id = `${name}-call-${n}`
  const answer = await send(`${url}/v1/chat/completions`, {
    agent,
    headers: {
      authorization: `Bearer ${secretKey}`,
      'content-type': 'application/json',
      'x-signalbox-user': id,
      'x-signalbox-environment': name,
    },
    body: JSON.stringify({
      model: 'sim/script',
      messages: [{ role: 'user', content: JSON.stringify(script) }],
      ...(stream && { stream, stream_options: { include_usage: true } }),
    }),
  })
  const answered = answer.status === 200 && answer.whole && (!stream || answer.text.includes('data: [DONE]'))
  const usage = /"usage":{"prompt_tokens":(\d+),"completion_tokens":(\d+)/.exec(answer.text)
  return {
    id,
    answered,
    status: answer.status,
    traceId: String(answer.headers['x-signalbox-trace-id'] ?? ''),
    input: Number(usage?.[1] ?? -1),
    output: Number(usage?.[2] ?? -1),
  }
}

async function ingest({ url, secretKey, name }: TrafficOptions, agent: Agent, n: number): Promise<SeenBatch> {
  const id = `${name}-batch-${n}`
  const body = batchBody(id, name)
  const [traceId = ''] = body.renew(Date.now()).traceIds
  const answer = await send(`${url}/v1/traces`, {
    agent,
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/x-protobuf' },
    body: body.bytes,
  })
  return { id, traceId, spans: body.spans, acknowledged: answer.status === 200 && answer.whole, status: answer.status }
}

const batchBody = (session: string, environment: string): OtlpBody =>
  otlpBody('faults', [
    Array.from({ length: SPANS_PER_BATCH }, (_, index) => ({
      name: `step ${index}`,
      parent: index === 0 ? -1 : 0,
      startMs: index,
      durationMs: 5,
      attributes: {
        'session.id': session,
        'deployment.environment': environment,
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-4o-mini',
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.output_tokens': 3,
        'gen_ai.input.messages': PADDING,
      },
    })),
  ])

type Sent = { status: number; headers: IncomingHttpHeaders; text: string; whole: boolean }

/** A request whose failure is an answer too: status 0. `whole` is false where the answer was cut off. */
export function send(
  url: string,
  options: { method?: string; agent?: Agent; headers?: Record<string, string>; body?: string | Buffer; timeoutMs?: number },
): Promise<Sent> {
  return new Promise((resolve) => {
    const { method = 'POST', agent, headers = {}, body = '', timeoutMs = 30_000 } = options
    const length = Buffer.byteLength(body)
    const request = httpRequest(url, {
      method,
      headers: { ...headers, ...(length > 0 && { 'content-length': length }) },
      timeout: timeoutMs,
      ...(agent && { agent }),
    })
    request.on('timeout', () => request.destroy(new Error('no answer')))
    request.on('error', () => resolve({ status: 0, headers: {}, text: '', whole: false }))
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      const finish = (whole: boolean) =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString('utf8'), whole })
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => finish(response.complete))
      response.on('error', () => finish(false))
      response.on('close', () => finish(response.complete))
    })
    request.end(body)
  })
}

function add<T>(list: T[], item: T): T {
  list.push(item)
  return item
}
