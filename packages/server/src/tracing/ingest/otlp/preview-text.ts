import { PREVIEW_LENGTH, preview } from '../../preview.ts'

/** Longer JSON is searched, not parsed, for the text to show. */
const LONGEST_PARSED = 65_536
const DEEPEST = 6

type Side = 'input' | 'output'

/**
 * The first 200 characters, on one line, of what a person would read first in an input or output: of messages the text
 * of the last one from the user, or what the assistant said or called; of anything else the text itself.
 */
export function previewText(text: string, side: Side): string {
  if (text === '') return ''
  const first = text.charCodeAt(0)
  if (first !== OBJECT && first !== LIST) return preview(text)
  if (text.length > LONGEST_PARSED) return preview(searched(text, side) ?? text)
  try {
    return preview(readable(JSON.parse(text), side, 0) || text)
  } catch {
    return preview(text)
  }
}

/** The same of an output, uncut; '' where it is JSON that cannot be read. */
export function readableText(output: string): string {
  const first = output.charCodeAt(0)
  if (first !== OBJECT && first !== LIST) return output
  try {
    return readable(JSON.parse(output), 'output', 0)
  } catch {
    return ''
  }
}

const OBJECT = 0x7b
const LIST = 0x5b

type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

function readable(value: unknown, side: Side, depth: number): string {
  if (typeof value === 'string') return value
  if (depth > DEEPEST || typeof value !== 'object' || value === null) return ''
  if (Array.isArray(value)) {
    if (value.some((entry) => roleOf(entry) !== undefined || (isObject(entry) && isObject(entry.message))))
      return ofMessages(value, side, depth)
    return joined(value, side, depth)
  }
  const object = value as Json
  for (const list of [object.messages, object.choices, object.generations])
    if (Array.isArray(list)) return ofMessages(list, side, depth + 1)
  return ofMessage(object, side, depth)
}

/** An output that repeats what the user said is a whole conversation, as graphs hand it on: what it came to stands last. */
function ofMessages(messages: unknown[], side: Side, depth: number): string {
  const fromUser = messages.findLast(isFromUser)
  if (side === 'input') return readable(fromUser ?? messages.at(-1), side, depth + 1)
  return fromUser ? readable(messages.at(-1), side, depth + 1) : joined(messages, side, depth)
}

const isFromUser = (message: unknown): boolean => /^(user|human)$/.test(roleOf(message) ?? '')

/** Who speaks. LangChain says it as the type of what is in `data` or `kwargs`. */
function roleOf(message: unknown): string | undefined {
  if (!isObject(message)) return undefined
  if (typeof message.role === 'string') return message.role
  const inner = isObject(message.data) ? message.data : message.kwargs
  return isObject(inner) && typeof inner.type === 'string' && 'content' in inner ? inner.type : undefined
}

/** A message, a part of one, a choice, or any object that names its text in a usual way. */
function ofMessage(object: Json, side: Side, depth: number): string {
  for (const key of TEXTS) {
    const text = readable(object[key], side, depth + 1)
    if (text !== '') return text
  }
  const call = isObject(object.function) ? object.function : object
  if (typeof call.name !== 'string') return ''
  const input = call.arguments ?? call.input ?? call.args
  return `${call.name}(${input === undefined ? '' : typeof input === 'string' ? input : JSON.stringify(input)})`
}

/** Members that hold what is to be read, in the order in which they are tried. */
const TEXTS = [
  'content',
  'parts',
  'text',
  'message',
  'tool_calls',
  'response',
  'result',
  'prompt',
  'input',
  'query',
  'question',
  'output',
  'answer',
  'raw',
  'data',
  'kwargs',
]

function joined(list: unknown[], side: Side, depth: number): string {
  let text = ''
  for (const entry of list) {
    const more = readable(entry, side, depth + 1)
    if (more !== '') text += text === '' ? more : ` ${more}`
    if (text.length > 4 * PREVIEW_LENGTH) break
  }
  return text
}

/** The string after the last `"role":"user"`, or the first text of an output, in JSON that is too long to parse for a preview. */
function searched(text: string, side: Side): string | undefined {
  const from = side === 'input' ? Math.max(0, text.lastIndexOf('"user"')) : 0
  const start = /"(?:content|text)"\s*:\s*"/.exec(text.slice(from, from + LONGEST_PARSED))
  if (!start) return undefined
  const begin = from + start.index + start[0].length
  const literal = /^(?:[^"\\]|\\.)*/s.exec(text.slice(begin, begin + 6 * PREVIEW_LENGTH))?.[0] ?? ''
  try {
    return JSON.parse(`"${literal.replace(/\\u?[0-9a-f]{0,3}$/i, '')}"`) as string
  } catch {
    return undefined
  }
}
