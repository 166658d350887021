import { type Ask, askOf, type Body, type JsonSchema, Refusal } from './ask.ts'
import type { Incoming } from './dialect.ts'
import { hear, type Said } from './hear.ts'
import { isObject, listIn, messagesIn, objectIn, textIn, textsIn, wholeNumber } from './values.ts'

/** Reads a request of Bedrock Converse; the model and whether it streams are in the path. */
export function decodeBedrock(request: Incoming): Ask {
  const [model = '', method = ''] = request.groups
  const body = request.json()
  if (!isObject(body)) throw new Refusal(400, 'The body must be a JSON object.')
  const config = objectIn(body.inferenceConfig)
  const system: Said = {
    by: 'other',
    text: listIn(body.system)
      .map(objectIn)
      .map(({ text }) => textIn(text))
      .join(''),
  }
  const messages = messagesIn(body.messages, 'messages').flatMap((message, index) => saidIn(message, `messages.${index}`))
  const { tools: specs, toolChoice } = objectIn(body.toolConfig)
  const tools = listIn(specs).flatMap((tool) => toolOf(objectIn(objectIn(tool).toolSpec)))
  return askOf({
    body,
    model,
    ...hear([system, ...messages]),
    stream: method === 'converse-stream',
    json: formatOf(body),
    tools,
    toolChoice: choiceOf(objectIn(toolChoice), tools),
    maxTokens: wholeNumber(config.maxTokens, 'inferenceConfig.maxTokens', { least: 1 }) ?? null,
    stop: textsIn(config.stopSequences),
  })
}

const MEDIA = ['image', 'document', 'video', 'audio']

/** A user message may hold results of tools: they follow its own words. */
function saidIn({ role, content }: Body, path: string): Said[] {
  if (role !== 'user' && role !== 'assistant') {
    throw new Refusal(400, `Value at '${path}.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]`)
  }
  if (!Array.isArray(content) || content.length === 0) {
    throw new Refusal(400, `The content field in the Message object at ${path} is empty. Add a ContentBlock object and try again.`)
  }
  const blocks = content.map(objectIn)
  const results = blocks.flatMap(({ toolResult }) => (isObject(toolResult) ? [resultOf(toolResult)] : []))
  const count = (names: string[]): number => blocks.filter((block) => names.some((name) => name in block)).length
  const text = blocks.map((block) => textIn(block.text)).join('')
  const words: Said = { by: role === 'user' ? 'user' : 'other', text, images: count(['image']), media: count(MEDIA) }
  return results.length === blocks.length ? results : [words, ...results]
}

const resultOf = ({ content }: Body): Said => {
  const parts = listIn(content).map(objectIn)
  const text = parts.map((part) => ('json' in part ? JSON.stringify(part.json) : textIn(part.text))).join('')
  return { by: 'tool', text, media: parts.filter((part) => MEDIA.some((name) => name in part)).length }
}

/** `outputConfig.textFormat`: the schema is JSON text. */
function formatOf(body: Body): Ask['json'] {
  const { type, structure } = objectIn(objectIn(body.outputConfig).textFormat)
  if (type !== 'json_schema') return null
  try {
    const schema: unknown = JSON.parse(textIn(objectIn(objectIn(structure).jsonSchema).schema))
    if (isObject(schema)) return schema as JsonSchema
  } catch {
    // Said below.
  }
  throw new Refusal(400, 'outputConfig.textFormat.structure.jsonSchema.schema must be a JSON Schema, as text.')
}

const toolOf = ({ name, inputSchema }: Body): Ask['tools'] => {
  const { json } = objectIn(inputSchema)
  return typeof name === 'string' ? [{ name, parameters: isObject(json) ? json : { type: 'object' } }] : []
}

function choiceOf(choice: Body, tools: Ask['tools']): string {
  if ('any' in choice) return 'required'
  if (!('tool' in choice)) return 'auto'
  const { name } = objectIn(choice.tool)
  if (tools.some((tool) => tool.name === name)) return String(name)
  throw new Refusal(400, 'toolConfig.toolChoice.tool must name one of the tools.')
}
