import { microTime } from '../../../tracing/queries/conditions.ts'
import type { Parameters } from '../../../tracing/queries/parameters.ts'
import { toMicros } from '../../../tracing/queries/time.ts'

/** A field that is grouped and filtered by, as an expression over a row of its view. */
export type Dimension = {
  sql: string
  type: 'string' | 'strings' | 'number' | 'boolean'
  /** So many values that groups of it are only asked for as the largest few. */
  many?: true
  /** It can be filtered by, not grouped: what is stored is not what its client wrote. */
  filterOnly?: true
  /** What a client wrote → what is stored, for comparisons with whole values. */
  stored?: { sql: string; of(projectId: string, written: string): string }
  /** Rows of another table that it needs beside it. */
  join?: JoinName
}
/** What is measured, one value per row; NULL where a row has none. `per`: what it is divided by after it was added up, for money. */
export type Measure = { sql: string; per?: number; join?: JoinName; distinct?: true }

/** A view is a table of rows, with names for what can be said of them. */
export type View = {
  /** FROM and WHERE, without the filters of the query. */
  rows(window: Window, bound: Parameters, final: string): { from: string; where: string[] }
  /** The column by whose time rows are put into buckets. */
  time: string
  /** What clients call that column. */
  timeName: string
  metadata: string
  dimensions: Readonly<Record<string, Dimension>>
  measures: Readonly<Record<string, Measure>>
  joins: Partial<Record<JoinName, (window: Window, bound: Parameters, final: string) => string>>
}
export type Window = { projectId: string; from: string; to: string }
export type JoinName = 'entries' | 'spans' | 'spanScores' | 'traceScores'

const DAY = 86_400_000
export const earlier = (iso: string, days: number): string => new Date(Date.parse(iso) - days * DAY).toISOString()

/** Langfuse's words for kinds of spans, as SQL over `kind`. */
export const wordsOf = (words: Readonly<Record<string, string>>, sql: string, fallback: string): string =>
  `transform(toString(${sql}), [${Object.keys(words).map(quoted).join(', ')}], [${Object.values(words).map(quoted).join(', ')}], ${quoted(fallback)})`
/** Only for words that stand in this program. */
const quoted = (word: string): string => `'${word}'`

/** What the trace of a row says of itself: the name and so on of the span at which it enters, which may lie before the window. */
export function entriesJoin({ projectId, from, to }: Window, bound: Parameters, { final, key }: { final: string; key: string }): string {
  const within = `startedAt >= ${microTime(toMicros(earlier(from, 30)), bound)} AND startedAt < ${microTime(toMicros(earlier(to, -1)), bound)}`
  return `LEFT ANY JOIN (
  SELECT traceId AS entryTraceId, argMinIf(name, startedAt, entry = 1) AS traceName, groupUniqArrayArray(tags) AS traceTags,
    anyIf(userId, userId != '') AS traceUserId, anyIf(release, release != '') AS traceRelease,
    anyIf(metadata['version'], metadata['version'] != '') AS traceVersion
  FROM spans${final} WHERE projectId = ${bound.project(projectId)} AND ${within} GROUP BY traceId
) AS entries ON entries.entryTraceId = ${key}`
}
