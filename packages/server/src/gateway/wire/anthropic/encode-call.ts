import type { CallTarget, EncodedCall } from '../codec.ts'
import type { Call } from '../language.ts'
import { claudeAbilities } from './claude-models.ts'
import { cacheOf, encodeText, encodeTurns, nativeOf } from './encode-blocks.ts'
import { encodeThinking } from './encode-thinking.ts'
import { isObject } from './fields.ts'
import { outputSchema } from './output-schema.ts'
import { ToolIds } from './tool-ids.ts'

type Fields = Record<string, unknown>
type Drop = (name: string) => void

/** A call as the body of `POST /v1/messages`. `max_tokens`, which is required, is `DEFAULT_MAX_TOKENS` where the client set none. */
export function encodeCall(call: Call, target: CallTarget): EncodedCall {
  const dropped = new Set<string>()
  const drop: Drop = (name) => void dropped.add(name)
  const own = call.dialect === 'anthropic'
  const extras = own ? call.extras : {}
  if (!own) for (const name of Object.keys(call.extras)) drop(name)

  const system = call.system.map((block) => encodeText(block, drop)).filter((block) => block !== undefined)
  const { thinking, effort, maxTokens } = encodeThinking(call, target.model, drop)
  const tools = encodeTools(call, drop)
  const config = {
    ...(effort !== undefined && { effort }),
    ...encodeFormat(call, drop),
    ...(isObject(extras.output_config) && extras.output_config),
  }
  const metadata = { ...(isObject(extras.metadata) && extras.metadata), ...(call.user !== undefined && { user_id: call.user }) }
  const body: Fields = {
    ...extras,
    model: target.model,
    max_tokens: maxTokens,
    ...(system.length > 0 && { system: isPlain(system) ? system[0]?.text : system }),
    messages: encodeTurns({ call, ids: new ToolIds(), drop }),
    ...(tools.length > 0 && { tools }),
    ...encodeToolChoice(call, tools.length > 0, drop),
    ...encodeThought(call, thinking),
    ...(Object.keys(config).length > 0 && { output_config: config }),
    ...encodeSampling(call, { model: target.model, thinks: thinking !== undefined && thinking.type !== 'disabled' }, drop),
    ...encodeStop(call, drop),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...encodeTier(call, drop),
    ...(call.stream && { stream: true }),
  }
  for (const [member, name] of Object.entries(NOT_CARRIED)) if (call[member as keyof typeof NOT_CARRIED] !== undefined) drop(name)
  if (call.choices !== undefined && call.choices > 1) drop('n')
  return { body, dropped: [...dropped] }
}

/** As the client of this dialect wrote it, where the inner language has no word for that. */
function encodeThought(call: Call, thinking: Fields | undefined): Fields {
  const sent = call.dialect === 'anthropic' ? (call.extras.thinking ?? call.notes?.thinking) : undefined
  return sent !== undefined ? { thinking: sent } : thinking ? { thinking } : {}
}

/** Members of a call that Anthropic has nothing for. */
const NOT_CARRIED = {
  seed: 'seed',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  logprobs: 'logprobs',
  metadata: 'metadata',
} as const satisfies Partial<Record<keyof Call, string>>

const isPlain = (system: Fields[]): boolean =>
  system.length === 1 && Object.keys(system[0] ?? {}).length === 2 && system[0]?.type === 'text'

function encodeTools(call: Call, drop: Drop): unknown[] {
  const tools: unknown[] = call.tools.map((tool) => ({
    ...nativeOf(tool),
    name: tool.name,
    ...(tool.description !== undefined && { description: tool.description }),
    // The schema is required, and has to be one of an object.
    input_schema: { type: 'object', ...tool.parameters },
    ...(tool.strict !== undefined && { strict: tool.strict }),
    ...cacheOf(tool),
  }))
  for (const tool of call.serverTools) {
    if (tool.dialect === 'anthropic') tools.push(tool.value)
    else drop(tool.name)
  }
  return tools
}

const CHOICES = { auto: 'auto', required: 'any', none: 'none' } as const

function encodeToolChoice(call: Call, hasTools: boolean, drop: Drop): Fields {
  const { toolChoice, parallelToolCalls: parallel } = call
  if (!hasTools) {
    if (toolChoice && toolChoice.type !== 'none' && toolChoice.type !== 'auto') drop('tool_choice')
    return {}
  }
  if (!toolChoice && parallel === undefined) return {}
  const choice: Fields =
    toolChoice?.type === 'tool' ? { type: 'tool', name: toolChoice.name } : { type: CHOICES[toolChoice?.type ?? 'auto'] }
  if (parallel !== undefined && choice.type !== 'none') choice.disable_parallel_tool_use = !parallel
  return { tool_choice: choice }
}

function encodeFormat(call: Call, drop: Drop): Fields {
  const { format } = call
  if (format?.type === 'json') drop('response_format')
  if (format?.type !== 'json-schema') return {}
  const schema = call.dialect === 'anthropic' ? format.schema : outputSchema(format.schema, drop)
  const described = format.description === undefined || 'description' in schema ? schema : { description: format.description, ...schema }
  return { format: { type: 'json_schema', schema: described } }
}

/** Newer models take none of these, and thinking goes with neither `temperature` nor `top_k`. */
function encodeSampling(call: Call, model: { model: string; thinks: boolean }, drop: Drop): Fields {
  const sampling: Fields = {}
  if (call.temperature !== undefined) {
    sampling.temperature = Math.min(1, Math.max(0, call.temperature))
    if (sampling.temperature !== call.temperature) drop('temperature')
  }
  if (call.topP !== undefined) sampling.top_p = call.topP
  if (call.topK !== undefined) sampling.top_k = call.topK
  if (call.dialect === 'anthropic') return sampling
  // Some models refuse both; 1 is no limit, so nothing is lost.
  if (sampling.top_p === 1 && sampling.temperature !== undefined) delete sampling.top_p
  const refused = !claudeAbilities(model.model).sampling
    ? ['temperature', 'top_p', 'top_k']
    : model.thinks
      ? ['temperature', 'top_p', 'top_k']
      : []
  for (const name of refused) {
    // What is the default anyway is left out without a word.
    if (name in sampling && !(name === 'temperature' && call.temperature === 1)) drop(name)
    delete sampling[name]
  }
  return sampling
}

/** Anthropic refuses a stop sequence of white space. */
function encodeStop({ stop, dialect }: Call, drop: Drop): Fields {
  if (stop === undefined) return {}
  const kept = dialect === 'anthropic' ? stop : stop.filter((text) => text.trim() !== '')
  if (kept.length < stop.length) drop('stop')
  return kept.length > 0 || dialect === 'anthropic' ? { stop_sequences: kept } : {}
}

/** OpenAI's `default` is what Anthropic calls `standard_only`. */
const TIERS: Record<string, string> = { auto: 'auto', default: 'standard_only', standard_only: 'standard_only' }

function encodeTier({ serviceTier, dialect }: Call, drop: Drop): Fields {
  if (serviceTier === undefined) return {}
  const tier = dialect === 'anthropic' ? serviceTier : TIERS[serviceTier]
  if (tier === undefined) drop('service_tier')
  return tier === undefined ? {} : { service_tier: tier }
}
