import type { EvaluatorRow, Outcome } from '@signalbox/schema/evaluator'
import type { EvaluatorEnv } from '../../evaluators/evaluator.ts'
import type { Assertion, Json, TestCase } from './types.ts'

/** What an assertion is asked about, its value rendered. */
export type Asked = {
  output: unknown
  text: string
  value: unknown
  threshold: number | undefined
  assertion: Assertion
  row: EvaluatorRow
  vars: Json
  test: TestCase
  env: EvaluatorEnv
}
export type Handler = (asked: Asked) => Outcome | Promise<Outcome>
