import { type AttemptRecord, type CallEnd, SpanRow, type SpanWithPayload } from '@signalbox/schema'
import { sha256 } from '../lib/ids.ts'
import { usageColumns } from './call-to-span.ts'

/** What the tries of a call are called, where there was more than one. */
const ATTEMPT = 'attempt'

/** A try of a call. It is no call of its own: it counts in sums of tokens and money, and nowhere as a call. */
export const isAttempt = ({ source, operation }: Pick<SpanRow, 'source' | 'operation'>): boolean =>
  source === 'gateway' && operation === ATTEMPT

/**
 * The tries of a call, each as a child of its span, where there was more than one. Their ids follow from that of the call, so that a
 * batch that comes again makes the same rows. What a failed try used stands with it; the last one's own stands on the call.
 */
export function attemptSpans({ span: call, owner }: SpanWithPayload, { attempts, route, priceVersion }: CallEnd): SpanWithPayload[] {
  // One that failed before its client left used what it used, though nothing followed.
  if (attempts.length < 2 && !attempts.some(({ usage }) => usage)) return []
  const endsAt = call.startedAt + call.durationMs * 1000
  return attempts.map((attempt, index) => {
    const isLast = index === attempts.length - 1
    const startedAt = Math.min(Math.max(attempt.startedAt, call.startedAt), endsAt)
    const { projectId, traceId, environment, userId, sessionId, keyId, requestModel, receivedAt } = call
    const identity = { projectId, traceId, spanId: sha256(`${call.spanId}:${index}`).slice(0, 16), startedAt }
    const span: SpanRow = {
      ...EMPTY,
      ...identity,
      parentId: call.spanId,
      kind: 'span',
      name: nameOf(attempt),
      source: 'gateway',
      operation: ATTEMPT,
      status: isLast ? call.status : 'error',
      errorType: attempt.failure ?? (isLast ? call.errorType : ''),
      statusMessage: (attempt.error ?? '').slice(0, 2000),
      // Both are rounded: a try is over when its call is, at the latest.
      durationMs: Math.max(0, Math.min(attempt.ms, (endsAt - startedAt) / 1000)),
      environment,
      userId,
      sessionId,
      keyId,
      requestModel,
      provider: attempt.provider,
      model: attempt.model,
      ...(attempt.usage && {
        ...usageColumns(attempt.usage),
        usageSource: attempt.usageSource ?? 'provider',
        cost: attempt.cost ?? null,
        priceVersion,
      }),
      mapperVersion: 1,
      receivedAt,
    }
    const chosen = index === 0 && route ? { route: route.reason } : {}
    const attributes = JSON.stringify({ attempt: index + 1, ...attempt, ...chosen })
    return { ...(owner && { owner }), span, payload: { ...identity, input: '', output: '', attributes } }
  })
}

/** A row that says nothing: what is added to rows one day is not the tries' by accident. */
const EMPTY = SpanRow.parse({
  projectId: '',
  traceId: '0'.repeat(32),
  spanId: '0'.repeat(16),
  kind: 'span',
  name: '',
  source: 'gateway',
  status: 'ok',
  startedAt: 0,
  durationMs: 0,
  receivedAt: 0,
})

/** `openai/gpt-4o · 429 rate`: whom it went to, and what came of it. */
function nameOf({ provider, model, status, failure }: AttemptRecord): string {
  const outcome = [status > 0 ? String(status) : '', failure ?? ''].filter(Boolean).join(' ')
  const target = model ? `${provider}/${model}` : provider
  return outcome ? `${target} · ${outcome}` : target
}
