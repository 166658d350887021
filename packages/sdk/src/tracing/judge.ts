import { trace } from '@opentelemetry/api'
import { type Feedback, FeedbackError } from '../feedback/index.ts'
import { current } from './init.ts'

export type Score = {
  name: string
  value: number | string | boolean
  traceId?: string
  spanId?: string
  sessionId?: string
  comment?: string
  type?: 'numeric' | 'boolean' | 'categorical' | 'text'
  metadata?: Record<string, string>
  /** Sent again with the same id, it replaces what was said. */
  id?: string
}

/** Scores a trace, a span or a session; the current trace where none is named. */
export const score = async (given: Score): Promise<{ id: string }> => await post('/api/v1/scores', withTrace(given))

/** What a person says about an answer; of the current trace where none is named. */
export const feedback = async (given: Feedback): Promise<{ id: string }> => await post('/api/v1/feedback', withTrace(given))

/** The id of the current trace: hand it to the page, so that its feedback finds the answer. Undefined outside of a trace. */
export const currentTraceId = (): string | undefined => trace.getActiveSpan()?.spanContext().traceId

function withTrace<G extends { traceId?: string; sessionId?: string }>(given: G): G {
  if (given.traceId !== undefined || given.sessionId !== undefined) return given
  const traceId = currentTraceId()
  if (traceId === undefined)
    throw new Error('There is no current trace: pass `traceId` or `sessionId`, or call this inside an observed function.')
  return { ...given, traceId }
}

async function post(path: string, body: object): Promise<{ id: string }> {
  const { url, key } = current()
  if (!url || !key) throw new Error('Call init() with a key before scores are sent.')
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = (await response.json().catch(() => undefined)) as { id?: string; error?: { message?: string; hint?: string } } | undefined
  if (response.ok && answer?.id) return { id: answer.id }
  const { message = `status ${response.status}`, hint } = answer?.error ?? {}
  throw new FeedbackError(hint ? `${message} ${hint}` : message, response.status, Number(response.headers.get('retry-after')) || undefined)
}
