import type { SpanWithPayload } from '@signalbox/schema'
import { answerIdOf } from '../answer-id.ts'

type Place = { traceId: string; spanId: string }
type Answer = { gateway: Place | undefined; clients: Place[] }

/** An answer that more spans than this claim is a mistake of its provider's. */
const MOST_CLIENTS = 16
const NONE: readonly Place[] = []
/**
 * Answers by the id that their provider gave them. A client that does not send its trace along has its span of a call in one trace
 * and the gateway has its own in another: this is how they are known to be one call.
 */
export class AnswerMemory {
  readonly #most: number
  readonly #answers = new Map<string, Answer>()

  constructor(most: number) {
    this.#most = most
  }

  /** Adds the span of a call. Returns clients' spans of the same answer, if it is the gateway's and they came before it. */
  add(row: SpanWithPayload): readonly Place[] {
    const key = keyOf(row)
    if (key === undefined) return NONE
    let answer = this.#answers.get(key)
    if (!answer) {
      answer = { gateway: undefined, clients: [] }
      this.#answers.set(key, answer)
      this.#trim()
    }
    const { traceId, spanId, source } = row.span
    if (source === 'gateway') {
      const first = answer.gateway === undefined
      answer.gateway ??= { traceId, spanId }
      return first ? answer.clients : NONE
    }
    if (answer.clients.length < MOST_CLIENTS && !answer.clients.some((client) => client.spanId === spanId)) {
      answer.clients.push({ traceId, spanId })
    }
    return NONE
  }

  #trim(): void {
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= this.#most) break
      this.#answers.delete(oldest)
    }
  }

  /** Whether the gateway served the call of this client's span. Then the span says in which trace that is. */
  isServed(row: SpanWithPayload): boolean {
    if (row.span.source === 'gateway') return false
    const key = keyOf(row)
    const gateway = key === undefined ? undefined : this.#answers.get(key)?.gateway
    if (!gateway) return false
    if (gateway.traceId !== row.span.traceId) row.span.metadata = { ...row.span.metadata, gatewayTraceId: gateway.traceId }
    return true
  }
}

function keyOf({ span, payload, responseId }: SpanWithPayload): string | undefined {
  if (span.kind !== 'llm' && span.kind !== 'embedding') return undefined
  // Clients of LangSmith and others store the whole answer, as the gateway does.
  const id = span.source === 'otlp' ? responseId : answerIdOf(payload.output)
  return id ? `${span.projectId} ${id}` : undefined
}
