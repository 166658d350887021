import type { Block, Call, Effort, TextBlock, Tool, Turn } from '../language.ts'
import { decodeMessage, decodeReasoning, decodeToolResult, invalid, pick } from './decode-item.ts'
import { unwrapProof } from './foreign-reasoning.ts'
import { type Json, objectOf, textOf } from './json.ts'
import { DIALECT, keepNative } from './native.ts'

/** Reads the body of `POST /v1/responses`. Throws `invalid-request` with `data.param`. What has no place in a call stays in `extras`. */
export function decodeCall(body: Json, address: { model?: string; stream?: boolean }): Call {
  const extras: Json = {}
  for (const key in body)
    if (!READ.has(key) && body[key] !== null && body[key] !== undefined && body[key] !== USUAL[key]) extras[key] = body[key]
  const model = address.model ?? body.model
  // A stored prompt may name the model.
  if (typeof model !== 'string' && (model !== undefined || extras.prompt === undefined)) throw invalid('model', 'must be a string')
  const call: Call = {
    dialect: DIALECT,
    model: textOf(model),
    stream: address.stream ?? optional(body, 'stream', 'boolean') ?? false,
    system: [],
    turns: [],
    tools: [],
    serverTools: [],
    extras,
  }
  const instructions = optional(body, 'instructions', 'string')
  if (instructions !== undefined) call.system.push({ type: 'text', text: instructions })
  readInput(body.input, call)
  readTools(body.tools, call)
  readToolChoice(body.tool_choice, call)
  readSampling(body, call)
  readText(body.text, call)
  readReasoning(body.reasoning, call)
  readLogprobs(body, call)
  return call
}

const READ = new Set([
  ...['model', 'stream', 'input', 'instructions', 'tools', 'tool_choice', 'parallel_tool_calls', 'max_output_tokens', 'temperature'],
  ...['top_p', 'top_logprobs', 'include', 'text', 'reasoning', 'user', 'safety_identifier', 'metadata', 'service_tier'],
])

/** What says the same as leaving it out. */
const USUAL: Json = { background: false, truncation: 'disabled' }

function readInput(input: unknown, call: Call): void {
  if (typeof input === 'string') return void call.turns.push({ role: 'user', blocks: [{ type: 'text', text: input }] })
  if (input === undefined || input === null) {
    if ('prompt' in call.extras || 'previous_response_id' in call.extras || 'conversation' in call.extras) return
    throw invalid('input', 'is missing')
  }
  if (!Array.isArray(input)) throw invalid('input', 'must be a string or a list of items')
  const signatures = signaturesOf(input)
  for (const [at, entry] of input.entries()) {
    const item = objectOf(entry)
    if (!item) throw invalid(`input[${at}]`, 'must be an object')
    readItem(item, call, { param: `input[${at}]`, signatures })
  }
}

type Place = { param: string; signatures: Map<string, { signature: NonNullable<ToolCall['signature']> }> }
type ToolCall = Extract<Block, { type: 'tool-call' }>

function readItem(item: Json, call: Call, place: Place): void {
  const type = item.type === undefined && 'role' in item ? 'message' : item.type
  if (typeof type !== 'string') throw invalid(`${place.param}.type`, 'must be a string')
  const read = ITEMS[type]
  if (read) return read(item, call, place)
  turnOf(call, type.endsWith('_output') || type === 'mcp_approval_response' ? 'user' : 'assistant').blocks.push({
    type: 'opaque',
    dialect: DIALECT,
    what: type,
    value: item,
  })
}

const ITEMS: Record<string, (item: Json, call: Call, place: Place) => void> = {
  message: readMessage,
  reasoning(item, call) {
    // Only a tool call's own proof, which went to the call.
    if (unwrapProof(textOf(item.encrypted_content))?.callId !== undefined) return
    turnOf(call, 'assistant').blocks.push(...decodeReasoning(item))
  },
  function_call(item, call, { param, signatures }) {
    if (typeof item.call_id !== 'string') throw invalid(`${param}.call_id`, 'must be a string')
    if (typeof item.name !== 'string') throw invalid(`${param}.name`, 'must be a string')
    turnOf(call, 'assistant').blocks.push({
      type: 'tool-call',
      id: item.call_id,
      name: item.name,
      arguments: textOf(item.arguments),
      ...signatures.get(item.call_id),
      ...keepNative(pick(item, CALL_KEYS)),
    })
  },
  function_call_output(item, call, { param }) {
    turnOf(call, 'user').blocks.push(decodeToolResult(item, param))
  },
}

