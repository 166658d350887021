import type { EvaluatorRow } from '@signalbox/schema/evaluator'
import { referencesOf } from '../row.ts'

/** How many rows a corpus has, and how many references each. */
export class RowCount {
  rows = 0
  /** 0 where rows differ in it. */
  references: number | undefined

  add(row: EvaluatorRow): void {
    const count = referencesOf(row).length
    this.references = this.rows === 0 || this.references === count ? count : 0
    this.rows++
  }
}

/** As signatures write it. */
export const nrefsOf = ({ references }: RowCount): string => (references ? `${references}` : 'var')
