import { type Context, context, type Tracer, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, type ReadableSpan, type Span, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { AsyncContext } from './context-manager.ts'
import { promptOf, scopeOf } from './scope.ts'

export type TracingOptions = {
  /** Where Signalbox is. `SIGNALBOX_URL`, or http://localhost:7500, where it is left out. */
  url?: string
  /** The secret key, `sk-sb-…`. `SIGNALBOX_KEY` where it is left out; without any, nothing is sent. */
  key?: string
  /** The name of this program. */
  service?: string
  /** `production`, `staging`, … */
  environment?: string
  /** Which version of the app this is. */
  release?: string
  /** `false`: inputs and outputs are not recorded, only that something ran, for how long and with how many tokens. */
  capture?: boolean
  /** How long finished spans wait for others before they are sent together. */
  flushEveryMs?: number
}

type State = { url: string; key: string | undefined; capture: boolean; tracer: Tracer; processor: SignalboxProcessor | undefined }
const NAME = '@signalbox/sdk'
let state: State | undefined
let installed: SignalboxProcessor | undefined
/** What of OpenTelemetry's globals is ours to take away again. */
let ours = { context: false, trace: false }

const settingsOf = ({ url, key }: TracingOptions) => ({
  url: (url ?? process.env.SIGNALBOX_URL ?? 'http://localhost:7500').replace(/\/+$/, ''),
  key: key ?? process.env.SIGNALBOX_KEY,
})

/** Sends spans in batches, and gives each what `withSession`, `withUser` and `withMetadata` say around it. */
class SignalboxProcessor implements SpanProcessor {
  readonly #batches: BatchSpanProcessor

  constructor({ url, key }: { url: string; key: string }, flushEveryMs: number) {
    const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces`, headers: { authorization: `Bearer ${key}` } })
    this.#batches = new BatchSpanProcessor({ exporter, scheduledDelayMillis: flushEveryMs, maxQueueSize: 8192 })
  }

  onStart(span: Span, parent: Context): void {
    span.setAttributes({ ...scopeOf(parent), ...promptOf(parent, span.attributes) })
    this.#batches.onStart(span, parent)
  }

  onEnd(span: ReadableSpan): void {
    this.#batches.onEnd(span)
  }

  forceFlush(): Promise<void> {
    return this.#batches.forceFlush()
  }

  shutdown(): Promise<void> {
    return this.#batches.shutdown()
  }
}

/**
 * For an app that has OpenTelemetry already: put this among the `spanProcessors` of its provider, then call `init()`. Then its own spans and
 * those of this SDK go to Signalbox, in one trace.
 */
export function spanProcessor(options: TracingOptions = {}): SpanProcessor {
  const { url, key } = settingsOf(options)
  if (!key) throw new Error('Signalbox needs a key: pass `key`, or set SIGNALBOX_KEY.')
  installed = new SignalboxProcessor({ url, key }, options.flushEveryMs ?? 1000)
  return installed
}

/**
 * Starts tracing: call it once, before anything that is to be traced. Where the app has a provider of OpenTelemetry with `spanProcessor()` in
 * it, that one is used. Else the SDK has its own; in an app with another provider its spans still belong to the app's traces, but those of
 * the app are not sent here. Without a key everything runs as before, and nothing is recorded.
 */
export function init(options: TracingOptions = {}): void {
  const { url, key } = settingsOf(options)
  const capture = options.capture ?? true
  if (installed) {
    state = { url, key, capture, tracer: trace.getTracer(NAME), processor: installed }
  } else if (!key) {
    console.warn('Signalbox: no key, so nothing is traced. Pass `key` to init(), or set SIGNALBOX_KEY.')
    state = { url, key, capture, tracer: trace.getTracer(NAME), processor: undefined }
    return
  } else {
    const processor = new SignalboxProcessor({ url, key }, options.flushEveryMs ?? 1000)
    const provider = new TracerProvider({ resource: resourceOf(options), spanProcessors: [processor] })
    // Both return false where the app has set one before, which then stays.
    ours = { context: context.setGlobalContextManager(new AsyncContext()), trace: trace.setGlobalTracerProvider(provider) }
    state = { url, key, capture, tracer: provider.getTracer(NAME), processor }
  }
  flushAtTheEnd()
}

function resourceOf({ service, environment, release }: TracingOptions) {
  return resourceFromAttributes({
    'service.name': service ?? process.env.OTEL_SERVICE_NAME ?? 'app',
    ...(environment && { 'deployment.environment.name': environment }),
    ...(release && { 'service.version': release }),
  })
}

/** What helpers work with; before `init()`, the provider of the app, or none. */
export const current = (): Pick<State, 'tracer' | 'capture'> & Partial<State> => state ?? { tracer: trace.getTracer(NAME), capture: true }

/** Sends what has not been sent yet. */
export async function flush(): Promise<void> {
  await state?.processor?.forceFlush()
}

/** Sends what has not been sent yet, and stops. After it `init()` may be called again. */
export async function shutdown(): Promise<void> {
  const { processor } = state ?? {}
  state = undefined
  if (ours.trace) trace.disable()
  if (ours.context) context.disable()
  ours = { context: false, trace: false }
  installed = undefined
  await processor?.shutdown()
}

let watching = false
/** A program that ends by itself, or is told to, sends its last spans first. `process.exit()` waits for nothing: call `flush()` before it. */
function flushAtTheEnd(): void {
  if (watching) return
  watching = true
  // What it sends keeps the program alive for a moment; then it is called again, and with nothing left to send the program ends.
  process.on('beforeExit', () => void flush().catch(() => {}))
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const onSignal = () => {
      const alone = process.listenerCount(signal) === 1
      void flush()
        .catch(() => {})
        .finally(() => {
          // The app that listens itself decides when to end.
          if (!alone) return
          process.removeListener(signal, onSignal)
          process.kill(process.pid, signal)
        })
    }
    process.on(signal, onSignal)
  }
}

/** The headers that make a call part of the current trace, for requests that the SDK does not make. */
export function traceHeaders(): Record<string, string> {
  const span = trace.getActiveSpan()?.spanContext()
  return span ? { traceparent: `00-${span.traceId}-${span.spanId}-0${span.traceFlags & 1}` } : {}
}