/** What a `function_call` says beside the call itself. */
export const CALL_KEYS = ['id', 'status', 'namespace', 'caller', 'async'] as const

function readMessage(item: Json, call: Call, { param }: Place): void {
  const { role } = item
  if (role !== 'user' && role !== 'assistant' && role !== 'system' && role !== 'developer')
    throw invalid(`${param}.role`, 'must be user, assistant, system or developer')
  const blocks = decodeMessage(item, param)
  if (role === 'user') return void call.turns.push({ role, blocks })
  if (role === 'assistant') {
    const last = call.turns.at(-1)
    const before = last?.role === 'assistant' ? last.blocks.at(-1)?.type : undefined
    // A message right after a message starts a turn of its own, so that the two stay two.
    if (last && before && before !== 'text' && before !== 'refusal') last.blocks.push(...blocks)
    else call.turns.push({ role, blocks })
    return
  }
  const marked = blocks.map((block) => ({ ...block, ...keepNative({ ...('native' in block ? block.native?.value : {}), role }) }))
  const isText = (block: Block): block is TextBlock => block.type === 'text'
  if (call.turns.length === 0 && marked.every(isText)) call.system.push(...marked)
  // Later than the beginning: its place says more than its role, which only its own dialect can keep there.
  else call.turns.push({ role: 'user', blocks: marked })
}

/** The turn that an item of this side belongs to. Results of tools stand together, and apart from what a user wrote. */
function turnOf(call: Call, role: Turn['role']): Turn {
  const last = call.turns.at(-1)
  if (last?.role === role && (role === 'assistant' || last.blocks.every(({ type }) => type === 'tool-result' || type === 'opaque')))
    return last
  const turn: Turn = { role, blocks: [] }
  call.turns.push(turn)
  return turn
}

function signaturesOf(input: unknown[]): Place['signatures'] {
  const found: Place['signatures'] = new Map()
  for (const entry of input) {
    const item = objectOf(entry)
    if (item?.type !== 'reasoning') continue
    const proof = unwrapProof(textOf(item.encrypted_content))
    if (proof?.callId !== undefined && proof.signature !== undefined)
      found.set(proof.callId, { signature: { dialect: proof.origin, value: proof.signature } })
  }
  return found
}

function readTools(tools: unknown, call: Call): void {
  if (tools === undefined || tools === null) return
  if (!Array.isArray(tools)) throw invalid('tools', 'must be a list')
  for (const [at, entry] of tools.entries()) {
    const tool = objectOf(entry)
    if (typeof tool?.type !== 'string') throw invalid(`tools[${at}].type`, 'must be a string')
    if (tool.type !== 'function') {
      call.serverTools.push({ dialect: DIALECT, name: textOf(tool.name) || tool.type, value: tool })
      continue
    }
    const { type: _, name, description, parameters, strict, ...rest } = tool
    if (typeof name !== 'string') throw invalid(`tools[${at}].name`, 'must be a string')
    const found: Tool = { name }
    if (typeof description === 'string') found.description = description
    const schema = objectOf(parameters)
    if (schema) found.parameters = schema
    if (typeof strict === 'boolean') found.strict = strict
    call.tools.push(found)
    if (Object.keys(rest).length > 0) call.extras[`tools.${name}`] = rest
  }
}

function readToolChoice(choice: unknown, call: Call): void {
  if (choice === undefined || choice === null) return
  const named = objectOf(choice)
  if (choice === 'auto' || choice === 'none' || choice === 'required') call.toolChoice = { type: choice }
  else if (named?.type === 'function' && typeof named.name === 'string') call.toolChoice = { type: 'tool', name: named.name }
  else if (named) call.extras.tool_choice = choice
  else throw invalid('tool_choice', 'must be auto, none, required or an object')
}

