import type { EvaluatorEnv, JudgeAnswer, JudgeRequest } from '../evaluators/evaluator.ts'
import type { Task, TaskRequest } from './plan.ts'
import type { Caller } from './run/caller.ts'

export type JudgeModel = { task: (model: string | undefined) => Task; parameters: Record<string, unknown> }

/** Lets judges ask a model through the caller of the run: the same question is paid for once, whoever asks. */
export const completeBy =
  (caller: Caller, { task, parameters }: JudgeModel): NonNullable<EvaluatorEnv['complete']> =>
  async (request: JudgeRequest): Promise<JudgeAnswer> => {
    // The number that tells repeated questions apart is in the seed, so that drawing five times is five answers.
    const called = await caller.call(task(request.model), bodyOf(request, parameters), {
      kind: 'judge',
      repeat: request.seed ?? 0,
      entered: false,
    })
    if (called.ok === undefined) throw new Error(called.why)
    if (!called.ok) throw new Error(`The judge did not answer. ${called.failure.message}`)
    const { output, usage, costUsd, logprobs } = called.answer
    return {
      text: typeof output === 'string' ? output : JSON.stringify(output),
      ...(logprobs && { logprobs: [...logprobs] }),
      usage: { inputTokens: usage?.inputTokens ?? 0, outputTokens: usage?.outputTokens ?? 0, costUsd },
    }
  }

function bodyOf(
  { messages, schema, temperature, maxTokens, topLogprobs, seed }: JudgeRequest,
  parameters: Record<string, unknown>,
): TaskRequest {
  return {
    messages,
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    ...(seed !== undefined && { seed }),
    ...(topLogprobs !== undefined && { logprobs: true, top_logprobs: topLogprobs }),
    ...(schema && { response_format: { type: 'json_schema', json_schema: { name: schema.name, strict: true, schema: schema.schema } } }),
    ...parameters,
  }
}
