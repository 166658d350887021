import { randomBytes } from 'node:crypto'
import type { Signalbox } from '../../signalbox.ts'
import { eventually } from '../../signalbox.ts'

type Chat = { model?: string; text: string; headers?: Record<string, string> }
/** Makes one call through the gateway and returns the id of its trace. */
export const call = (server: Signalbox, { model = 'simulator/echo', text, headers = {} }: Chat): Promise<string> =>
  post(server, '/v1/chat/completions', { model, messages: [{ role: 'user', content: text }] }, headers)

/** Makes a call of any dialect and returns the id of its trace. */
export async function post(server: Signalbox, path: string, body: object, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.secretKey}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  await response.arrayBuffer()
  return response.headers.get('x-signalbox-trace-id') ?? ''
}

/** Sends one trace of many spans by OpenTelemetry, and waits until it can be read whole. Returns its id. */
export async function sendTrace(server: Signalbox, { name, spans }: { name: string; spans: number }): Promise<string> {
  const traceId = randomBytes(16).toString('hex')
  const started = Date.now() - 60_000
  const ids = Array.from({ length: spans }, () => randomBytes(8).toString('hex'))
  const nano = (milliseconds: number) => `${milliseconds}000000`
  const all = ids.map((spanId, at) => ({
    traceId,
    spanId,
    ...(at > 0 && { parentSpanId: ids[Math.floor((at - 1) / 4)] }),
    name: at === 0 ? name : `step ${at}`,
    kind: 1,
    startTimeUnixNano: nano(started + at * 10),
    endTimeUnixNano: nano(at === 0 ? started + spans * 10 + 50 : started + at * 10 + 40),
    attributes: [{ key: 'step.number', value: { intValue: String(at) } }],
    status: at === spans - 1 ? { code: 2, message: 'the last step failed' } : {},
  }))
  for (let at = 0; at < all.length; at += 500) {
    const response = await fetch(`${server.url}/v1/traces`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        resourceSpans: [
          {
            resource: { attributes: [{ key: 'service.name', value: { stringValue: 'importer' } }] },
            scopeSpans: [{ scope: { name: 'test' }, spans: all.slice(at, at + 500) }],
          },
        ],
      }),
    })
    if (!response.ok) throw new Error(`OTLP ${response.status}: ${await response.text()}`)
  }
  await readable(server, traceId, spans)
  return traceId
}

/** Waits until a trace can be read with this many spans. */
export async function readable(server: Signalbox, traceId: string, spans = 1): Promise<void> {
  await eventually(async () => {
    const response = await fetch(`${server.url}/api/v1/traces/${traceId}/outline`, {
      headers: { authorization: `Bearer ${server.secretKey}` },
    })
    const body = (await response.json()) as { spans?: unknown[] }
    return response.ok && (body.spans?.length ?? 0) >= spans ? true : undefined
  })
}
