import { AppError, allows, type Caller, type EvaluatorRow, type Permission, type Span } from '@signalbox/schema'
import { answered, asked } from '../datasets/said.ts'
import type { TryRooms } from '../evaluators/stored/try-evaluator.ts'
import type { HandlersOf } from '../lib/handlers.ts'
import type { TraceQueries } from '../tracing/queries/trace-queries.ts'

/** Whose content evaluators look at: what tools were given and answered, and what was found. */
const READ_KINDS: ReadonlySet<string> = new Set(['tool', 'retriever', 'reranker'])
const MOST_READ = 50

/** Rows for the test bench, out of datasets and traces: nobody reads by it what they may not read otherwise. */
export function benchRows(
  datasets: Pick<HandlersOf<'datasets'>, 'datasets.items'>,
  queries: TraceQueries,
): Pick<TryRooms, 'itemRows' | 'traceRow'> {
  return {
    async itemRows(caller, { name, version, split, tag, ids, first }) {
      needs(caller, 'datasets:read')
      const { items } = await datasets['datasets.items'](
        { name, version, split, tag, limit: ids ? 500 : Math.min(500, first * 2) },
        { caller, ip: '', sessionToken: undefined, setSession: () => {} },
      )
      return items
        .filter(({ id, content }) => content !== null && (ids?.includes(id) ?? true))
        .slice(0, first)
        .flatMap(({ id, content }) => {
          if (!content) return []
          const { input, expected, context, metadata } = content
          return [
            { id, output: null, input, metadata, ...(expected !== undefined && { expected }), ...(context !== undefined && { context }) },
          ]
        })
    },
    async traceRow(caller, { traceId, spanId }) {
      needs(caller, 'traces:read')
      const { projectId } = caller
      const { trace, spans } = await queries.get(projectId, traceId)
      const judged = spanId ? spans.find((span) => span.spanId === spanId) : outermost(spans)
      if (!judged)
        throw new AppError('not-found', `There is no span "${spanId}" in trace "${traceId}".`, {
          hint: 'Leave spanId out for the whole trace.',
        })
      const read = (span: Span) => queries.span(projectId, { traceId: trace.traceId, spanId: span.spanId })
      const content = new Map<string, { input: unknown; output: unknown }>()
      for (const span of spans.filter(({ kind }) => READ_KINDS.has(kind)).slice(0, MOST_READ)) content.set(span.spanId, await read(span))
      const { input, output } = await read(judged)
      const context = spans.flatMap(({ kind, spanId: id }) => (kind === 'retriever' ? textsOf(content.get(id)?.output) : []))
      return {
        id: judged.spanId,
        traceId: trace.traceId,
        input: asked(input),
        output: answered(output) ?? null,
        latencyMs: judged.durationMs,
        ...(judged.costUsd !== null && { costUsd: judged.costUsd }),
        ...(context.length > 0 && { context }),
        spans: spans.map(({ name, kind, status, startedAt, durationMs, spanId: id }) => ({
          ...{ name, kind, status, startedAt, durationMs },
          ...content.get(id),
        })),
        metadata: { name: judged.name },
      } satisfies EvaluatorRow
    },
  }
}

function needs(caller: Caller, permission: Permission): void {
  if (!allows(caller.permissions, permission)) throw new AppError('permission-denied', `Trying it on that takes \`${permission}\`.`)
}

const outermost = (spans: readonly Span[]): Span | undefined => {
  const ids = new Set(spans.map(({ spanId }) => spanId))
  return spans.find(({ parentId }) => !parentId || !ids.has(parentId)) ?? spans[0]
}

/** The texts of documents as retrievers answer them. */
function textsOf(output: unknown): string[] {
  if (typeof output === 'string') return output === '' ? [] : [output]
  if (Array.isArray(output)) return output.flatMap(textsOf)
  if (typeof output !== 'object' || output === null) return []
  const fields = output as Record<string, unknown>
  for (const name of ['text', 'content', 'pageContent', 'page_content', 'document.content', 'snippet', 'passage'])
    if (typeof fields[name] === 'string') return [fields[name]]
  for (const name of ['documents', 'docs', 'results', 'matches', 'hits', 'chunks', 'nodes', 'data', 'document', 'node', 'payload'])
    if (typeof fields[name] === 'object') return textsOf(fields[name])
  return []
}
