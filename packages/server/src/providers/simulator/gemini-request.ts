import { type Ask, askOf, type Body, type JsonSchema, Refusal } from './ask.ts'
import type { Incoming } from './dialect.ts'
import { hear, type Said } from './hear.ts'
import { isObject, listIn, messagesIn, objectIn, textIn, textsIn, wholeNumber } from './values.ts'

/** How a stream is framed: server-sent events, or one JSON array. */
export type GeminiAsk = Ask & { framing: 'events' | 'array' }

/** Reads a request of Gemini; model and method are in the path. Field names may be camelCase or snake_case, as there. */
export function decodeGemini(request: Incoming): GeminiAsk {
  const [model = '', method = ''] = request.groups
  const sent = camel(request.json())
  if (!isObject(sent)) throw refusal('The body must be a JSON object.')
  // countTokens may wrap the request that it counts.
  const body = isObject(sent.generateContentRequest) ? sent.generateContentRequest : sent
  const config = objectIn(body.generationConfig)
  const system: Said = { by: 'other', text: textOf(objectIn(body.systemInstruction)) }
  const contents = messagesIn(body.contents, 'contents').flatMap((content, index) => saidIn(content, `contents[${index}]`))
  const tools = listIn(body.tools).flatMap((tool) => listIn(objectIn(tool).functionDeclarations).map(objectIn).map(toolOf))
  const calling = objectIn(objectIn(body.toolConfig).functionCallingConfig)
  const ask = askOf({
    body,
    model,
    ...hear([system, ...contents]),
    choices: wholeNumber(config.candidateCount, 'generationConfig.candidateCount', { least: 1, most: 8 }) ?? 1,
    stream: method === 'streamGenerateContent',
    json: config.responseMimeType === 'application/json' ? (schemaIn(config.responseJsonSchema ?? config.responseSchema) ?? true) : null,
    tools,
    toolChoice: choiceOf(calling),
    maxTokens: wholeNumber(config.maxOutputTokens, 'generationConfig.maxOutputTokens', { least: 1 }) ?? null,
    stop: textsIn(config.stopSequences),
  })
  return { ...ask, framing: request.query.get('alt') === 'sse' ? 'events' : 'array' }
}

const refusal = (message: string) => new Refusal(400, message)
const ROLES = ['user', 'model', 'function', 'tool', 'system']

/** Results of tools follow the words of their content. */
function saidIn(content: Body, path: string): Said[] {
  const { role = 'user', parts } = content
  if (!ROLES.includes(String(role))) throw refusal(`Invalid value at '${path}.role': please use a valid role: user, model.`)
  if (!Array.isArray(parts) || parts.length === 0) throw refusal(`${path}.parts: must not be empty.`)
  const known = parts.map(objectIn)
  const results = known.flatMap((part) => (isObject(part.functionResponse) ? [resultOf(part.functionResponse)] : []))
  const media = known.map((part) => part.inlineData ?? part.fileData).filter(isObject)
  const images = media.filter(({ mimeType }) => textIn(mimeType).startsWith('image/'))
  const words: Said = { by: role === 'user' ? 'user' : 'other', text: textOf(content), images: images.length, media: media.length }
  return results.length === known.length ? results : [words, ...results]
}

const textOf = (content: Body): string =>
  listIn(content.parts)
    .map(objectIn)
    .map((part) => (part.thought === true ? '' : textIn(part.text)))
    .join('')

/** A result is an object; where it holds a single text, that is what it says. */
function resultOf({ response }: Body): Said {
  const values = Object.values(objectIn(response))
  const [only] = values
  return { by: 'tool', text: values.length === 1 && typeof only === 'string' ? only : JSON.stringify(response ?? {}) }
}

const toolOf = (tool: Body) => {
  if (typeof tool.name !== 'string' || tool.name === '') throw refusal('tools.functionDeclarations.name: must not be empty.')
  return { name: tool.name, parameters: schemaIn(tool.parametersJsonSchema ?? tool.parameters) ?? { type: 'object' } }
}

function choiceOf({ mode, allowedFunctionNames }: Body): string {
  const allowed = textsIn(allowedFunctionNames)
  return mode === 'NONE' ? 'none' : mode === 'ANY' ? (allowed[0] ?? 'required') : 'auto'
}

/** Gemini's own schemas have types in capitals. */
function schemaIn(schema: unknown): JsonSchema | null {
  const lower = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(lower)
    if (!isObject(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, key === 'type' && typeof inner === 'string' ? inner.toLowerCase() : lower(inner)]),
    )
  }
  return isObject(schema) ? (lower(schema) as JsonSchema) : null
}

/** Keys inside schemas, arguments and results are the client's own and stay. */
const OWN = new Set(['args', 'response', 'parameters', 'parametersJsonSchema', 'responseSchema', 'responseJsonSchema'])
function camel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camel)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const name = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
      return [name, OWN.has(name) ? inner : camel(inner)]
    }),
  )
}
