import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { AppError } from '@signalbox/schema/errors'
import { otlpJson } from './otlp-json.ts'
import type { DemoTrace } from './traces/trace.ts'

const compress = promisify(gzip)
/** A trace is never divided: a request ends with the trace that reaches this many spans. */
const SPANS_PER_REQUEST = 300
const MOST_TRIES = 30

type Server = { url: string; key: string }

/** Sends traces to `/v1/traces`, in order, and waits where the server asks for it. A span that is refused is an error. */
export async function sendTraces(
  server: Server,
  traces: readonly DemoTrace[],
  told: (sent: number) => void = () => undefined,
): Promise<void> {
  let batch: DemoTrace[] = []
  let spans = 0
  let sent = 0
  for (const trace of traces) {
    batch.push(trace)
    spans += trace.spans.length
    if (spans < SPANS_PER_REQUEST) continue
    await send(server, batch)
    sent += batch.length
    told(sent)
    batch = []
    spans = 0
  }
  if (batch.length > 0) await send(server, batch)
  told(traces.length)
}

async function send({ url, key }: Server, traces: readonly DemoTrace[]): Promise<void> {
  const body = await compress(otlpJson(traces))
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: new Uint8Array(body),
    }).catch((cause: unknown) => {
      throw new AppError('unavailable', `No server answers at ${url}.`, {
        cause,
        hint: 'Start one with "npm start", or name another one with --url.',
      })
    })
    const answer = (await response.json().catch(() => undefined)) as Answer | undefined
    if (response.ok) return check(answer)
    if ((response.status !== 429 && response.status !== 503) || attempt === MOST_TRIES) refuse(response.status, answer)
    await sleep(1000 * Math.max(0.2, Number(response.headers.get('retry-after') ?? 1)))
  }
}

type Answer = {
  partialSuccess?: { rejectedSpans?: string | number; errorMessage?: string }
  error?: { message?: string; hint?: string }
  message?: string
}

function check(answer: Answer | undefined): void {
  const { rejectedSpans = 0, errorMessage = '' } = answer?.partialSuccess ?? {}
  if (Number(rejectedSpans) > 0) throw new AppError('internal', `The server refused ${rejectedSpans} spans: ${errorMessage}`)
}

function refuse(status: number, answer: Answer | undefined): never {
  const message = answer?.error?.message ?? answer?.message ?? `The server answered ${status}.`
  const hint = answer?.error?.hint ?? (status === 401 ? 'Give a secret key with the permission traces:write: --key sk-sb-….' : '')
  throw new AppError(status === 401 ? 'unauthenticated' : 'invalid-request', message, hint ? { hint } : {})
}
