import { type Ask, askOf, type Body, type JsonSchema, Refusal } from './ask.ts'
import type { Incoming } from './dialect.ts'
import { hear, type Said } from './hear.ts'
import { bodyWithModel, isObject, listIn, messagesIn, objectIn, textIn, wholeNumber } from './values.ts'

/** Reads a request of OpenAI Responses. Nothing is stored: a `previous_response_id` is repeated, its turns are not known here. */
export function decodeOpenaiResponses(request: Incoming): Ask {
  const body = bodyWithModel(request.json())
  const items = typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : messagesIn(body.input, 'input')
  const instructions: Said = { by: 'other', text: textIn(body.instructions) }
  const tools = listIn(body.tools).flatMap(toolOf)
  return askOf({
    body,
    model: body.model,
    ...hear([instructions, ...items.map((item, index) => saidIn(item, `input.${index}`))]),
    stream: body.stream === true,
    json: formatOf(objectIn(body.text).format),
    tools,
    toolChoice: choiceOf(body.tool_choice, tools),
    parallelTools: body.parallel_tool_calls !== false,
    logprobs: listIn(body.include).includes('message.output_text.logprobs')
      ? (wholeNumber(body.top_logprobs, 'top_logprobs', { least: 0, most: 20 }) ?? 0)
      : null,
    maxTokens: wholeNumber(body.max_output_tokens, 'max_output_tokens', { least: 1 }) ?? null,
  })
}

const ROLES = ['user', 'assistant', 'system', 'developer']

function saidIn(item: Body, path: string): Said {
  if (item.type === 'function_call_output' || item.type === 'custom_tool_call_output')
    return { by: 'tool', ...contentOf(item.output, path) }
  if (item.type !== undefined && item.type !== 'message') return { by: 'other', text: '' }
  if (typeof item.role !== 'string' || !ROLES.includes(item.role)) {
    throw new Refusal(400, `'${path}.role' must be one of ${ROLES.join(', ')}.`, { param: `${path}.role` })
  }
  return { by: item.role === 'user' ? 'user' : 'other', ...contentOf(item.content, path) }
}

function contentOf(content: unknown, path: string): Omit<Said, 'by'> {
  if (typeof content === 'string') return { text: content }
  if (!Array.isArray(content)) {
    throw new Refusal(400, `'${path}.content' must be text or a list of parts.`, { param: `${path}.content` })
  }
  const parts = content.map(objectIn)
  const spoken = parts.map((part) => part.text ?? part.refusal).filter((text) => typeof text === 'string')
  const images = parts.filter((part) => part.type === 'input_image').length
  return { text: spoken.join(''), images, media: parts.length - spoken.length }
}

function formatOf(format: unknown): Ask['json'] {
  if (!isObject(format) || format.type === 'text') return null
  if (format.type === 'json_object') return true
  if (format.type === 'json_schema' && isObject(format.schema)) return format.schema
  throw new Refusal(400, "'text.format' must be text, json_object, or json_schema with a schema.", { param: 'text.format' })
}

/** Tools that the vendor runs itself are never called. */
function toolOf(tool: unknown, index: number): Ask['tools'] {
  if (!isObject(tool) || (tool.type !== 'function' && tool.type !== 'custom')) return []
  if (typeof tool.name !== 'string') throw new Refusal(400, `'tools.${index}.name' is missing.`, { param: `tools.${index}.name` })
  return [{ name: tool.name, parameters: isObject(tool.parameters) ? (tool.parameters as JsonSchema) : { type: 'object' } }]
}

function choiceOf(choice: unknown, tools: Ask['tools']): string {
  if (choice === undefined || choice === null) return 'auto'
  if (typeof choice === 'string' && ['auto', 'none', 'required'].includes(choice)) return choice
  const { type, name } = objectIn(choice)
  if (tools.some((tool) => tool.name === name)) return String(name)
  if (type !== undefined && type !== 'function' && type !== 'custom') return 'auto'
  throw new Refusal(400, "'tool_choice' must be none, auto, required, or the name of one of the tools.", { param: 'tool_choice' })
}
