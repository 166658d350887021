import { nativeNames } from '../anthropic/native-names.ts'
import type { CallTarget, EncodedCall } from '../codec.ts'
import type { Call } from '../language.ts'
import { applyQuirks } from './apply-quirks.ts'
import type { Json } from './check.ts'
import { encodeMessages } from './encode-messages.ts'
import { encodeTools } from './encode-tools.ts'
import { chatNotes } from './notes.ts'

/** A call as the body of `POST /chat/completions`. */
export function encodeCall(call: Call, target: CallTarget): EncodedCall {
  const dropped = new Set<string>(nativeNames(call))
  const body: Json = {
    model: target.model,
    messages: encodeMessages(call, dropped),
    ...(call.stream && { stream: true }),
    ...encodeStreamOptions(call, target),
    ...encodeTools(call, dropped),
    ...encodeSampling(call, dropped),
    ...encodeFormat(call),
    ...encodeReasoning(call, dropped),
    ...(call.user !== undefined && { user: call.user }),
    ...(call.metadata && { metadata: call.metadata }),
    ...(call.serviceTier !== undefined && { service_tier: call.serviceTier }),
  }
  const isChat = call.dialect === 'openai-chat'
  const onlyCompletions = chatNotes(call).endpoint === 'completions' ? COMPLETIONS_ONLY : undefined
  const extras = Object.entries(call.extras).filter(([key]) => {
    const carried = isChat && !onlyCompletions?.has(key)
    if (!carried) dropped.add(key)
    return carried
  })
  return applyQuirks({ ...body, ...Object.fromEntries(extras) }, dropped, { call, target })
}

const COMPLETIONS_ONLY = new Set(['suffix', 'echo', 'best_of'])

function encodeStreamOptions(call: Call, target: CallTarget): Json {
  if (!call.stream || !target.streamUsage) return {}
  return { stream_options: { ...chatNotes(call).streamOptions, include_usage: true } }
}

function encodeSampling(call: Call, dropped: Set<string>): Json {
  const isChat = call.dialect === 'openai-chat'
  if (call.topK !== undefined && !isChat) dropped.add('top_k')
  return {
    ...(call.maxTokens !== undefined && { [chatNotes(call).maxTokensAs ?? 'max_tokens']: call.maxTokens }),
    ...(call.temperature !== undefined && { temperature: call.temperature }),
    ...(call.topP !== undefined && { top_p: call.topP }),
    ...(call.topK !== undefined && isChat && { top_k: call.topK }),
    ...(call.stop && { stop: call.stop }),
    ...(call.seed !== undefined && { seed: call.seed }),
    ...(call.presencePenalty !== undefined && { presence_penalty: call.presencePenalty }),
    ...(call.frequencyPenalty !== undefined && { frequency_penalty: call.frequencyPenalty }),
    ...(call.choices !== undefined && { n: call.choices }),
    ...(call.logprobs !== undefined && { logprobs: true, ...(call.logprobs > 0 && { top_logprobs: call.logprobs }) }),
  }
}

function encodeFormat({ format }: Call): Json {
  if (!format) return {}
  if (format.type === 'text') return { response_format: { type: 'text' } }
  if (format.type === 'json') return { response_format: { type: 'json_object' } }
  const { name, schema, strict, description } = format
  const wanted = { name, ...(description !== undefined && { description }), schema, ...(strict !== undefined && { strict }) }
  return { response_format: { type: 'json_schema', json_schema: wanted } }
}

/** Effort is chat's word; a budget goes back only in the spelling of the chat client that sent it, otherwise it becomes the nearest effort. */
function encodeReasoning(call: Call, dropped: Set<string>): Json {
  if (!call.reasoning) return {}
  const { effort, budgetTokens, summary } = call.reasoning
  const { reasoningAs } = chatNotes(call)
  if (summary) dropped.add('reasoning.summary')
  if (reasoningAs === 'extras') return {}
  if (reasoningAs === 'thinking') return { thinking: { type: 'enabled', budget_tokens: budgetTokens } }
  if (reasoningAs === 'reasoning')
    return { reasoning: { ...(effort && { effort }), ...(budgetTokens !== undefined && { max_tokens: budgetTokens }) } }
  if (budgetTokens !== undefined) dropped.add('reasoning.max_tokens')
  const nearest = effort ?? (budgetTokens === undefined ? undefined : effortOf(budgetTokens))
  return nearest === undefined ? {} : { reasoning_effort: nearest }
}

/** The effort whose usual budget comes nearest; 0 turns reasoning off, a negative budget leaves it to the model. */
function effortOf(budget: number): string | undefined {
  if (budget < 0) return undefined
  if (budget === 0) return 'none'
  if (budget <= 2048) return 'low'
  return budget <= 8192 ? 'medium' : 'high'
}
