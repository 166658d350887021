import type { Call, Effort, Tool, Turn } from '../language.ts'
import { decodeCache, decodeContent, decodeText } from './decode-blocks.ts'
import {
  BOOLEAN,
  COUNT,
  type Fields,
  invalid,
  isObject,
  LIST,
  NUMBER,
  OBJECT,
  optional,
  others,
  required,
  STRING,
  STRINGS,
  WHOLE,
} from './fields.ts'

const READ = [
  ...['model', 'stream', 'system', 'messages', 'tools', 'tool_choice', 'max_tokens', 'temperature', 'top_p', 'top_k'],
  ...['stop_sequences', 'metadata', 'service_tier', 'thinking', 'output_config', 'output_format'],
]

/**
 * Reads the body of `POST /v1/messages`. `max_tokens` may be missing: the body of `count_tokens` has none. A system message
 * among the others is moved to the end of `system`.
 */
export function decodeCall(body: Fields, address: { model?: string; stream?: boolean }): Call {
  const model = address.model ?? required(body, 'model', STRING, 'model')
  if (model === '') throw invalid('model', 'must not be empty')
  const system = decodeSystem(body.system ?? '', 'system')
  const turns: Turn[] = []
  const messages = required(body, 'messages', LIST, 'messages')
  if (messages.length === 0) throw invalid('messages', 'must have at least one message')
  for (const [index, message] of messages.entries()) {
    const at = `messages.${index}`
    if (!isObject(message)) throw invalid(at, 'must be an object')
    const { role } = message
    if (role === 'system') system.push(...decodeSystem(message.content, `${at}.content`))
    else if (role === 'user' || role === 'assistant') turns.push({ role, blocks: decodeContent(message.content, `${at}.content`) })
    else throw invalid(`${at}.role`, 'must be user, assistant or system')
  }
  const maxTokens = optional(body, 'max_tokens', COUNT)
  const temperature = optional(body, 'temperature', NUMBER)
  const topP = optional(body, 'top_p', NUMBER)
  const topK = optional(body, 'top_k', WHOLE)
  const stop = optional(body, 'stop_sequences', STRINGS)
  const serviceTier = optional(body, 'service_tier', STRING)
  const metadata = optional(body, 'metadata', OBJECT)
  const user = metadata && optional(metadata, 'user_id', STRING, 'metadata.user_id')
  const otherMetadata = metadata && others(metadata, ['user_id'])
  const thought = decodeThinking(body)
  return {
    dialect: 'anthropic',
    model,
    stream: address.stream ?? optional(body, 'stream', BOOLEAN) ?? false,
    system,
    turns,
    ...decodeTools(optional(body, 'tools', LIST) ?? []),
    ...decodeToolChoice(optional(body, 'tool_choice', OBJECT)),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(stop !== undefined && { stop }),
    ...(serviceTier !== undefined && { serviceTier }),
    ...(user !== undefined && { user }),
    ...thought.members,
    extras: { ...others(body, READ), ...(otherMetadata && { metadata: otherMetadata }), ...thought.extras },
  }
}

function decodeSystem(system: unknown, path: string): Call['system'] {
  if (typeof system === 'string') return system === '' ? [] : [{ type: 'text', text: system }]
  if (!Array.isArray(system)) throw invalid(path, 'must be a string or a list of text blocks')
  return system.map((block: unknown, index) => {
    if (!isObject(block) || block.type !== 'text') throw invalid(`${path}.${index}`, 'must be a text block')
    return decodeText(block, `${path}.${index}`)
  })
}

/** What has a type of its own is the vendor's, whether it runs there (`web_search_…`) or at the client (`bash_…`). */
function decodeTools(tools: unknown[]): Pick<Call, 'tools' | 'serverTools'> {
  const decoded: Pick<Call, 'tools' | 'serverTools'> = { tools: [], serverTools: [] }
  for (const [index, tool] of tools.entries()) {
    const at = `tools.${index}`
    if (!isObject(tool)) throw invalid(at, 'must be an object')
    const type = optional(tool, 'type', STRING, `${at}.type`) ?? 'custom'
    if (type === 'custom') decoded.tools.push(decodeTool(tool, at))
    else decoded.serverTools.push({ dialect: 'anthropic', name: optional(tool, 'name', STRING, `${at}.name`) ?? type, value: tool })
  }
  return decoded
}

