import { type Ask, askOf, type Body, type JsonSchema, Refusal } from './ask.ts'
import type { Incoming } from './dialect.ts'
import { hear, type Said } from './hear.ts'
import { bodyWithModel, isObject, messagesIn, textsIn, wholeNumber } from './values.ts'

/** Reads a request of OpenAI chat completions. */
export function decodeOpenaiChat(request: Incoming): Ask {
  const body = bodyWithModel(request.json())
  const said = messagesIn(body.messages, 'messages').map((message, index) => saidIn(message, `messages.${index}`))
  const { json, schema } = responseFormat(body.response_format)
  const tools = Array.isArray(body.tools) ? body.tools.map(toolOf) : []
  return askOf({
    body,
    model: body.model,
    ...hear(said),
    choices: wholeNumber(body.n, 'n', { least: 1, most: 128 }) ?? 1,
    stream: body.stream === true,
    includeUsage: body.stream === true && isObject(body.stream_options) && body.stream_options.include_usage === true,
    json: schema ?? json,
    tools,
    toolChoice: toolChoice(body.tool_choice, tools),
    parallelTools: body.parallel_tool_calls !== false,
    logprobs: body.logprobs === true ? (wholeNumber(body.top_logprobs, 'top_logprobs', { least: 0, most: 20 }) ?? 0) : null,
    maxTokens:
      wholeNumber(body.max_completion_tokens, 'max_completion_tokens', { least: 1 }) ??
      wholeNumber(body.max_tokens, 'max_tokens', { least: 1 }) ??
      null,
    stop: textsIn(body.stop),
  })
}

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function']
const BY: Record<string, Said['by']> = { user: 'user', tool: 'tool', function: 'tool' }

function saidIn(message: Body, path: string): Said {
  const { role, content } = message
  if (typeof role !== 'string' || !ROLES.includes(role)) {
    throw new Refusal(400, `'${path}.role' must be one of ${ROLES.join(', ')}.`, { param: `${path}.role` })
  }
  let text = ''
  let images = 0
  let media = 0
  if (typeof content === 'string') text = content
  else if (Array.isArray(content)) {
    for (const [index, part] of content.entries()) {
      if (!isObject(part) || typeof part.type !== 'string') {
        throw new Refusal(400, `'${path}.content.${index}' must be a part with a type.`, { param: `${path}.content.${index}` })
      }
      if (part.type === 'text' && typeof part.text === 'string') text += part.text
      else if (part.type === 'refusal' && typeof part.refusal === 'string') text += part.refusal
      else media++
      if (part.type === 'image_url') images++
    }
  } else if (content !== null && content !== undefined) {
    throw new Refusal(400, `'${path}.content' must be text or a list of parts.`, { param: `${path}.content` })
  } else if (role === 'user') {
    throw new Refusal(400, `'${path}.content' is missing.`, { param: `${path}.content` })
  }
  return { by: BY[role] ?? 'other', text, images, media }
}

function responseFormat(format: unknown): { json: true | null; schema: JsonSchema | null } {
  if (!isObject(format) || format.type === 'text') return { json: null, schema: null }
  if (format.type === 'json_object') return { json: true, schema: null }
  const named = isObject(format.json_schema) ? format.json_schema : {}
  if (format.type !== 'json_schema' || !isObject(named.schema)) {
    throw new Refusal(400, "'response_format' must be text, json_object, or json_schema with a schema.", { param: 'response_format' })
  }
  return { json: true, schema: named.schema }
}

function toolOf(tool: unknown, index: number): Ask['tools'][number] {
  const inner = isObject(tool) ? (tool.type === 'custom' ? tool.custom : tool.function) : undefined
  if (!isObject(inner) || typeof inner.name !== 'string') {
    throw new Refusal(400, `'tools.${index}.function.name' is missing.`, { param: `tools.${index}.function.name` })
  }
  return { name: inner.name, parameters: isObject(inner.parameters) ? inner.parameters : { type: 'object' } }
}

function toolChoice(choice: unknown, tools: Ask['tools']): string {
  if (choice === undefined || choice === null) return 'auto'
  if (typeof choice === 'string' && ['auto', 'none', 'required'].includes(choice)) {
    if (choice === 'required' && tools.length === 0)
      throw new Refusal(400, "'tool_choice' is required, but there are no tools.", { param: 'tool_choice' })
    return choice
  }
  const named = isObject(choice) && isObject(choice.function) ? choice.function.name : undefined
  if (tools.some((tool) => tool.name === named)) return String(named)
  throw new Refusal(400, "'tool_choice' must be none, auto, required, or the name of one of the tools.", { param: 'tool_choice' })
}
