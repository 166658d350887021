import { isObject, type Json, objectOf } from '../json-values.ts'
import type { LangsmithBody, RunMessage } from './body.ts'

/**
 * The same runs without what was asked and answered, for projects that do not keep it. What says which model, how many tokens and
 * how long stays, and of files their name, type and size. Judgements stay as they are: somebody made them to be kept.
 */
export const withoutContent = (body: LangsmithBody): LangsmithBody => ({
  ...body,
  runs: body.runs.map(bareRun),
  attachments: body.attachments.map(({ content: _, encoding: __, ...described }) => described),
})

function bareRun({ run, ...message }: RunMessage): RunMessage {
  const extra = objectOf(run.extra)
  const kept = Object.fromEntries(Object.entries(run).filter(([key, value]) => !CONTENT.has(key) && !isStructured(key, value)))
  return {
    ...message,
    run: {
      ...kept,
      [BARE]: true,
      ...(isObject(run.outputs) && { outputs: bareOutputs(run.outputs) }),
      ...(Array.isArray(run.events) && { events: run.events.filter(isObject).map(({ name, time }) => ({ name, time })) }),
      extra: {
        ...(isObject(extra.metadata) && { metadata: extra.metadata }),
        ...(isObject(extra.runtime) && { runtime: extra.runtime }),
        ...(isObject(extra.invocation_params) && { invocation_params: scalars(extra.invocation_params) }),
      },
    },
  }
}

/** Says of a run that its content was taken away here. */
export const BARE = 'content_not_kept'

const CONTENT = new Set(['inputs', 'outputs', 'events', 'extra', 'serialized', 'child_runs', 'manifest'])
const isStructured = (key: string, value: unknown): boolean => key !== 'tags' && typeof value === 'object' && value !== null

const scalars = (values: Json): Json =>
  Object.fromEntries(
    Object.entries(values).filter(
      ([key, value]) => (typeof value !== 'object' && typeof value !== 'string') || /^model(_name)?$/.test(key),
    ),
  )

/** Counts, names of models and why an answer ended. */
function bareOutputs(outputs: Json): Json {
  const model = objectOf(outputs.llm_output ?? outputs.llmOutput)
  const bare: Json = {
    usage_metadata: outputs.usage_metadata,
    usage: outputs.usage,
    model: outputs.model,
    stop_reason: outputs.stop_reason,
    llm_output: { token_usage: model.token_usage ?? model.tokenUsage, usage: model.usage, model_name: model.model_name },
  }
  if (Array.isArray(outputs.choices)) bare.choices = outputs.choices.filter(isObject).map(({ finish_reason }) => ({ finish_reason }))
  if (Array.isArray(outputs.generations)) bare.generations = outputs.generations.flat(1).filter(isObject).map(bareGeneration)
  return JSON.parse(JSON.stringify(bare)) as Json
}

function bareGeneration(generation: Json): Json {
  const message = objectOf(generation.message)
  const { usage_metadata, response_metadata } = isObject(message.kwargs) ? message.kwargs : message
  const { model_name, model, finish_reason, stop_reason } = objectOf(response_metadata)
  return { message: { usage_metadata, response_metadata: { model_name, model, finish_reason, stop_reason } } }
}
