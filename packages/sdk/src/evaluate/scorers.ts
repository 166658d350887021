import { readResult } from '../../../server/src/evaluators/code/read-result.ts'
import { failed, notApplicable } from '../../../server/src/evaluators/outcome.ts'
import type { Score } from '../../../server/src/experiments/plan.ts'
import { scoreOf } from '../../../server/src/experiments/run/lines-of.ts'

/** What a scorer gets: the words of Braintrust and autoevals, and those of LangSmith, in one object. */
export type ScorerArgs<Input = unknown, Output = unknown, Expected = unknown> = {
  input: Input
  output: Output
  expected: Expected
  metadata: Record<string, unknown>
  inputs: Input
  outputs: Output
  referenceOutputs: Expected
  run: { inputs: Input; outputs: Output; trace_id: string | undefined }
  example: { id: string; inputs: Input; outputs: Expected; metadata: Record<string, unknown> }
}

/** A number from 0 to 1, true or false, or an object of Braintrust or LangSmith. null is "not scored", and counts nowhere. */
export type ScoreResult =
  | number
  | boolean
  | null
  | {
      name?: string
      key?: string
      score?: number | boolean | null
      pass?: boolean
      reason?: string | null
      comment?: string | null
      metadata?: Record<string, unknown> | null
    }
  | { results: ScoreResult[] }
  | ScoreResult[]

/** Also `(run, example) => …`, as older evaluators of LangSmith are written. */
export type Scorer<Input = unknown, Output = unknown, Expected = unknown> = (
  // biome-ignore lint/suspicious/noExplicitAny: scorers of other libraries ask for arguments of their own types.
  args: ScorerArgs<Input, Output, Expected> & Record<string, any>,
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  example?: any,
) => unknown

/** The scores of one scorer for one answer. What it throws is an error of the scorer, and no failed row. */
export async function scoresOf(scorer: Scorer, { args, at }: { args: ScorerArgs; at: number }): Promise<Score[]> {
  const name = nameOf(scorer, at)
  try {
    const result = (await (scorer.length >= 2 ? scorer(args.run as never, args.example) : scorer(args))) as ScoreResult | undefined
    return flat(result).map(([own, value]) => score(own ?? name, value === undefined ? null : value))
  } catch (error) {
    return [scoreOf({ metric: name, key: name, weight: 1 }, failed(error instanceof Error ? error.message : String(error)))]
  }
}

function score(name: string, value: unknown): Score {
  const outcome = value === null ? notApplicable('The scorer gave no score.') : readResult(value)
  return scoreOf({ metric: name, key: name, weight: 1 }, outcome)
}

/** Each result with the name that it gives itself. */
function flat(result: ScoreResult | undefined): [name: string | undefined, value: unknown][] {
  if (Array.isArray(result)) return result.flatMap(flat)
  if (typeof result !== 'object' || result === null) return [[undefined, result]]
  if ('results' in result && Array.isArray(result.results)) return result.results.flatMap(flat)
  const { name, key, ...rest } = result as { name?: string; key?: string; value?: unknown; score?: unknown }
  // A category without a number says nothing that could be averaged.
  return [[name ?? key, rest.score === undefined && typeof rest.value === 'number' ? { ...rest, score: rest.value } : rest]]
}

/** What reports call a scorer that does not name its scores. */
export const nameOf = (scorer: Scorer, at: number): string => scorer.name || `scorer_${at + 1}`
