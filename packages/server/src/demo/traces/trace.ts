import type { Random } from '../random.ts'

export type AttributeValue = string | number | boolean | readonly string[]
/** `undefined` is left out. */
export type Attributes = Record<string, AttributeValue | undefined>

/** Times in milliseconds since the start of the trace. */
export type DemoSpan = {
  spanId: string
  parentId: string
  name: string
  /** `client`: a call to another machine. */
  kind: 'internal' | 'client'
  start: number
  end: number
  attributes: Attributes
  error?: { type: string; message: string }
}
export type DemoTrace = {
  traceId: string
  /** Milliseconds since 1970. */
  startedAt: number
  resource: { service: string; environment: string; release: string }
  spans: DemoSpan[]
}

export type NewSpan = Omit<DemoSpan, 'spanId' | 'parentId' | 'kind'> & { parent: DemoSpan | null; kind?: DemoSpan['kind'] }
export type TraceBuilder = {
  trace: DemoTrace
  /** Adds a span. What it returns may be changed until the trace is sent: a parent learns its end from its children. */
  add(span: NewSpan): DemoSpan
}

/** Starts a trace; `common` goes on every span. */
export function buildTrace(options: {
  ids: Random
  startedAt: number
  resource: DemoTrace['resource']
  common?: Attributes
}): TraceBuilder {
  const { ids, startedAt, resource, common = {} } = options
  const trace: DemoTrace = { traceId: ids.hex(32), startedAt, resource, spans: [] }
  return {
    trace,
    add({ parent, kind = 'internal', attributes, ...rest }) {
      const span: DemoSpan = {
        spanId: ids.hex(16),
        parentId: parent?.spanId ?? '',
        kind,
        ...rest,
        attributes: { ...common, ...attributes },
      }
      trace.spans.push(span)
      return span
    },
  }
}

/** When the last span of a trace ends, in milliseconds since 1970. */
export const endOf = ({ startedAt, spans }: DemoTrace): number => startedAt + Math.max(...spans.map(({ end }) => end))
