import { closeSync, openSync } from 'node:fs'
import { linesOf } from '../data/lines.ts'
import { decodeFrame, type Frame } from '../run/frames.ts'
import { type ItemNumbers, partsOf } from '../run/journal.ts'

/** `none` is what was not reached; `na` and `error` are no numbers and never counted as one. */
export const CELL = { none: 0, scored: 1, na: 2, error: 3 } as const
/** The metric that says whether a row passed as a whole. */
export const ROW = 'pass'

/** One metric over all items: a byte and a number for each, so that 100,000 rows need no more than a megabyte. */
export type Column = { states: Uint8Array; scores: Float64Array; passes: Uint8Array }
const PASS = { none: 0, passed: 1, failed: 2 } as const

export type Table = {
  numbers: ItemNumbers
  items: number
  metrics: ReadonlyMap<string, Column>
  /** By item: 0 not reached, 1 answered, 2 failed. */
  calls: Uint8Array
  /** USD; NaN where no price is known. */
  costs: Float64Array
  judgeCostUsd: number
  /** NaN where nothing was measured. */
  ms: Float64Array
  inputTokens: number
  outputTokens: number
  cached: number
  damaged: number
}

/** What takes frames one by one, in the order in which they were written, and is the table of them. */
export type TableBuilder = { table: Table; take(frame: Frame): void }

export function buildTable({ numbers, repeats }: { numbers: ItemNumbers; repeats: number }): TableBuilder {
  const items = numbers.cases * numbers.variants * repeats
  const metrics = new Map<string, Column>()
  /** Several evaluators of a row may go into one metric: then it is their weighted mean. */
  const weights = new Map<Column, Float64Array>()
  const column = (name: string): Column => {
    let found = metrics.get(name)
    if (!found) {
      found = { states: new Uint8Array(items), scores: new Float64Array(items), passes: new Uint8Array(items) }
      metrics.set(name, found)
      weights.set(found, new Float64Array(items))
    }
    return found
  }
  const table: Table = {
    numbers,
    items,
    metrics,
    calls: new Uint8Array(items),
    costs: new Float64Array(items),
    judgeCostUsd: 0,
    ms: new Float64Array(items).fill(Number.NaN),
    inputTokens: 0,
    outputTokens: 0,
    cached: 0,
    damaged: 0,
  }
  const rows = column(ROW)
  return {
    table,
    take(frame) {
      if (frame.kind === 'judge') table.judgeCostUsd += frame.costUsd ?? 0
      else if (frame.kind === 'task' && frame.item < items) {
        const { item } = frame
        // A later answer takes the place of an earlier one, and of its scores.
        if (table.calls[item] !== 0) for (const one of metrics.values()) forget(one, item, weights)
        table.calls[item] = frame.ok ? 1 : 2
        table.costs[item] = frame.ok ? (frame.costUsd ?? Number.NaN) : 0
        table.ms[item] = frame.ms ?? Number.NaN
        table.inputTokens += frame.tokens?.[0] ?? 0
        table.outputTokens += frame.tokens?.[1] ?? 0
        if (frame.cached) table.cached++
        if (!frame.ok) rows.states[item] = CELL.error
      } else if (frame.kind === 'scores' && frame.item < items) {
        const { item } = frame
        for (const score of frame.scores) put(column(score.metric), item, score, weights)
        if (frame.pass === undefined) return
        if (frame.pass === null) rows.states[item] = table.calls[item] === 2 || anyError(metrics, item) ? CELL.error : CELL.na
        else {
          rows.states[item] = CELL.scored
          rows.scores[item] = frame.pass ? 1 : 0
          rows.passes[item] = frame.pass ? PASS.passed : PASS.failed
        }
      }
    },
  }
}

/** Reads the rows of a run from its journal: what a report and a gate say comes from rows alone, and never from counters beside them. */
export function readTable(path: string, size: { numbers: ItemNumbers; repeats: number }): Table {
  const { table, take } = buildTable(size)
  const fd = openSync(path, 'r')
  try {
    for (const { bytes, ended } of linesOf(fd)) {
      const frame = ended ? decodeFrame<Frame>(bytes) : undefined
      if (frame) take(frame)
      else table.damaged += ended ? 1 : 0
    }
  } finally {
    closeSync(fd)
  }
  return table
}

/** Of frames that are all there. */
export function tableOf(frames: Iterable<Frame>, size: { numbers: ItemNumbers; repeats: number }): Table {
  const { table, take } = buildTable(size)
  for (const frame of frames) take(frame)
  return table
}

function put(
  column: Column,
  item: number,
  { status, score = 0, pass, weight = 1 }: { status: 'scored' | 'na' | 'error'; score?: number; pass?: boolean; weight?: number },
  weights: Map<Column, Float64Array>,
): void {
  const before = column.states[item] ?? CELL.none
  // An error in one of several parts leaves no mean of them.
  if (before === CELL.error) return
  if (status !== 'scored') {
    if (status === 'error' || before === CELL.none) column.states[item] = CELL[status]
    return
  }
  const all = weights.get(column)
  const counted = weight === 0 ? 1 : weight
  const sum = before === CELL.scored ? (all?.[item] ?? 0) : 0
  column.states[item] = CELL.scored
  column.scores[item] = ((column.scores[item] ?? 0) * sum + score * counted) / (sum + counted)
  if (all) all[item] = sum + counted
  if (pass !== undefined && column.passes[item] !== PASS.failed) column.passes[item] = pass ? PASS.passed : PASS.failed
}

function forget(column: Column, item: number, weights: Map<Column, Float64Array>): void {
  column.states[item] = CELL.none
  column.scores[item] = 0
  column.passes[item] = PASS.none
  const all = weights.get(column)
  if (all) all[item] = 0
}

const anyError = (metrics: ReadonlyMap<string, Column>, item: number): boolean => {
  for (const [name, { states }] of metrics) if (name !== ROW && states[item] === CELL.error) return true
  return false
}

/** What one variant has in one metric, item by item. */
export function* cellsOf(
  table: Table,
  metric: string,
  variant: number,
): Generator<{ case: number; repeat: number; state: number; score: number }> {
  const column = table.metrics.get(metric)
  if (!column) return
  for (let item = variant; item < table.items; item += table.numbers.variants) {
    const at = partsOf(table.numbers, item)
    yield { case: at.case, repeat: at.repeat, state: column.states[item] ?? CELL.none, score: column.scores[item] ?? 0 }
  }
}
