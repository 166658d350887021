import { type Attributes, context, type Span, SpanKind, trace } from '@opentelemetry/api'
import { current, traceHeaders } from './init.ts'
import { fail, textOf } from './record.ts'

/** What a vendor's file knows of one of its methods. */
export type CallSpec = {
  operation: 'chat' | 'text_completion' | 'embeddings'
  provider: string
  /** What was asked for, beside the model. `content` is left out where the app does not record it. */
  asked(body: Body): { attributes: Attributes; content: Attributes }
  /** What a whole answer says. */
  answered(answer: Body): { attributes: Attributes; content: Attributes }
  /** Puts the events of a stream together into a whole answer. */
  collect(): { add(event: Body): void; answer(): Body }
  /** Whether an event of a stream is a part of the answer, and not only its beginning. */
  isAnswer(event: Body): boolean
}
export type Body = Record<string, unknown>

type Create = (body: Body, options?: { headers?: object }, ...rest: unknown[]) => unknown
const WRAPPED = Symbol.for('signalbox.wrapped')

/**
 * Lets a method of a vendor's client leave a span. It stays the client's own method in everything else: what it takes, answers and throws.
 * The method is replaced on the client's object, so that helpers of the client that call it are seen as well.
 */
export function wrapCall(resource: object | undefined, name: string, { baseUrl, spec }: { baseUrl: () => string; spec: CallSpec }): void {
  const methods = resource as Record<string, Create & { [WRAPPED]?: true }> | undefined
  const original = methods?.[name]
  if (!methods || typeof original !== 'function' || original[WRAPPED]) return
  const wrapped: Create & { [WRAPPED]?: true } = (body, options, ...rest) => {
    const { tracer, capture, url } = current()
    const model = String(body?.model ?? '')
    const { attributes, content } = spec.asked(body ?? {})
    const span = tracer.startSpan(`${spec.operation} ${model}`.trim(), {
      kind: SpanKind.CLIENT,
      attributes: {
        'gen_ai.operation.name': spec.operation,
        'gen_ai.provider.name': spec.provider,
        'gen_ai.request.model': model,
        ...(body?.stream === true && { 'gen_ai.request.stream': true }),
        ...attributes,
        ...(capture && content),
      },
    })
    const call = new Call(span, spec, capture)
    return context.with(trace.setSpan(context.active(), span), () => {
      // Through our gateway the call becomes a part of this span, and its tokens are counted once; nobody else is told of the trace.
      const sent = sameOrigin(baseUrl(), url) ? { ...options, headers: { ...options?.headers, ...traceHeaders() } } : options
      try {
        return call.follow(original.call(resource, body, sent, ...rest))
      } catch (error) {
        call.failed(error)
        throw error
      }
    })
  }
  wrapped[WRAPPED] = true
  methods[name] = wrapped
}

function sameOrigin(one: string, other: string | undefined): boolean {
  return other !== undefined && URL.canParse(one) && URL.canParse(other) && new URL(one).origin === new URL(other).origin
}

/** The promise of both vendors' clients: it reads the answer when it is awaited, and gives the bare response to whoever wants that. */
type ApiPromise = Promise<unknown> & {
  _thenUnwrap?(transform: (answer: unknown) => unknown): ApiPromise
  asResponse?(): Promise<unknown>
  parse?(): Promise<unknown>
}

/** One call on its way, until its span ends: once. */
class Call {
  readonly #span: Span
  readonly #spec: CallSpec
  readonly #capture: boolean
  readonly #started = performance.now()
  #ended = false

  constructor(span: Span, spec: CallSpec, capture: boolean) {
    this.#span = span
    this.#spec = spec
    this.#capture = capture
  }

