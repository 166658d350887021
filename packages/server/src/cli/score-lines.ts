import { EvaluatorRow } from '@signalbox/schema/evaluator'
import { type RowLine, rowLines } from './row-lines.ts'

/** A line of standard input: a row, or why it is none. */
export type ScoreLine = RowLine<EvaluatorRow>

/** Rows for an evaluator, as they come. */
export const scoreLines = (chunks: AsyncIterable<string>, longest?: number): AsyncGenerator<ScoreLine> =>
  rowLines(chunks, EvaluatorRow, 'output', longest)
