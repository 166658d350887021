import type { CaseSource, Check, EvalCase, Plan, Score } from '../plan.ts'
import type { ScoresFrame } from '../run/frames.ts'
import { type Journal, NOTHING, partsOf } from '../run/journal.ts'

/** One row as reports show it. */
export type ReportRow = {
  id: string
  description?: string
  variant: string
  repeat: number
  vars: Record<string, unknown>
  output?: unknown
  error?: string
  pass: boolean | null
  score: number | null
  scores: Score[]
  costUsd?: number | null
  ms?: number
  cached?: true
  traceId?: string
}

/** Asked for anew each time: rows are read from the disk, and not kept. */
export type Rows = () => Iterable<ReportRow>

/** All rows in the order of the dataset, read from the disk one by one. */
export function* reportRows(
  plan: Pick<Plan, 'variants' | 'checks'> & { cases: CaseSource },
  journal: Journal,
  repeats: number,
): Generator<ReportRow> {
  const numbers = { cases: plan.cases.count, variants: plan.variants.length }
  for (let index = 0; index < numbers.cases; index++) {
    let one: ReturnType<CaseSource['at']> | undefined
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (let variant = 0; variant < numbers.variants; variant++) {
        const item = (repeat * numbers.cases + index) * numbers.variants + variant
        if (journal.stateOf(item) === NOTHING) continue
        const { task, scores } = journal.read(item)
        if (!task) continue
        one ??= plan.cases.at(index)
        const last = scores.findLast(({ pass }) => pass !== undefined)
        yield {
          id: one.id,
          ...(one.description !== undefined && { description: one.description }),
          variant: plan.variants[partsOf(numbers, item).variant]?.id ?? '',
          repeat,
          // Not what templates may use besides, such as the environment with its keys.
          vars: (one.row.vars ?? one.vars) as Record<string, unknown>,
          ...(task.ok ? { output: task.output } : { error: task.error?.message ?? 'It failed.' }),
          pass: last?.pass ?? null,
          score: last?.score ?? null,
          scores: inOrder(scores, () => plan.checks(one as EvalCase)),
          ...(task.costUsd !== undefined && { costUsd: task.costUsd }),
          ...(task.ms !== undefined && { ms: task.ms }),
          ...(task.cached && { cached: true as const }),
          ...(task.traceId !== undefined && { traceId: task.traceId }),
        }
      }
    }
  }
}

/** As the evaluators stand in the file: those that are waited for came when they were ready. */
function inOrder(frames: readonly ScoresFrame[], checks: () => readonly Check[]): Score[] {
  const scores = frames.flatMap((frame) => frame.scores)
  if (frames.filter((frame) => frame.scores.length > 0).length < 2) return scores
  const order = new Map(checks().map(({ key }, index) => [key, index]))
  return scores.sort((one, other) => (order.get(one.key) ?? 0) - (order.get(other.key) ?? 0))
}
