import { nativeNames } from '../anthropic/native-names.ts'
import type { CallTarget, EncodedCall } from '../codec.ts'
import type { Call, Effort } from '../language.ts'
import type { Untyped } from '../untyped.ts'
import { documentOf } from './documents.ts'
import { encodeMessages } from './encode-messages.ts'

/** A call as the body of `POST /v2/chat`. */
export function encodeCall(call: Call, target: CallTarget): EncodedCall {
  const dropped = new Set<string>()
  // A client of Cohere's own is taken at its word.
  const isOwn = call.dialect === 'cohere'
  const within = (value: number, most: number, name: string): number => {
    const clamped = isOwn ? value : Math.min(most, Math.max(0, value))
    if (clamped !== value) dropped.add(name)
    return clamped
  }
  const body: Untyped = {
    model: target.model,
    messages: encodeMessages(call, dropped),
    ...encodeDocuments(call),
    ...encodeTools(call, dropped),
    ...encodeFormat(call),
    ...(call.maxTokens !== undefined && { max_tokens: call.maxTokens }),
    ...(call.temperature !== undefined && { temperature: call.temperature }),
    ...(call.topP !== undefined && { p: isOwn ? call.topP : Math.min(0.99, Math.max(0.01, call.topP)) }),
    ...(call.topK !== undefined && { k: within(call.topK, 500, 'top_k') }),
    ...(call.seed !== undefined && { seed: call.seed }),
    ...(call.presencePenalty !== undefined && { presence_penalty: within(call.presencePenalty, 1, 'presence_penalty') }),
    ...(call.frequencyPenalty !== undefined && { frequency_penalty: within(call.frequencyPenalty, 1, 'frequency_penalty') }),
    ...encodeStop(call, dropped),
    ...encodeLogprobs(call, dropped),
    ...encodeThinking(call, dropped),
    ...(call.stream && { stream: true }),
    ...encodeExtras(call, dropped),
  }
  for (const [member, name] of Object.entries(NOT_CARRIED)) if (call[member as keyof typeof NOT_CARRIED] !== undefined) dropped.add(name)
  if (call.choices !== undefined && call.choices > 1) dropped.add('n')
  if (call.parallelToolCalls === false) dropped.add('parallel_tool_calls')
  for (const name of nativeNames(call)) dropped.add(name)
  return { body, dropped: [...dropped] }
}

/** Members of a call that Cohere has nothing for. */
const NOT_CARRIED = { user: 'user', metadata: 'metadata', serviceTier: 'service_tier' } as const satisfies Partial<
  Record<keyof Call, string>
>

/** Parameters that no other dialect has: a client of any of them that sends one means Cohere. */
const COHERES_OWN = ['documents', 'citation_options', 'safety_mode']

/** Those of the request, which stand in the system prompt for everybody else. */
function encodeDocuments({ system }: Call): Untyped {
  const documents = system.map(documentOf).filter((document) => document !== undefined)
  return documents.length > 0 ? { documents } : {}
}

function encodeExtras({ dialect, extras }: Call, dropped: Set<string>): Untyped {
  if (dialect === 'cohere') return extras
  const carried: Untyped = {}
  for (const [name, value] of Object.entries(extras)) {
    if (COHERES_OWN.includes(name)) carried[name] = value
    else dropped.add(name)
  }
  return carried
}

/** A single forced tool becomes the only one that is offered. */
function encodeTools({ tools, serverTools, toolChoice }: Call, dropped: Set<string>): Untyped {
  const own = serverTools.flatMap(({ dialect, name, value }) => {
    if (dialect === 'cohere') return [value]
    dropped.add(name)
    return []
  })
  const forced = toolChoice?.type === 'tool' ? tools.filter(({ name }) => name === toolChoice.name) : []
  const offered = forced.length > 0 ? forced : tools
  if (tools.some(({ cache }) => cache)) dropped.add('cache_control')
  const strict = offered.filter((tool) => tool.strict === true).length
  // It holds for all tools or for none.
  if (strict > 0 && strict < offered.length) dropped.add('strict')
  if (offered.length === 0 && own.length === 0) {
    if (toolChoice?.type === 'required' || toolChoice?.type === 'tool') dropped.add('tool_choice')
    return {}
  }
  const encoded = offered.map(({ name, description, parameters, native }) => ({
    type: 'function',
    function: {
      name,
      ...(description !== undefined && { description }),
      parameters: parameters ?? { type: 'object', properties: {} },
      ...(native?.dialect === 'cohere' && native.value),
    },
  }))
  const choice = toolChoice && toolChoice.type !== 'auto' && { tool_choice: toolChoice.type === 'none' ? 'NONE' : 'REQUIRED' }
  return { tools: [...encoded, ...own], ...(strict > 0 && strict === offered.length && { strict_tools: true }), ...choice }
}

/** A schema has no name here. */
function encodeFormat({ format }: Call): Untyped {
  if (!format || format.type === 'text') return {}
  return { response_format: { type: 'json_object', ...(format.type === 'json-schema' && { json_schema: format.schema }) } }
}

const MOST_STOPS = 5

function encodeStop({ stop, dialect }: Call, dropped: Set<string>): Untyped {
  if (!stop || stop.length === 0) return {}
  if (dialect === 'cohere') return { stop_sequences: stop }
  if (stop.length > MOST_STOPS) dropped.add('stop')
  return { stop_sequences: stop.slice(0, MOST_STOPS) }
}

/** Those of the tokens that were chosen, without alternatives. */
function encodeLogprobs({ logprobs }: Call, dropped: Set<string>): Untyped {
  if (logprobs === undefined) return {}
  if (logprobs > 0) dropped.add('top_logprobs')
  return { logprobs: true }
}

/** Tokens to think with for an effort; the highest ones set no limit. */
const BUDGETS: Partial<Record<Effort, number>> = { minimal: 512, low: 1024, medium: 4096 }

function encodeThinking({ reasoning }: Call, dropped: Set<string>): Untyped {
  if (reasoning?.effort === undefined && reasoning?.budgetTokens === undefined) {
    // Nothing says that it is to think, so there will be no thoughts to show.
    if (reasoning?.summary) dropped.add('reasoning.summary')
    return {}
  }
  if (reasoning.effort === 'none' || reasoning.budgetTokens === 0) return { thinking: { type: 'disabled' } }
  const budget = reasoning.budgetTokens ?? (reasoning.effort && BUDGETS[reasoning.effort])
  return { thinking: { type: 'enabled', ...(budget !== undefined && budget > 0 && { token_budget: budget }) } }
}