function readSampling(body: Json, call: Call): void {
  const set = <K extends keyof Call>(key: K, value: Call[K] | undefined) => {
    if (value !== undefined) call[key] = value
  }
  set('parallelToolCalls', optional(body, 'parallel_tool_calls', 'boolean'))
  set('maxTokens', optional(body, 'max_output_tokens', 'number'))
  set('temperature', optional(body, 'temperature', 'number'))
  set('topP', optional(body, 'top_p', 'number'))
  set('serviceTier', optional(body, 'service_tier', 'string'))
  const user = optional(body, 'user', 'string')
  const safety = optional(body, 'safety_identifier', 'string')
  set('user', user ?? safety)
  if (user !== undefined && safety !== undefined) call.extras.safety_identifier = safety
  else if (safety !== undefined) call.notes = { userAs: 'safety_identifier' }
  if (body.metadata === undefined || body.metadata === null) return
  const metadata = objectOf(body.metadata)
  if (!metadata || !Object.values(metadata).every((value) => typeof value === 'string'))
    throw invalid('metadata', 'must be an object of strings')
  call.metadata = metadata as Record<string, string>
}

function readText(text: unknown, call: Call): void {
  if (text === undefined || text === null) return
  const found = objectOf(text)
  if (!found) throw invalid('text', 'must be an object')
  const { format, ...rest } = found
  for (const key in rest) if (rest[key] !== null) call.extras[`text.${key}`] = rest[key]
  if (format === undefined || format === null) return
  const wanted = objectOf(format)
  const read = FORMATS[textOf(wanted?.type)]
  if (!wanted || !read) throw invalid('text.format.type', 'must be text, json_object or json_schema')
  call.format = read(wanted)
}

const FORMATS: Record<string, (format: Json) => NonNullable<Call['format']>> = {
  text: () => ({ type: 'text' }),
  json_object: () => ({ type: 'json' }),
  json_schema({ name, schema, strict, description }) {
    const found = objectOf(schema)
    if (typeof name !== 'string') throw invalid('text.format.name', 'must be a string')
    if (!found) throw invalid('text.format.schema', 'must be a JSON Schema')
    return {
      type: 'json-schema',
      name,
      schema: found,
      ...(typeof strict === 'boolean' && { strict }),
      ...(typeof description === 'string' && { description }),
    }
  },
}

const EFFORTS = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] satisfies Effort[])

function readReasoning(reasoning: unknown, call: Call): void {
  if (reasoning === undefined || reasoning === null) return
  const found = objectOf(reasoning)
  if (!found) throw invalid('reasoning', 'must be an object')
  const { effort, summary, generate_summary: older, ...rest } = found
  for (const key in rest) if (rest[key] !== null) call.extras[`reasoning.${key}`] = rest[key]
  const read: NonNullable<Call['reasoning']> = {}
  if (EFFORTS.has(effort as Effort)) read.effort = effort as Effort
  else if (effort !== undefined && effort !== null) call.extras['reasoning.effort'] = effort
  const wanted = summary ?? older
  if (wanted !== undefined && wanted !== null) {
    read.summary = true
    if (wanted !== 'auto') call.extras['reasoning.summary'] = wanted
  }
  call.reasoning = read
}

/** Asks for the probabilities of the answer's tokens. */
export const LOGPROBS = 'message.output_text.logprobs'

function readLogprobs(body: Json, call: Call): void {
  const top = optional(body, 'top_logprobs', 'number')
  const { include } = body
  if (include !== undefined && include !== null && !Array.isArray(include)) throw invalid('include', 'must be a list')
  const wanted: unknown[] = include ?? []
  if (top !== undefined || wanted.includes(LOGPROBS)) call.logprobs = top ?? 0
  const rest = wanted.filter((name) => name !== LOGPROBS)
  if (rest.length > 0) call.extras.include = rest
}

function optional(body: Json, key: string, type: 'string'): string | undefined
function optional(body: Json, key: string, type: 'number'): number | undefined
function optional(body: Json, key: string, type: 'boolean'): boolean | undefined
function optional(body: Json, key: string, type: 'string' | 'number' | 'boolean'): unknown {
  const value = body[key] ?? undefined
  if (value !== undefined && typeof value !== type) throw invalid(key, `must be a ${type}`)
  return value
}
