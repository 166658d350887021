import type { EvaluatorEnv } from '../evaluators/evaluator.ts'
import { openaiModels } from '../evaluators/openai-models.ts'

/** The models that judges use on the command line: any address that speaks OpenAI's dialect, which a gateway of Signalbox does. */
export function modelEnv({ baseUrl, model, embeddingModel }: { baseUrl?: string; model?: string; embeddingModel?: string }): EvaluatorEnv {
  const { SIGNALBOX_JUDGE_URL, SIGNALBOX_JUDGE_MODEL, SIGNALBOX_JUDGE_EMBEDDING_MODEL, SIGNALBOX_JUDGE_KEY } = process.env
  const url = baseUrl ?? SIGNALBOX_JUDGE_URL
  if (url === undefined) return { fetch: globalThis.fetch }
  return {
    fetch: globalThis.fetch,
    ...openaiModels({
      baseUrl: url,
      key: SIGNALBOX_JUDGE_KEY,
      model: model ?? SIGNALBOX_JUDGE_MODEL,
      embeddingModel: embeddingModel ?? SIGNALBOX_JUDGE_EMBEDDING_MODEL,
    }),
  }
}
