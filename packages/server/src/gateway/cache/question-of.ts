import type { ClientDialect } from '../doors.ts'

type Json = Record<string, unknown>
/** The last thing that was asked, and all the rest of the request. */
export type Asked = { question: string; rest: Json }

/** Questions are short; what is longer is a document with a question about it. */
const MOST_CHARACTERS = 4000
const PLACE = '\u0000question'

/** Undefined where the last turn is not words of the user alone. */
export function questionOf(dialect: ClientDialect, body: Json): Asked | undefined {
  const found = PLACES[dialect]?.(body)
  const question = found?.question.trim()
  return found && question && question.length <= MOST_CHARACTERS ? { question, rest: found.rest } : undefined
}

type Find = (body: Json) => Asked | undefined

/** In a list of messages of which the last one is the user's. */
const lastOf =
  (list: string, content: string, textTypes: readonly (string | undefined)[]): Find =>
  (body) => {
    const messages = body[list]
    if (!Array.isArray(messages)) return undefined
    const last: unknown = messages.at(-1)
    if (!isObject(last) || (last.role !== undefined && last.role !== 'user') || (last.type !== undefined && last.type !== 'message'))
      return undefined
    const question = textOf(last[content], textTypes)
    if (question === undefined) return undefined
    return { question, rest: { ...body, [list]: [...messages.slice(0, -1), { ...last, [content]: PLACE }] } }
  }

const ofResponses = lastOf('input', 'content', ['input_text'])

const PLACES: Partial<Record<ClientDialect, Find>> = {
  'openai-chat': lastOf('messages', 'content', ['text']),
  'openai-responses': (body) =>
    typeof body.input === 'string'
      ? { question: body.input, rest: { ...body, input: [{ role: 'user', content: PLACE }] } }
      : ofResponses(body),
  anthropic: lastOf('messages', 'content', ['text']),
  // Parts have no type there.
  gemini: lastOf('contents', 'parts', [undefined]),
  cohere: lastOf('messages', 'content', ['text']),
}

function textOf(content: unknown, types: readonly (string | undefined)[]): string | undefined {
  if (typeof content === 'string') return content
  if (!Array.isArray(content) || content.length === 0) return undefined
  const texts = content.map((part: unknown) =>
    isObject(part) && types.includes(part.type as string | undefined) && typeof part.text === 'string' ? part.text : undefined,
  )
  return texts.every((text) => text !== undefined) ? texts.join('\n') : undefined
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
