import { followRules } from '../datasets/filling/follow-rules.ts'
import { datasetRuleHandlers } from '../datasets/filling/rules.ts'
import { synthesisHandlers } from '../datasets/filling/synthesis.ts'
import { datasetWriter } from '../datasets/handlers.ts'
import type { SpanReader } from '../datasets/spans.ts'
import type { EvaluatorEnv } from '../evaluators/evaluator.ts'
import type { Sql } from '../store/ports.ts'

type Rooms = { sql: Sql; spans: SpanReader; envFor(wishes: { projectId: string; environment: string; signal: AbortSignal }): EvaluatorEnv }

const LONGEST_MS = 180_000

/** What fills datasets by itself: rules over the calls that come in, and models that write items. */
export function createDatasetFilling({ sql, spans, envFor }: Rooms) {
  return {
    handlers: {
      ...datasetRuleHandlers({ sql }),
      ...synthesisHandlers({
        sql,
        write: datasetWriter({ sql }),
        async complete(projectId, { model, messages }) {
          const signal = AbortSignal.timeout(LONGEST_MS)
          const answer = await envFor({ projectId, environment: 'synthesis', signal }).complete?.({ model, messages, signal })
          return answer ?? { text: '' }
        },
      }),
    },
    follow: () => followRules({ sql, spans }),
  }
}
