import type { Block, Call, TextBlock, ToolCallBlock, ToolResultBlock, Turn } from '../language.ts'
import { invalid, isObject, type Json, listAt, objectAt, textAt } from './check.ts'
import { decodeAnnotation } from './citations.ts'
import { cacheOf, decodeContent, decodeResult, decodeText, markLast } from './decode-content.ts'
import type { ChatNotes } from './notes.ts'
import { decodeDetails } from './reasoning-details.ts'

const KNOWN = new Set([
  ...['role', 'content', 'name', 'refusal', 'tool_calls', 'tool_call_id', 'function_call', 'annotations', 'images'],
  ...['reasoning_content', 'reasoning', 'reasoning_details', 'cache_control', 'prompt_cache_breakpoint'],
])

/**
 * Messages as system blocks and turns. System messages later in the conversation join the first ones, and `notes.systemAt`
 * keeps their place for chat targets. Tool messages that follow each other are one user turn.
 */
export function decodeMessages(messages: unknown[], notes: ChatNotes): Pick<Call, 'system' | 'turns'> {
  const system: TextBlock[] = []
  const systemAt: number[] = []
  const turns: Turn[] = []
  const toolNames = new Map<string, string>()
  const functions = new Map<string, string>()
  let afterTool = false
  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`
    if (!isObject(message)) throw invalid(path, 'must be an object')
    const role = textAt(message, 'role', `${path}.role`)
    const isTool = role === 'tool' || role === 'function'
    if (role === 'system' || role === 'developer') {
      const blocks = decodeText(message.content, `${path}.content`)
      markLast(blocks, cacheOf(message))
      for (const block of blocks) {
        system.push(block)
        systemAt.push(turns.length)
      }
    } else if (isTool) {
      const result = decodeToolMessage(message, path, { functions, toolNames })
      const last = turns.at(-1)
      if (afterTool && last) last.blocks.push(result)
      else turns.push({ role: 'user', blocks: [result] })
    } else if (role === 'user') turns.push(withName({ role, blocks: decodeUser(message, path) }, message, path))
    else if (role === 'assistant') {
      const blocks = decodeAssistant(message, path, notes, `function_${index}`)
      for (const block of blocks) if (block.type === 'tool-call') toolNames.set(block.id, block.name)
      if (isObject(message.function_call)) functions.set(String(message.function_call.name), `function_${index}`)
      turns.push(withName({ role, blocks }, message, path))
    } else throw invalid(`${path}.role`, 'must be `system`, `developer`, `user`, `assistant`, `tool` or `function`')
    afterTool = isTool
  }
  if (systemAt.some((at) => at > 0)) notes.systemAt = systemAt
  return { system, turns }
}

function withName(turn: Turn, message: Json, path: string): Turn {
  const name = textAt(message, 'name', `${path}.name`)
  return name === undefined ? turn : { ...turn, name }
}

function decodeUser(message: Json, path: string): Block[] {
  const blocks = [...decodeContent(message.content, `${path}.content`), ...unknownFields(message)]
  markLast(blocks, cacheOf(message))
  return blocks
}

function decodeAssistant(message: Json, path: string, notes: ChatNotes, functionId: string): Block[] {
  const blocks: Block[] = decodeThoughts(message, path, notes)
  const content = decodeContent(message.content, `${path}.content`)
  blocks.push(...content)
  for (const [index, image] of (listAt(message, 'images', `${path}.images`) ?? []).entries())
    blocks.push(...decodeContent([image], `${path}.images[${index}]`))
  const refusal = textAt(message, 'refusal', `${path}.refusal`)
  if (refusal) blocks.push({ type: 'refusal', text: refusal })
  for (const [index, call] of (listAt(message, 'tool_calls', `${path}.tool_calls`) ?? []).entries())
    blocks.push(decodeToolCall(call, `${path}.tool_calls[${index}]`))
  const legacy = objectAt(message, 'function_call', `${path}.function_call`)
  if (legacy) blocks.push(decodeFunctionCall(legacy, functionId, `${path}.function_call`))
  blocks.push(...unknownFields(message))
  const left = cite(
    content.findLast((block) => block.type === 'text'),
    listAt(message, 'annotations', `${path}.annotations`) ?? [],
  )
  if (left.length > 0) blocks.push({ type: 'opaque', dialect: 'openai-chat', what: 'annotations', value: left })
  markLast(blocks, cacheOf(message))
  return blocks
}

/** The thoughts of an assistant message: details where they are, since these hold the text as well. */
function decodeThoughts(message: Json, path: string, notes: ChatNotes): Block[] {
  const { reasoning_details: details } = message
  const text = textAt(message, 'reasoning_content', `${path}.reasoning_content`) ?? textAt(message, 'reasoning', `${path}.reasoning`)
  if (text && !message.reasoning_content) notes.thoughtsIn = 'reasoning'
  if (Array.isArray(details) && details.length > 0) return decodeDetails(details)
  return text ? [{ type: 'reasoning', text, origin: 'openai-chat' }] : []
}

/** Puts the link annotations on the text and returns the others. */
function cite(block: Block | undefined, annotations: unknown[]): unknown[] {
  const left: unknown[] = []
  for (const annotation of annotations) {
    const citation = block ? decodeAnnotation(annotation) : undefined
    if (citation && block?.type === 'text') block.citations = [...(block.citations ?? []), citation]
    else left.push(annotation)
  }
  return left
}

function decodeToolCall(call: unknown, path: string): ToolCallBlock {
  if (!isObject(call)) throw invalid(path, 'must be an object')
  const id = textAt(call, 'id', `${path}.id`)
  if (!id) throw invalid(`${path}.id`, 'is missing')
  const custom = objectAt(call, 'custom', `${path}.custom`)
  if (custom) {
    const input = textAt(custom, 'input', `${path}.custom.input`) ?? ''
    return { type: 'tool-call', id, name: needName(custom, `${path}.custom`), arguments: JSON.stringify({ input }) }
  }
  const value = objectAt(call, 'function', `${path}.function`)
  if (!value) throw invalid(`${path}.function`, 'is missing')
  const signature = thoughtSignature(call)
  return { ...decodeFunctionCall(value, id, `${path}.function`), ...(signature && { signature }) }
}

function decodeFunctionCall(value: Json, id: string, path: string): ToolCallBlock {
  const text = textAt(value, 'arguments', `${path}.arguments`) ?? ''
  return { type: 'tool-call', id, name: needName(value, path), arguments: text }
}

/** Gemini's signature of a call, as its own chat endpoint writes it. https://ai.google.dev/gemini-api/docs/thought-signatures */
export function thoughtSignature(call: Json): ToolCallBlock['signature'] | undefined {
  const google = isObject(call.extra_content) ? call.extra_content.google : undefined
  if (!isObject(google) || typeof google.thought_signature !== 'string') return undefined
  return { dialect: 'gemini', value: google.thought_signature }
}

function needName(value: Json, path: string): string {
  const name = textAt(value, 'name', `${path}.name`)
  if (!name) throw invalid(`${path}.name`, 'is missing')
  return name
}

const OF_RESULTS = new Set(['role', 'name', 'content', 'tool_call_id', 'cache_control'])
type Known = { functions: Map<string, string>; toolNames: Map<string, string> }

function decodeToolMessage(message: Json, path: string, { functions, toolNames }: Known): ToolResultBlock {
  const name = textAt(message, 'name', `${path}.name`)
  const callId = message.role === 'function' ? functions.get(name ?? '') : textAt(message, 'tool_call_id', `${path}.tool_call_id`)
  if (!callId)
    throw message.role === 'function'
      ? invalid(`${path}.name`, 'must name a function that was called before')
      : invalid(`${path}.tool_call_id`, 'is missing')
  const called = name ?? toolNames.get(callId)
  const cache = cacheOf(message)
  const own = Object.entries(message).filter(([key, value]) => !OF_RESULTS.has(key) && value !== null)
  if (message.role === 'tool' && name !== undefined) own.push(['name', name])
  return {
    type: 'tool-result',
    callId,
    ...(called !== undefined && { name: called }),
    blocks: decodeResult(message.content, `${path}.content`),
    ...(cache && { cache }),
    ...(own.length > 0 && { native: { dialect: 'openai-chat', value: Object.fromEntries(own) } }),
  }
}

/** Mistral's client says in every message of the assistant that it is none to continue, which asks for nothing. */
const asksNothing = (key: string, value: unknown): boolean => key === 'prefix' && value === false

const unknownFields = (message: Json): Block[] =>
  Object.entries(message)
    .filter(([key, value]) => !KNOWN.has(key) && value !== null && value !== undefined && !asksNothing(key, value))
    .map(([what, value]) => ({ type: 'opaque', dialect: 'openai-chat', what, value }))