  follow(result: unknown): unknown {
    const promise = result as ApiPromise
    if (typeof promise?.then !== 'function') return this.#seen(result)
    if (typeof promise._thenUnwrap !== 'function' || typeof promise.asResponse !== 'function')
      return promise.then(
        (answer) => this.#seen(answer),
        (error: unknown) => {
          this.failed(error)
          throw error
        },
      )
    const followed = promise._thenUnwrap((answer) => this.#seen(answer))
    // The request has failed, whatever the app wants of its answer. Looking at the response reads nothing of it.
    promise.asResponse().catch((error: unknown) => this.failed(error))
    this.#endWithoutParsing(followed)
    return followed
  }

  /** Who takes only the bare response reads the answer alone; then the span ends with it. */
  #endWithoutParsing(followed: ApiPromise): void {
    const { parse, asResponse } = followed
    if (!parse || !asResponse) return
    let parsed = false
    followed.parse = () => {
      parsed = true
      const answer = parse.call(followed)
      answer.catch((error: unknown) => this.failed(error))
      return answer
    }
    followed.asResponse = () => {
      const response = asResponse.call(followed)
      if (!parsed) void response.then(() => this.#end()).catch(() => {})
      return response
    }
  }

  #seen(answer: unknown): unknown {
    if (isStream(answer)) return this.#streamed(answer)
    this.#answered(answer as Body)
    return answer
  }

  #answered(answer: Body | null | undefined): void {
    if (this.#ended) return
    try {
      const { attributes, content } = this.#spec.answered(answer ?? {})
      this.#span.setAttributes({ ...attributes, ...(this.#capture && content) })
    } catch (error) {
      // An answer in a shape that nobody has seen yet is no reason to fail the call.
      this.#span.setAttribute('signalbox.sdk.problem', textOf(error))
    }
    this.#end()
  }

  /** The client's own stream, whose events are listened to as the app reads them. */
  #streamed(stream: AsyncIterable<unknown>): unknown {
    const own = stream as AsyncIterable<unknown> & { iterator?: () => AsyncIterator<unknown> }
    const open = typeof own.iterator === 'function' ? own.iterator.bind(own) : own[Symbol.asyncIterator].bind(own)
    const listened = () => this.#listen(open())
    if (typeof own.iterator === 'function') own.iterator = listened
    else Object.defineProperty(own, Symbol.asyncIterator, { value: listened, configurable: true })
    return own
  }

  async *#listen(events: AsyncIterator<unknown>): AsyncGenerator<unknown> {
    const collected = this.#spec.collect()
    let first = true
    try {
      for (;;) {
        const { done, value } = await events.next()
        if (done) break
        if (first && this.#spec.isAnswer(value as Body)) {
          first = false
          this.#span.setAttribute('gen_ai.response.time_to_first_chunk', (performance.now() - this.#started) / 1000)
        }
        this.#collected(() => collected.add(value as Body))
        yield value
      }
      this.#answered(collected.answer())
    } catch (error) {
      this.failed(error, collected.answer())
      throw error
    } finally {
      // Given up by the app: what came is what is known.
      if (!this.#ended) {
        await events.return?.()
        this.#answered(collected.answer())
      }
    }
  }

  #collected(add: () => void): void {
    try {
      add()
    } catch (error) {
      this.#span.setAttribute('signalbox.sdk.problem', textOf(error))
    }
  }

  failed(error: unknown, sofar?: Body): void {
    if (this.#ended) return
    this.#ended = true
    if (sofar) {
      const { attributes, content } = this.#spec.answered(sofar)
      this.#span.setAttributes({ ...attributes, ...(this.#capture && content) })
    }
    const status = (error as { status?: unknown } | null)?.status
    if (typeof status === 'number') this.#span.setAttribute('http.response.status_code', status)
    fail(this.#span, error)
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#span.end()
  }
}

const isStream = (answer: unknown): answer is AsyncIterable<unknown> =>
  typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer && !('data' in answer)

/** Leaves out what is not there, so that an attribute says something or is absent. */
export const given = (values: Record<string, unknown>): Attributes =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      if (value === undefined || value === null || value === '') return []
      return [[name, typeof value === 'object' && !isTexts(value) ? textOf(value) : (value as string | number | boolean | string[])]]
    }),
  )
const isTexts = (value: object): value is string[] => Array.isArray(value) && value.every((one) => typeof one === 'string')

export const recordOf = (value: unknown): Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {}
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
