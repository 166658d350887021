import { nativeNames } from '../anthropic/native-names.ts'
import type { CallTarget, EncodedCall } from '../codec.ts'
import type { Call, Tool, Turn } from '../language.ts'
import type { Fields } from './fields.ts'
import { isFields } from './fields.ts'
import { takesLevels } from './models.ts'
import { writeThinking } from './thinking.ts'
import { type PartsOptions, writeParts } from './write-parts.ts'

/**
 * Google's word for "this call was not made by Gemini": Gemini 3 refuses a call in the history without a signature of its own.
 * https://ai.google.dev/gemini-api/docs/thought-signatures#faqs
 */
const NO_SIGNATURE = 'skip_thought_signature_validator'

/** Writes a `GenerateContentRequest`. Model and stream stand in the path. */
export function encodeCall(call: Call, target: CallTarget): EncodedCall {
  const dropped = new Set<string>(nativeNames(call))
  const drop = (what: string) => void dropped.add(Object.hasOwn(NAMES, what) ? (NAMES[what] ?? what) : what)
  const body: Fields = {}
  if (call.system.length > 0) {
    if (call.system.some((block) => block.cache)) drop('cache')
    body.systemInstruction = { parts: call.system.map(({ text }) => ({ text })) }
  }
  body.contents = writeTurns(call, target.model, drop)
  const tools = writeTools(call, drop)
  if (tools.length > 0) body.tools = tools
  const toolConfig = writeToolChoice(call, drop)
  if (toolConfig) body.toolConfig = toolConfig
  const config = writeConfig(call, target.model, drop)
  if (Object.keys(config).length > 0) body.generationConfig = config
  const tier = writeTier(call, drop)
  if (tier) body.serviceTier = tier
  if (call.user !== undefined) drop('user')
  if (call.metadata) drop('metadata')
  if (call.parallelToolCalls === false) drop('parallelToolCalls')
  for (const [name, value] of Object.entries(call.extras)) {
    if (call.dialect === 'gemini') setAt(body, name.split('.'), value)
    else dropped.add(name)
  }
  return { body, dropped: [...dropped] }
}

/** What is dropped, as chat calls it. */
const NAMES: Record<string, string> = {
  cache: 'cache_control',
  effort: 'reasoning.effort',
  parallelToolCalls: 'parallel_tool_calls',
  toolChoice: 'tool_choice',
  serviceTier: 'service_tier',
  formatDescription: 'response_format.json_schema.description',
}

function writeTurns(call: Call, model: string, drop: (what: string) => void): Fields[] {
  const names = new Map<string, string>()
  const own = call.dialect === 'gemini'
  const options: PartsOptions = {
    drop: (what) => drop(typeof what === 'string' ? what : what.opaque),
    nameOf: (callId) => names.get(callId),
    mediaInResponses: own || takesLevels(model),
    foreign: 'drop',
  }
  const contents: { role: string; parts: Fields[] }[] = []
  for (const turn of call.turns) {
    if (turn.name !== undefined) drop('name')
    for (const block of turn.blocks) if (block.type === 'tool-call') names.set(block.id, block.name)
    const parts = writeParts(own ? turn.blocks : withoutEmptyText(turn), options)
    if (parts.length === 0) continue
    const role = turn.role === 'assistant' ? 'model' : 'user'
    const before = contents.at(-1)
    if (before?.role === role) before.parts.push(...parts)
    else contents.push({ role, parts })
  }
  if (!own && takesLevels(model)) for (const { parts } of contents) signFirstCall(parts)
  return contents
}

/** Gemini takes no text without letters from where other dialects have it beside tool calls. */
const withoutEmptyText = (turn: Turn) => turn.blocks.filter((block) => block.type !== 'text' || block.text !== '')

/** Of calls side by side, only the first has a signature. */
function signFirstCall(parts: Fields[]): void {
  const first = parts.find((part) => part.functionCall)
  if (first && first.thoughtSignature === undefined) first.thoughtSignature = NO_SIGNATURE
}

function writeTools(call: Call, drop: (what: string) => void): Fields[] {
  const tools: Fields[] = []
  if (call.tools.length > 0) tools.push({ functionDeclarations: call.tools.map((tool) => writeDeclaration(tool, drop)) })
  for (const { dialect, name, value } of call.serverTools) {
    if (dialect === 'gemini') tools.push({ [name]: value })
    else drop(`tools.${name}`)
  }
  return tools
}

function writeDeclaration(tool: Tool, drop: (what: string) => void): Fields {
  const { name, description, parameters, native } = tool
  if (tool.cache) drop('cache')
  if (tool.strict) drop('strict')
  return {
    name,
    ...(description !== undefined && { description }),
    ...(parameters && { parametersJsonSchema: parameters }),
    ...(native?.dialect === 'gemini' && native.value),
  }
}

const MODES = { auto: 'AUTO', none: 'NONE', required: 'ANY' }

function writeToolChoice(call: Call, drop: (what: string) => void): Fields | undefined {
  const { toolChoice } = call
  if (!toolChoice) return undefined
  // Gemini refuses a mode where there is no function.
  if (call.tools.length === 0 && call.dialect !== 'gemini') {
    if (toolChoice.type === 'required' || toolChoice.type === 'tool') drop('toolChoice')
    return undefined
  }
  if (toolChoice.type === 'tool') return { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [toolChoice.name] } }
  return { functionCallingConfig: { mode: MODES[toolChoice.type] } }
}

function writeConfig(call: Call, model: string, drop: (what: string) => void): Fields {
  const config: Fields = {}
  const set = (name: string, value: unknown) => {
    if (value !== undefined) config[name] = value
  }
  set('temperature', call.temperature)
  set('topP', call.topP)
  set('topK', call.topK)
  set('candidateCount', call.choices)
  set('maxOutputTokens', call.maxTokens)
  set('stopSequences', call.stop)
  set('seed', call.seed)
  set('presencePenalty', call.presencePenalty)
  set('frequencyPenalty', call.frequencyPenalty)
  if (call.logprobs !== undefined) {
    config.responseLogprobs = true
    if (call.logprobs > 0) config.logprobs = call.logprobs
  }
  const { format } = call
  if (format) {
    config.responseMimeType = format.type === 'text' ? 'text/plain' : 'application/json'
    if (format.type === 'json-schema') {
      config.responseJsonSchema = format.schema
      if (format.description) drop('formatDescription')
    }
  }
  set(
    'thinkingConfig',
    writeThinking(call, model, () => drop('effort')),
  )
  return config
}

const TIERS: Record<string, string | undefined> = { default: 'standard', standard_only: 'standard', flex: 'flex', priority: 'priority' }

function writeTier(call: Call, drop: (what: string) => void): string | undefined {
  const { serviceTier } = call
  if (serviceTier === undefined || serviceTier === 'auto' || call.dialect === 'gemini')
    return serviceTier === 'auto' ? undefined : serviceTier
  const tier = TIERS[serviceTier]
  if (!tier) drop('serviceTier')
  return tier
}

/** Puts a value where its dotted name says, into what stands there already. */
function setAt(body: Fields, [name = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) body[name] = value
  else {
    const held = body[name]
    const inner = isFields(held) ? held : {}
    body[name] = inner
    setAt(inner, rest, value)
  }
}
