import { type Ask, askOf, type Body, type JsonSchema, Refusal } from './ask.ts'
import type { Incoming } from './dialect.ts'
import { hear, type Said } from './hear.ts'
import { bodyWithModel, isObject, listIn, messagesIn, objectIn, textIn, textsIn, wholeNumber } from './values.ts'

/** Reads a request of Anthropic Messages; `needsMax` where `max_tokens` is required. */
export function decodeAnthropic(request: Incoming, needsMax: boolean): Ask {
  const body = bodyWithModel(request.json())
  const maxTokens = wholeNumber(body.max_tokens, 'max_tokens', { least: 1 }) ?? null
  if (needsMax && maxTokens === null) throw new Refusal(400, 'max_tokens: Field required', { param: 'max_tokens' })
  const system: Said = { by: 'other', text: contentOf(body.system, 'system').text }
  const messages = messagesIn(body.messages, 'messages').flatMap((message, index) => saidIn(message, `messages.${index}`))
  const tools = listIn(body.tools).map(objectIn).flatMap(toolOf)
  const format = objectIn(objectIn(body.output_config).format ?? body.output_format)
  return askOf({
    body,
    model: body.model,
    ...hear([system, ...messages]),
    stream: body.stream === true,
    json: isObject(format.schema) ? format.schema : null,
    tools,
    toolChoice: choiceOf(objectIn(body.tool_choice), tools),
    parallelTools: objectIn(body.tool_choice).disable_parallel_tool_use !== true,
    maxTokens,
    stop: textsIn(body.stop_sequences),
  })
}

/** A user message may hold results of tools: they follow its own words. */
function saidIn({ role, content }: Body, path: string): Said[] {
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    throw new Refusal(400, `${path}.role: Input should be 'user' or 'assistant'`, { param: `${path}.role` })
  }
  const results = listIn(content).map(objectIn).filter(isResult)
  const own = Array.isArray(content) ? content.filter((block) => !isResult(objectIn(block))) : content
  const words: Said = { by: role === 'user' ? 'user' : 'other', ...contentOf(own, path) }
  const tools = results.map((result): Said => ({ by: 'tool', ...contentOf(result.content ?? '', path) }))
  return results.length > 0 && listIn(own).length === 0 ? tools : [words, ...tools]
}

const isResult = (block: Body): boolean => block.type === 'tool_result'
const MEDIA = ['image', 'document', 'container_upload']

function contentOf(content: unknown, path: string): Omit<Said, 'by'> {
  if (typeof content === 'string') return { text: content }
  if (content === undefined && path === 'system') return { text: '' }
  if (!Array.isArray(content)) throw new Refusal(400, `${path}.content: Input should be a valid list`, { param: `${path}.content` })
  const blocks = content.map((block, index) => {
    if (isObject(block) && typeof block.type === 'string') return block
    throw new Refusal(400, `${path}.content.${index}.type: Field required`, { param: `${path}.content.${index}` })
  })
  const text = blocks.map((block) => (block.type === 'text' ? textIn(block.text) : ''))
  const images = blocks.filter((block) => block.type === 'image').length
  return { text: text.join(''), images, media: blocks.filter((block) => MEDIA.includes(String(block.type))).length }
}

/** Tools of the vendor have no schema and are never called. */
const toolOf = ({ name, input_schema }: Body): Ask['tools'] =>
  typeof name === 'string' && isObject(input_schema) ? [{ name, parameters: input_schema as JsonSchema }] : []

function choiceOf({ type, name }: Body, tools: Ask['tools']): string {
  if (type === undefined || type === 'auto') return 'auto'
  if (type === 'none') return 'none'
  if (type === 'any') return 'required'
  if (type === 'tool' && tools.some((tool) => tool.name === name)) return String(name)
  throw new Refusal(400, 'tool_choice: must be auto, any, none, or name one of the tools', { param: 'tool_choice' })
}
