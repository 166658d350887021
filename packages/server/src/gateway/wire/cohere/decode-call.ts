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
} from '../anthropic/fields.ts'
import type { Call, Tool } from '../language.ts'
import { decodeMessages } from './decode-messages.ts'
import { documentBlock } from './documents.ts'

const READ = [
  ...['model', 'stream', 'messages', 'documents', 'tools', 'strict_tools', 'tool_choice', 'response_format', 'max_tokens', 'temperature'],
  ...['p', 'k', 'seed', 'presence_penalty', 'frequency_penalty', 'stop_sequences', 'logprobs', 'thinking'],
]

/**
 * Reads the body of `POST /v2/chat`. Documents become text of the system prompt, where every model reads them; Cohere itself
 * gets them back as they were.
 */
export function decodeCall(body: Fields, address: { model?: string; stream?: boolean }): Call {
  const model = address.model ?? required(body, 'model', STRING, 'model')
  if (model === '') throw invalid('model', 'must not be empty')
  const notes: Fields = {}
  const { system, turns } = decodeMessages(required(body, 'messages', LIST, 'messages'), notes)
  const documents = (optional(body, 'documents', LIST) ?? []).map((document, index) => documentBlock(document, `documents[${index}]`))
  const extras: Fields = { ...others(body, READ) }
  const maxTokens = optional(body, 'max_tokens', COUNT)
  const temperature = optional(body, 'temperature', NUMBER)
  const topP = optional(body, 'p', NUMBER)
  const topK = optional(body, 'k', WHOLE)
  const seed = optional(body, 'seed', WHOLE)
  const presencePenalty = optional(body, 'presence_penalty', NUMBER)
  const frequencyPenalty = optional(body, 'frequency_penalty', NUMBER)
  const stop = optional(body, 'stop_sequences', STRINGS)
  return {
    dialect: 'cohere',
    model,
    stream: address.stream ?? optional(body, 'stream', BOOLEAN) ?? false,
    system: [...system, ...documents],
    turns,
    ...decodeTools(body),
    ...decodeToolChoice(body),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    // Zero says that there is no limit, which is so where nothing is said.
    ...(topK !== undefined && topK > 0 && { topK }),
    ...(seed !== undefined && { seed }),
    ...(presencePenalty !== undefined && { presencePenalty }),
    ...(frequencyPenalty !== undefined && { frequencyPenalty }),
    ...(stop !== undefined && { stop }),
    ...(optional(body, 'logprobs', BOOLEAN) && { logprobs: 0 }),
    ...decodeFormat(body, extras),
    ...decodeThinking(body, extras),
    extras,
    ...(Object.keys(notes).length > 0 && { notes }),
  }
}

/** `strict_tools` holds for all of them. A tool that is no function is one that Cohere runs itself. */
function decodeTools(body: Fields): Pick<Call, 'tools' | 'serverTools'> {
  const strict = optional(body, 'strict_tools', BOOLEAN)
  const decoded: Pick<Call, 'tools' | 'serverTools'> = { tools: [], serverTools: [] }
  for (const [index, tool] of (optional(body, 'tools', LIST) ?? []).entries()) {
    const at = `tools[${index}]`
    if (!isObject(tool)) throw invalid(at, 'must be an object')
    const type = optional(tool, 'type', STRING, `${at}.type`) ?? 'function'
    if (type === 'function') decoded.tools.push(decodeTool(required(tool, 'function', OBJECT, `${at}.function`), `${at}.function`, strict))
    else decoded.serverTools.push({ dialect: 'cohere', name: type, value: tool })
  }
  return decoded
}

function decodeTool(sent: Fields, path: string, strict: boolean | undefined): Tool {
  const description = optional(sent, 'description', STRING, `${path}.description`)
  const parameters = optional(sent, 'parameters', OBJECT, `${path}.parameters`)
  const value = others(sent, ['name', 'description', 'parameters'])
  return {
    name: required(sent, 'name', STRING, `${path}.name`),
    ...(description !== undefined && { description }),
    ...(parameters && { parameters }),
    ...(strict && { strict }),
    ...(value && { native: { dialect: 'cohere', value } }),
  }
}

const CHOICES = { REQUIRED: 'required', NONE: 'none' } as const

function decodeToolChoice(body: Fields): Pick<Call, 'toolChoice'> {
  const choice = optional(body, 'tool_choice', STRING)
  if (choice === undefined) return {}
  if (!Object.hasOwn(CHOICES, choice)) throw invalid('tool_choice', 'must be REQUIRED or NONE')
  return { toolChoice: { type: CHOICES[choice as keyof typeof CHOICES] } }
}

/** What has no place in the inner language goes to `extras` as it was sent, and wins on the way back. */
function decodeFormat(body: Fields, extras: Fields): Pick<Call, 'format'> {
  const sent = optional(body, 'response_format', OBJECT)
  if (!sent) return {}
  const type = required(sent, 'type', STRING, 'response_format.type')
  if (type !== 'text' && type !== 'json_object') {
    extras.response_format = sent
    return {}
  }
  if (type === 'text') return { format: { type } }
  // Cohere's guides had it as `schema` for a while.
  const schema =
    optional(sent, 'json_schema', OBJECT, 'response_format.json_schema') ?? optional(sent, 'schema', OBJECT, 'response_format.schema')
  return { format: schema ? { type: 'json-schema', name: 'output', schema } : { type: 'json' } }
}

/** Thinking without a budget is thinking without a limit. */
function decodeThinking(body: Fields, extras: Fields): Pick<Call, 'reasoning'> {
  const thinking = optional(body, 'thinking', OBJECT)
  if (!thinking) return {}
  const type = required(thinking, 'type', STRING, 'thinking.type')
  const budgetTokens = optional(thinking, 'token_budget', COUNT, 'thinking.token_budget')
  if ((type !== 'enabled' && type !== 'disabled') || others(thinking, ['type', 'token_budget'])) extras.thinking = thinking
  if (type === 'disabled') return { reasoning: { effort: 'none' } }
  if (type !== 'enabled') return {}
  return { reasoning: budgetTokens === undefined ? { effort: 'high' } : { budgetTokens } }
}
