import { nativeNames } from '../anthropic/native-names.ts'
import type { CallTarget, EncodedCall } from '../codec.ts'
import type { Call, Effort } from '../language.ts'
import { LOGPROBS } from './decode-call.ts'
import { type Drop, encodeSystemItems, encodeTurn } from './encode-item.ts'
import { type Json, objectOf } from './json.ts'
import { DIALECT, nativeOf } from './native.ts'

/** The body of `POST /responses` for a call of any dialect. Items keep their order; what cannot be carried is named in `dropped`. */
export function encodeCall(call: Call, target: CallTarget): EncodedCall {
  const dropped = new Set<string>(nativeNames(call))
  const drop: Drop = (name) => dropped.add(name)
  const body: Json = { model: target.model }
  writeInput(call, body, drop)
  writeTools(call, body, drop)
  const sampling = {
    parallel_tool_calls: call.parallelToolCalls,
    max_output_tokens: call.maxTokens,
    temperature: call.temperature,
    top_p: call.topP,
    [typeof call.notes?.userAs === 'string' ? call.notes.userAs : 'user']: call.user,
    metadata: call.metadata,
    service_tier: call.serviceTier,
    stream: call.stream || undefined,
  }
  for (const [key, value] of Object.entries(sampling)) if (value !== undefined) body[key] = value
  writeText(call, body)
  writeReasoning(call, body, drop)
  writeExtras(call, body, drop)
  writeInclude(call, body)
  if (call.topK !== undefined) drop('top_k')
  if (call.stop?.length) drop('stop')
  if (call.seed !== undefined) drop('seed')
  if (call.presencePenalty !== undefined) drop('presence_penalty')
  if (call.frequencyPenalty !== undefined) drop('frequency_penalty')
  if (call.choices !== undefined && call.choices > 1) drop('n')
  return { body, dropped: [...dropped] }
}

function writeInput(call: Call, body: Json, drop: Drop): void {
  const instructions = call.system.filter((block) => nativeOf(block).role === undefined)
  for (const block of instructions) {
    if (block.cache) drop('cache_control')
    if (block.citations?.length) drop('citations')
  }
  if (instructions.length > 0) body.instructions = instructions.map(({ text }) => text).join('\n\n')
  const items = encodeSystemItems(
    call.system.filter((block) => nativeOf(block).role !== undefined),
    drop,
  )
  for (const turn of call.turns) for (const item of encodeTurn(turn, drop)) items.push(item)
  const mayBeEmpty =
    call.dialect === DIALECT && ('prompt' in call.extras || 'previous_response_id' in call.extras || 'conversation' in call.extras)
  if (items.length > 0 || !mayBeEmpty) body.input = items
}

function writeTools(call: Call, body: Json, drop: Drop): void {
  const tools: Json[] = call.tools.map(({ name, description, parameters, strict, cache }) => {
    if (cache) drop('cache_control')
    return {
      type: 'function',
      name,
      ...(description !== undefined && { description }),
      parameters: parameters ?? null,
      // Responses takes a tool without it as strict, all other dialects as not.
      ...(strict !== undefined ? { strict } : call.dialect !== DIALECT && { strict: false }),
      ...(call.dialect === DIALECT && objectOf(call.extras[`tools.${name}`])),
    }
  })
  for (const { dialect, name, value } of call.serverTools) {
    if (dialect === DIALECT) tools.push(value as Json)
    else drop(`tools.${name}`)
  }
  if (tools.length > 0) body.tools = tools
  const { toolChoice } = call
  if (toolChoice) body.tool_choice = toolChoice.type === 'tool' ? { type: 'function', name: toolChoice.name } : toolChoice.type
}

function writeText(call: Call, body: Json): void {
  const { format } = call
  if (!format) return
  const { type, ...rest } = format
  body.text = { format: type === 'json-schema' ? { type: 'json_schema', ...rest } : { type: type === 'json' ? 'json_object' : 'text' } }
}

function writeReasoning(call: Call, body: Json, drop: Drop): void {
  const { reasoning } = call
  if (!reasoning) return
  const { budgetTokens } = reasoning
  let { effort } = reasoning
  if (budgetTokens !== undefined) {
    drop('reasoning.max_tokens')
    effort ??= effortOf(budgetTokens)
  }
  const written: Json = { ...(effort !== undefined && { effort }), ...(reasoning.summary && { summary: 'auto' }) }
  if (Object.keys(written).length > 0 || call.dialect === DIALECT) body.reasoning = written
}

/** Responses counts effort, not tokens: the nearest word. A negative budget means that the model may choose. */
function effortOf(budgetTokens: number): Effort | undefined {
  if (budgetTokens < 0) return undefined
  if (budgetTokens === 0) return 'none'
  return budgetTokens <= 4096 ? 'low' : budgetTokens <= 16_384 ? 'medium' : 'high'
}

/** Parameters of chat completions that mean the same here. */
const CHAT_EXTRAS = new Set(['store', 'prompt_cache_key', 'prompt_cache_retention', 'safety_identifier'])

function writeExtras(call: Call, body: Json, drop: Drop): void {
  for (const key in call.extras) {
    const value = call.extras[key]
    if (call.dialect === 'openai-chat' && key === 'verbosity') body.text = { ...objectOf(body.text), verbosity: value }
    else if (call.dialect === 'openai-chat' && CHAT_EXTRAS.has(key)) body[key] = value
    else if (call.dialect !== DIALECT) drop(key)
    else if (!key.startsWith('tools.')) writeOwn(body, key, value)
  }
  // A client of another dialect cannot ask for what is stored, so nothing is.
  if (call.dialect !== DIALECT) body.store ??= false
}

function writeOwn(body: Json, key: string, value: unknown): void {
  const [, parent, child] = /^(text|reasoning)\.(.+)$/.exec(key) ?? []
  if (parent && child) body[parent] = { ...objectOf(body[parent]), [child]: value }
  else body[key] = value
}

function writeInclude(call: Call, body: Json): void {
  const include: unknown[] = Array.isArray(body.include) ? [...body.include] : []
  if (call.logprobs !== undefined) {
    include.push(LOGPROBS)
    body.top_logprobs = call.logprobs
  }
  // Nothing is stored for a call of another dialect: the thoughts come back in the answer or are lost.
  const thinks = objectOf(body.reasoning)?.effort !== undefined && objectOf(body.reasoning)?.effort !== 'none'
  if (call.dialect !== DIALECT && thinks) include.push('reasoning.encrypted_content')
  if (include.length > 0) body.include = include
}
