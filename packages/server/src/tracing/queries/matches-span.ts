import type { Filter, Span } from '@signalbox/schema'

/**
 * Whether a span that is not in the store matches a filter: by what stands on the span itself. What is only known when it has ended, such as
 * its outcome, it does not match, whatever is asked of it.
 */
export function matchesFilter(span: Span, { field, op, value }: Filter): boolean {
  const own = fieldOf(span, field)
  const there = own !== undefined && own !== null && own !== '' && !(Array.isArray(own) && own.length === 0)
  if (op === 'exists') return there === (value ?? true)
  if (own === undefined) return false
  const values = (Array.isArray(own) ? own : [own ?? '']) as (string | number | boolean)[]
  const some = (test: (one: string | number | boolean) => boolean) => values.some(test)
  switch (op) {
    case 'eq':
      return some((one) => String(one) === String(value))
    case 'ne':
      return !some((one) => String(one) === String(value))
    case 'in':
      return some((one) => (value as unknown[]).map(String).includes(String(one)))
    case 'contains':
      return some((one) => String(one).toLowerCase().includes(String(value).toLowerCase()))
    case 'gt':
      return some((one) => compare(one, value) > 0)
    case 'gte':
      return some((one) => compare(one, value) >= 0)
    case 'lt':
      return some((one) => compare(one, value) < 0)
    case 'lte':
      return some((one) => compare(one, value) <= 0)
  }
}

/** As the search of lists: in name, previews, user, session or id. */
export function matchesSearch(span: Span, search: string): boolean {
  const text = search.toLowerCase()
  return [span.name, span.userId, span.sessionId, span.traceId, span.inputPreview].some((one) => one?.toLowerCase().includes(text))
}

/** What is not on a span while it runs. */
const LATER = new Set([
  'durationMs',
  'firstTokenMs',
  'inputTokens',
  'outputTokens',
  'attempts',
  'finishReason',
  'cache',
  'savedMs',
  'similarity',
])

function fieldOf(span: Span, field: string): unknown {
  if (field.startsWith('metadata.')) return span.metadata[field.slice('metadata.'.length)] ?? null
  if (LATER.has(field)) return undefined
  return Object.hasOwn(span, field) ? span[field as keyof Span] : undefined
}

const compare = (one: string | number | boolean, other: unknown): number =>
  typeof one === 'number' ? one - Number(other) : String(one) < String(other) ? -1 : String(one) > String(other) ? 1 : 0
