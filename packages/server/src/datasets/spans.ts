import { AppError, type Filter, type Parsed, type SpanDetail } from '@signalbox/schema'
import { answered, asked } from './said.ts'
import type { NewItem } from './write-items.ts'

/** What spans say, from the room that keeps them. */
export type SpanReader = {
  /** Undefined where it is not there. */
  read(
    projectId: string,
    place: { traceId: string; spanId: string },
  ): Promise<Pick<SpanDetail, 'input' | 'output' | 'name' | 'model'> | undefined>
  find(
    projectId: string,
    wanted: { filter: Filter[]; from?: string | undefined; to?: string | undefined; limit: number; cursor?: string | undefined },
  ): Promise<{ spans: { traceId: string; spanId: string }[]; nextCursor?: string | undefined }>
}

type Wanted = Omit<Parsed<'datasets.addSpans'>, 'name' | 'duplicates' | 'message' | 'dryRun'>

/** Items of calls, in the order in which they are named. Those of which none can be made are named too. */
export async function itemsOfSpans(spans: SpanReader, projectId: string, wanted: Wanted) {
  if ((wanted.spans === undefined) === (wanted.filter === undefined))
    throw new AppError('invalid-request', 'Send either `spans` or `filter`.', { hint: 'A filter is a list: [] is every call of the time.' })
  const places =
    wanted.spans ??
    (await spans.find(projectId, { filter: wanted.filter ?? [], from: wanted.from, to: wanted.to, limit: wanted.first })).spans
  const items: NewItem[] = []
  const missing: { traceId: string; spanId: string; why: string }[] = []
  for (const { traceId, spanId } of places) {
    const span = await spans.read(projectId, { traceId, spanId })
    const input = span && asked(span.input)
    if (!span || input === undefined) {
      missing.push({ traceId, spanId, why: span ? 'its input was not recorded' : 'there is no such span' })
      continue
    }
    const output = wanted.expected === 'output' ? answered(span.output) : undefined
    items.push({
      content: {
        input: input as NewItem['content']['input'],
        ...(output !== undefined && { expected: output as NewItem['content']['expected'] & {} }),
        metadata: { name: span.name, ...(span.model && { model: span.model }) },
        tags: wanted.tags,
        ...(wanted.split && { split: wanted.split }),
      },
      source: { kind: 'trace', traceId, spanId },
    })
  }
  return { items, missing }
}
