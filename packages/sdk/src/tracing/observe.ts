import { type Attributes, context, type Span, trace } from '@opentelemetry/api'
import { current } from './init.ts'
import { fail, textOf } from './record.ts'

/** What a step is; the page of a trace shows each in its own way. */
export type StepKind = 'span' | 'agent' | 'workflow' | 'chain' | 'tool' | 'retriever' | 'reranker' | 'guardrail' | 'evaluator'

export type ObserveOptions = {
  /** The name of the step; that of the function where it is left out. */
  name?: string
  kind?: StepKind
  /** `false`: the arguments, or the result, are not recorded. */
  captureInput?: boolean
  captureOutput?: boolean
  attributes?: Attributes
}

// biome-ignore lint/suspicious/noExplicitAny: any function can be observed, and keeps its own type.
type AnyFunction = (this: any, ...args: any[]) => any

/**
 * A function that does the same, and leaves a span each time it is called: with its arguments and result, how long it took, and what it threw.
 * What it calls is nested in it. A promise ends the span when it settles, a generator or stream when it was read to its end, given up or failed.
 */
export function observe<F extends AnyFunction>(fn: F, options?: ObserveOptions): F
export function observe<F extends AnyFunction>(name: string, fn: F, options?: ObserveOptions): F
export function observe<F extends AnyFunction>(first: F | string, second?: F | ObserveOptions, third?: ObserveOptions): F {
  const fn = (typeof first === 'string' ? second : first) as F
  const options: ObserveOptions = typeof first === 'string' ? { ...third, name: first } : ((second as ObserveOptions | undefined) ?? {})
  const name = options.name ?? (fn.name || 'function')
  const observed = function (this: unknown, ...args: unknown[]) {
    const { tracer, capture } = current()
    const span = tracer.startSpan(name, { attributes: { ...KINDS[options.kind ?? 'span'], ...options.attributes } })
    if (capture && options.captureInput !== false && args.length > 0)
      span.setAttribute('input.value', textOf(args.length === 1 ? args[0] : args))
    const inside = trace.setSpan(context.active(), span)
    const done = (result?: unknown) => {
      if (capture && options.captureOutput !== false && result !== undefined) span.setAttribute('output.value', textOf(result))
      span.end()
    }
    let result: unknown
    try {
      result = context.with(inside, () => fn.apply(this, args))
    } catch (error) {
      fail(span, error)
      throw error
    }
    return settle(result, { span, done, inside })
  }
  return Object.defineProperty(observed, 'name', { value: name }) as unknown as F
}

const KINDS: Record<StepKind, Attributes> = {
  span: {},
  chain: { 'openinference.span.kind': 'CHAIN' },
  agent: { 'gen_ai.operation.name': 'invoke_agent' },
  workflow: { 'gen_ai.operation.name': 'invoke_workflow' },
  tool: { 'gen_ai.operation.name': 'execute_tool' },
  retriever: { 'gen_ai.operation.name': 'retrieval' },
  reranker: { 'gen_ai.operation.name': 'rerank' },
  guardrail: { 'openinference.span.kind': 'GUARDRAIL' },
  evaluator: { 'openinference.span.kind': 'EVALUATOR' },
}

type Running = { span: Span; done: (result?: unknown) => void; inside: ReturnType<typeof context.active> }

function settle(result: unknown, running: Running): unknown {
  const { span, done } = running
  if (isThenable(result)) {
    return result.then(
      (value) => {
        if (isIterator(value)) return followed(value, running)
        done(value)
        return value
      },
      (error: unknown) => {
        fail(span, error)
        throw error
      },
    )
  }
  if (isIterator(result)) return followed(result, running)
  done(result)
  return result
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
type AnyIterator = Record<'next' | 'return' | 'throw', ((value?: unknown) => unknown) | undefined>
/** Generators and streams, not lists: what is there at once is a result like any other. */
const isIterator = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  ((Symbol.asyncIterator in value && !(value instanceof ReadableStream)) ||
    (Symbol.iterator in value && typeof (value as { next?: unknown }).next === 'function'))

/** How much of what a stream gave is kept for its span. */
const MOST_ITEMS = 10_000

/** The same object for its other methods and properties; its items are listened to, and the span ends when there are no more. */
function followed(source: object, { span, done, inside }: Running): object {
  const items: unknown[] = []
  let ended = false
  const end = (finish: () => void) => {
    if (ended) return
    ended = true
    finish()
  }
  const finished = () => end(() => done(items.length > 0 && items.every((item) => typeof item === 'string') ? items.join('') : items))
  const failed = (error: unknown) => end(() => fail(span, error))
  const seen = (step: { done?: boolean; value?: unknown }) => {
    if (step.done) finished()
    else if (items.length < MOST_ITEMS) items.push(step.value)
    return step
  }
  const call = (iterator: AnyIterator, method: 'next' | 'return' | 'throw', value: unknown) => {
    if (!iterator[method]) {
      finished()
      return Symbol.asyncIterator in source ? Promise.resolve({ done: true, value }) : { done: true, value }
    }
    let step: unknown
    try {
      step = context.with(inside, () => (iterator[method] as (value?: unknown) => unknown).call(iterator, value))
    } catch (error) {
      failed(error)
      throw error
    }
    const note = (one: unknown) => {
      if (method !== 'return') return seen(one as { done?: boolean })
      finished()
      return one
    }
    if (!isThenable(step)) return note(step)
    return step.then(note, (error: unknown) => {
      failed(error)
      throw error
    })
  }
  const iteratorOf = (open: () => AnyIterator) => {
    const iterator = open()
    const self = {
      next: (value?: unknown) => call(iterator, 'next', value),
      return: (value?: unknown) => call(iterator, 'return', value),
      throw: (error?: unknown) => call(iterator, 'throw', error),
      [Symbol.iterator]: () => self,
      [Symbol.asyncIterator]: () => self,
    }
    return self
  }
  return new Proxy(source, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target)
      if ((key === Symbol.asyncIterator || key === Symbol.iterator) && typeof value === 'function')
        return () => iteratorOf(() => value.call(target) as AnyIterator)
      if ((key === 'next' || key === 'return' || key === 'throw') && typeof value === 'function')
        return (given?: unknown) => call(target as unknown as AnyIterator, key, given)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
