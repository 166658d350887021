import { type Fields, invalid, isObject, LIST, OBJECT, optional, required, STRING } from '../anthropic/fields.ts'
import { unpackCallId } from '../anthropic/foreign-proof.ts'
import { sourceOf } from '../chat/media.ts'
import type { Block, Call, ReasoningBlock, TextBlock, ToolCallBlock, ToolResultBlock, Turn } from '../language.ts'
import { decodeCitation, isOfText } from './citations.ts'
import { documentBlock } from './documents.ts'
import { TOOL_PLAN } from './encode-messages.ts'

/**
 * Messages as system blocks and turns. System messages later in the conversation join the first ones, and tool messages that
 * follow each other are one user turn. `notes.thoughtsIn` lists where an assistant's thoughts stood.
 */
export function decodeMessages(messages: unknown[], notes: Fields): Pick<Call, 'system' | 'turns'> {
  if (messages.length === 0) throw invalid('messages', 'must have at least one message')
  const system: TextBlock[] = []
  const turns: Turn[] = []
  const thoughtsIn = new Set<string>()
  let results: Block[] | undefined
  for (const [index, message] of messages.entries()) {
    const at = `messages[${index}]`
    if (!isObject(message)) throw invalid(at, 'must be an object')
    const { role } = message
    if (role === 'tool') {
      if (!results) {
        results = []
        turns.push({ role: 'user', blocks: results })
      }
      results.push(decodeToolMessage(message, at))
      continue
    }
    results = undefined
    if (role === 'system') system.push(...decodeSystem(message, at))
    else if (role === 'user') turns.push({ role, blocks: [...decodeContent(message.content, `${at}.content`), ...unknownFields(message)] })
    else if (role === 'assistant') {
      const blocks = decodeAssistant(message, at)
      for (const block of blocks) if (block.type === 'reasoning') thoughtsIn.add(block.id ?? 'thinking')
      turns.push({ role, blocks })
    } else throw invalid(`${at}.role`, 'must be user, assistant, system or tool')
  }
  if (thoughtsIn.size > 0) notes.thoughtsIn = [...thoughtsIn]
  return { system, turns }
}

function decodeSystem(message: Fields, path: string): TextBlock[] {
  return decodeContent(message.content, `${path}.content`).map((block, index) => {
    if (block.type !== 'text') throw invalid(`${path}.content[${index}].type`, 'must be text')
    return block
  })
}

type Decoder = (part: Fields, path: string) => Block
const thought = (text: string, id?: string): ReasoningBlock => ({ type: 'reasoning', text, ...(id && { id }), origin: 'cohere' })

const PARTS: Record<string, Decoder> = {
  text: (part, path) => ({ type: 'text', text: required(part, 'text', STRING, `${path}.text`) }),
  thinking: (part, path) => thought(required(part, 'thinking', STRING, `${path}.thinking`)),
  image_url(part, path) {
    const sent = required(part, 'image_url', OBJECT, `${path}.image_url`)
    const detail = optional(sent, 'detail', STRING, `${path}.image_url.detail`)
    const source = sourceOf(required(sent, 'url', STRING, `${path}.image_url.url`))
    return { type: 'image', source, ...(detail !== undefined && { detail }) }
  },
  document: (part, path) => documentBlock(part.document, `${path}.document`),
}

/** A string or a list of parts. A kind of part that is not known here is carried as it is. */
function decodeContent(content: unknown, path: string): Block[] {
  if (content === undefined || content === null || content === '') return []
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!Array.isArray(content)) throw invalid(path, 'must be a string or a list of parts')
  return content.map((part: unknown, index) => {
    const at = `${path}[${index}]`
    if (!isObject(part)) throw invalid(at, 'must be an object')
    const type = required(part, 'type', STRING, `${at}.type`)
    const decode = Object.hasOwn(PARTS, type) ? PARTS[type] : undefined
    return decode ? decode(part, at) : { type: 'opaque', dialect: 'cohere', what: type, value: part }
  })
}

function decodeAssistant(message: Fields, path: string): Block[] {
  const plan = optional(message, 'tool_plan', STRING, `${path}.tool_plan`)
  const content = decodeContent(message.content, `${path}.content`)
  const calls = optional(message, 'tool_calls', LIST, `${path}.tool_calls`) ?? []
  return [
    ...(plan ? [thought(plan, TOOL_PLAN)] : []),
    ...content,
    ...calls.map((call, index) => decodeToolCall(call, `${path}.tool_calls[${index}]`)),
    ...cite(content, optional(message, 'citations', LIST, `${path}.citations`) ?? []),
    ...unknownFields(message),
  ]
}

function decodeToolCall(call: unknown, path: string): ToolCallBlock {
  if (!isObject(call)) throw invalid(path, 'must be an object')
  const sent = required(call, 'function', OBJECT, `${path}.function`)
  return {
    type: 'tool-call',
    ...unpackCallId(required(call, 'id', STRING, `${path}.id`)),
    name: required(sent, 'name', STRING, `${path}.function.name`),
    arguments: optional(sent, 'arguments', STRING, `${path}.function.arguments`) ?? '{}',
  }
}

/** Puts citations on the texts that they belong to; what is left (citations of thoughts) only Cohere understands. */
function cite(content: Block[], citations: unknown[]): Block[] {
  const firstText = content.findIndex(({ type }) => type === 'text')
  const left: unknown[] = []
  for (const citation of citations) {
    const place = isObject(citation) && typeof citation.content_index === 'number' ? citation.content_index : firstText
    const block = isOfText(citation) ? content[place] : undefined
    if (block?.type === 'text') block.citations = [...(block.citations ?? []), ...decodeCitation(citation, block.text)]
    else left.push(citation)
  }
  return left.length > 0 ? [{ type: 'opaque', dialect: 'cohere', what: 'citations', value: { citations: left } }] : []
}

function decodeToolMessage(message: Fields, path: string): ToolResultBlock {
  const { id } = unpackCallId(required(message, 'tool_call_id', STRING, `${path}.tool_call_id`))
  const blocks = decodeContent(message.content, `${path}.content`).map((block, index) => {
    if (block.type !== 'text' && block.type !== 'image') throw invalid(`${path}.content[${index}].type`, 'must be text or document')
    return block
  })
  return { type: 'tool-result', callId: id, blocks }
}

const KNOWN = new Set(['role', 'content', 'tool_plan', 'tool_calls', 'tool_call_id', 'citations'])

/** Fields of a message that have no place in the inner language. */
const unknownFields = (message: Fields): Block[] =>
  Object.entries(message)
    .filter(([name, value]) => !KNOWN.has(name) && value !== null && value !== undefined)
    .map(([name, value]) => ({ type: 'opaque', dialect: 'cohere', what: name, value: { [name]: value } }))