function decodeTool(tool: Fields, path: string): Tool {
  const description = optional(tool, 'description', STRING, `${path}.description`)
  const parameters = optional(tool, 'input_schema', OBJECT, `${path}.input_schema`)
  const strict = optional(tool, 'strict', BOOLEAN, `${path}.strict`)
  const cache = decodeCache(tool)
  const value = others(tool, ['type', 'name', 'description', 'input_schema', 'strict', ...(cache ? ['cache_control'] : [])])
  return {
    name: required(tool, 'name', STRING, `${path}.name`),
    ...(description !== undefined && { description }),
    ...(parameters && { parameters }),
    ...(strict !== undefined && { strict }),
    ...(cache && { cache }),
    ...(value && { native: { dialect: 'anthropic', value } }),
  }
}

const CHOICES = { auto: 'auto', any: 'required', none: 'none' } as const

function decodeToolChoice(choice: Fields | undefined): Pick<Call, 'toolChoice' | 'parallelToolCalls'> {
  if (!choice) return {}
  const type = required(choice, 'type', STRING, 'tool_choice.type')
  const single = optional(choice, 'disable_parallel_tool_use', BOOLEAN, 'tool_choice.disable_parallel_tool_use')
  const parallel = single === undefined ? {} : { parallelToolCalls: !single }
  if (type === 'tool') return { toolChoice: { type, name: required(choice, 'name', STRING, 'tool_choice.name') }, ...parallel }
  if (!Object.hasOwn(CHOICES, type)) throw invalid('tool_choice.type', 'must be auto, any, tool or none')
  return { toolChoice: { type: CHOICES[type as keyof typeof CHOICES] }, ...parallel }
}

const EFFORTS: readonly string[] = ['low', 'medium', 'high', 'xhigh'] satisfies Effort[]

/**
 * `thinking`, `output_config` and the older `output_format`. What has no place in the inner language (`display`, the
 * effort `max`) stands in `extras` as it was sent and wins on the way back.
 */
function decodeThinking(body: Fields): { members: Pick<Call, 'reasoning' | 'format' | 'notes'>; extras: Fields } {
  const thinking = optional(body, 'thinking', OBJECT)
  const config = optional(body, 'output_config', OBJECT)
  const format = config?.format ?? body.output_format
  const effort = config && optional(config, 'effort', STRING, 'output_config.effort')
  const restOfConfig = (config && others(config, ['effort', 'format'])) ?? {}
  const reasoning: NonNullable<Call['reasoning']> = {}
  const members: Pick<Call, 'reasoning' | 'format' | 'notes'> = {}
  const extras: Fields = {}

  if (effort !== undefined && EFFORTS.includes(effort)) reasoning.effort = effort as Effort
  else if (effort !== undefined) {
    restOfConfig.effort = effort
    if (effort === 'max') reasoning.effort = 'xhigh'
  }
  if (thinking) {
    const type = required(thinking, 'type', STRING, 'thinking.type')
    const plain = type === 'enabled' ? ['type', 'budget_tokens'] : type === 'disabled' || type === 'adaptive' ? ['type'] : []
    if (others(thinking, plain)) extras.thinking = thinking
    // Alone it says that the effort decides, and so it does with every other vendor.
    else if (type === 'adaptive') members.notes = { thinking }
    if (type === 'enabled') reasoning.budgetTokens = required(thinking, 'budget_tokens', COUNT, 'thinking.budget_tokens')
    if (thinking.display === 'summarized') reasoning.summary = true
    if (type === 'disabled') {
      if (effort !== undefined) restOfConfig.effort = effort
      reasoning.effort = 'none'
    }
  }
  if (Object.keys(reasoning).length > 0 || thinking) members.reasoning = reasoning

  if (isObject(format) && format.type === 'json_schema')
    members.format = { type: 'json-schema', name: 'output', schema: required(format, 'schema', OBJECT, 'output_config.format.schema') }
  else if (format !== undefined && format !== null) restOfConfig.format = format
  if (Object.keys(restOfConfig).length > 0) extras.output_config = restOfConfig
  return { members, extras }
}
