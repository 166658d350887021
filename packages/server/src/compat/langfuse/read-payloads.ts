import type { Events } from '../../store/ports.ts'
import { resolveTexts } from '../../tracing/repeated-text.ts'

/** What a span read, wrote and carried; JSON where it was JSON. */
export type Payload = { input: unknown; output: unknown; attributes: Record<string, unknown> }
type SpanRef = { traceId: string; spanId: string }

const AT_ONCE = 500
const keyOf = ({ traceId, spanId }: SpanRef): string => `${traceId} ${spanId}`

/** The payloads of many spans. `FINAL`: each as it was written last. */
export async function readPayloads(events: Events, projectId: string, spans: readonly SpanRef[]): Promise<(span: SpanRef) => Payload> {
  const found = new Map<string, Payload>()
  for (let from = 0; from < spans.length; from += AT_ONCE) {
    const some = spans.slice(from, from + AT_ONCE)
    const rows = await events.query<SpanRef & Record<'input' | 'output' | 'attributes', string>>(
      `SELECT traceId, spanId, input, output, attributes FROM payloads FINAL
WHERE projectId = {project:String} AND traceId IN {traces:Array(String)} AND spanId IN {spans:Array(String)}`,
      {
        project: projectId,
        traces: [...new Set(some.map(({ traceId }) => traceId))],
        spans: [...new Set(some.map(({ spanId }) => spanId))],
      },
    )
    for (const row of rows)
      found.set(keyOf(row), { input: read(row.input), output: read(row.output), attributes: objectOf(resolveTexts(row.attributes, row)) })
  }
  return (span) => found.get(keyOf(span)) ?? { input: null, output: null, attributes: {} }
}

function read(text: string): unknown {
  if (!text) return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Attributes of OpenTelemetry stand below `attributes`, beside those of resource and scope. */
function objectOf(text: string): Record<string, unknown> {
  const value = read(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  return 'attributes' in value && 'span' in value ? (value.attributes as Record<string, unknown>) : (value as Record<string, unknown>)
}

/** How clients wrote the ids of traces, where that is not how they are kept. */
export async function writtenTraceIds(
  events: Events,
  projectId: string,
  traceIds: readonly string[],
): Promise<(traceId: string) => string> {
  if (traceIds.length === 0) return (traceId) => traceId
  const rows = await events.query<{ traceId: string; written: string }>(
    `SELECT traceId, any(externalId) AS written FROM spans
WHERE projectId = {project:String} AND traceId IN {traces:Array(String)} AND externalId != '' GROUP BY traceId`,
    { project: projectId, traces: [...new Set(traceIds)] },
  )
  const written = new Map(rows.map((row) => [row.traceId, row.written]))
  return (traceId) => written.get(traceId) ?? traceId
}
