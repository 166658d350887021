import type { Pair } from './compare.ts'
import { CELL, cellsOf, type Table } from './table.ts'

/** The mean of the repeats of a row, how many there were, and whether they disagree. */
export type RowScore = { mean: number; n: number; flaky: boolean }

/** By the number of the case: what one variant has in one metric. Rows without a single score are not there. */
export function rowScores(table: Table, metric: string, variant: number): Map<number, RowScore> {
  const rows = new Map<number, RowScore & { first: number }>()
  for (const cell of cellsOf(table, metric, variant)) {
    if (cell.state !== CELL.scored) continue
    const row = rows.get(cell.case)
    if (!row) rows.set(cell.case, { mean: cell.score, n: 1, flaky: false, first: cell.score })
    else {
      row.n++
      row.mean += (cell.score - row.mean) / row.n
      row.flaky ||= cell.score !== row.first
    }
  }
  return rows
}

/** Rows that both sides have, by whatever names them. */
export function pairsOf(
  baseline: ReadonlyMap<string | number, RowScore>,
  candidate: ReadonlyMap<number, RowScore>,
  at: { keyOf: (index: number) => string | number; idOf: (index: number) => string; clusterOf: (index: number) => string | undefined },
): { pairs: Pair[]; unpaired: number } {
  const pairs: Pair[] = []
  let unpaired = 0
  for (const [index, own] of candidate) {
    const other = baseline.get(at.keyOf(index))
    if (other)
      pairs.push({
        id: at.idOf(index),
        baseline: other.mean,
        candidate: own.mean,
        flaky: own.flaky || other.flaky,
        cluster: at.clusterOf(index),
      })
    else unpaired++
  }
  return { pairs, unpaired: unpaired + (baseline.size - pairs.length) }
}
