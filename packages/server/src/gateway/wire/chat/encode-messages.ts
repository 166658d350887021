import type {
  Block,
  CacheMark,
  Call,
  Native,
  OpaqueBlock,
  ReasoningBlock,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
  Turn,
} from '../language.ts'
import { isObject, type Json } from './check.ts'
import { encodeCitation } from './citations.ts'
import { customTools } from './decode-tools.ts'
import { audioFormat, PART, urlOf } from './media.ts'
import { chatNotes } from './notes.ts'
import { encodeDetail, needsDetail } from './reasoning-details.ts'

type State = { call: Call; isChat: boolean; custom: Set<string>; dropped: Set<string> }

/** System blocks and turns as messages. What chat cannot hold is named in `dropped`. */
export function encodeMessages(call: Call, dropped: Set<string>): Json[] {
  const state: State = { call, isChat: call.dialect === 'openai-chat', custom: customTools(call), dropped }
  const { systemAt } = chatNotes(call)
  const places = systemAt?.length === call.system.length ? systemAt : call.system.map(() => 0)
  const messages: Json[] = []
  for (let at = 0; at <= call.turns.length; at++) {
    const system = call.system.filter((_, index) => Math.min(places[index] ?? 0, call.turns.length) === at)
    if (system.length > 0) messages.push({ role: 'system', content: contentOf(encodeParts(system, state)) })
    const turn = call.turns[at]
    if (turn) messages.push(...(turn.role === 'user' ? encodeUser(turn, state) : encodeAssistant(turn, state)))
  }
  return messages
}

/** Tool results first, since chat wants them right behind the calls, then what the user said. */
function encodeUser(turn: Turn, state: State): Json[] {
  const results = turn.blocks.filter((block) => block.type === 'tool-result')
  const others = turn.blocks.filter((block) => block.type !== 'tool-result')
  const messages: Json[] = results.map((result) => encodeResult(result, state))
  const parts = encodeParts(others, state)
  const fields = fieldsOf(others, state)
  // A turn of which nothing is left is no message, unless the client sent it empty.
  if (parts.length > 0 || Object.keys(fields).length > 0 || turn.blocks.length === 0)
    messages.push({ role: 'user', content: contentOf(parts), ...nameOf(turn), ...fields })
  return messages
}

function encodeAssistant(turn: Turn, state: State): Json[] {
  const { isChat, dropped } = state
  const texts = turn.blocks.filter((block) => block.type === 'text' || block.type === 'refusal' || isPart(block))
  const calls = turn.blocks.filter((block) => block.type === 'tool-call')
  const images = turn.blocks.flatMap((block) => (block.type === 'image' && isChat ? encodePart(block, state) : []))
  for (const { type } of turn.blocks)
    if ((type === 'image' && !isChat) || type === 'audio' || type === 'file') dropped.add(`assistant.${type}`)
  if (turn.blocks.some((block) => block.type === 'tool-result')) dropped.add('assistant.tool_result')
  const parts = encodeParts(texts, state)
  const onlyRefusal = texts.length === 1 && texts[0]?.type === 'refusal' ? texts[0].text : undefined
  const toolCalls = calls.map((call) => encodeToolCall(call, state))
  const rest: Json = {
    ...encodeThoughts(turn.blocks, state),
    ...(images.length > 0 && { images }),
    ...encodeCitations(turn.blocks, state),
    ...fieldsOf(turn.blocks, state),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
  }
  if (onlyRefusal !== undefined) return [{ role: 'assistant', content: null, refusal: onlyRefusal, ...nameOf(turn), ...rest }]
  if (parts.length === 0 && Object.keys(rest).length === 0 && turn.blocks.length > 0) return []
  const content = parts.length === 0 && toolCalls.length > 0 ? null : contentOf(parts)
  return [{ role: 'assistant', content, ...nameOf(turn), ...rest }]
}

function encodeToolCall(block: ToolCallBlock, state: State): Json {
  const { id, name, signature, cache } = block
  if (cache && !state.isChat) state.dropped.add('cache_control')
  if (state.custom.has(name)) return { id, type: 'custom', custom: { name, input: customInput(block.arguments) } }
  const extra = signature?.dialect === 'gemini' && { extra_content: { google: { thought_signature: signature.value } } }
  return { id, type: 'function', function: { name, arguments: block.arguments || '{}' }, ...extra }
}

/** The text for a custom tool, in the inner language the one field `input` of its arguments. */
export function customInput(text: string): string {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value) && typeof value.input === 'string') return value.input
  } catch {
    // What is not our wrapping goes as it is.
  }
  return text
}

function encodeResult({ callId, blocks, isError, cache, native }: ToolResultBlock, state: State): Json {
  const { isChat, dropped } = state
  const kept = blocks.filter(({ type }) => {
    if (type === 'text' || isChat) return true
    dropped.add(`tool_result.${type}`)
    return false
  })
  if (isError) {
    const at = kept.findIndex((block) => block.type === 'text')
    const first = kept[at]
    const text = `Error: ${first?.type === 'text' ? first.text : ''}`
    kept.splice(Math.max(at, 0), at < 0 ? 0 : 1, first?.type === 'text' ? { ...first, text } : { type: 'text', text })
  }
  return {
    role: 'tool',
    tool_call_id: callId,
    content: contentOf(encodeParts(kept, state)),
    ...markOf(cache, native, state),
  }
}

/** One plain text as a string, which every server understands, all else as parts. */
function contentOf(parts: Json[]): string | Json[] {
  const [first] = parts
  if (!first) return ''
  return parts.length === 1 && first.type === 'text' && Object.keys(first).length === 2 ? String(first.text) : parts
}

const isPart = (block: Block): boolean => block.type === 'opaque' && block.dialect === 'openai-chat' && block.what.startsWith(PART)

const encodeParts = (blocks: readonly Block[], state: State): Json[] => blocks.flatMap((block) => encodePart(block, state))

/** The part for a block; none where the block stands elsewhere in a message or cannot be carried. */
function encodePart(block: Block, state: State): Json[] {
  const drop = (name: string): [] => {
    state.dropped.add(name)
    return []
  }
  switch (block.type) {
    case 'text':
      return [{ type: 'text', text: block.text, ...markOf(block.cache, block.native, state) }]
    case 'refusal':
      return [{ type: 'refusal', refusal: block.text, ...markOf(undefined, block.native, state) }]
    case 'image': {
      const url = urlOf(block.source)
      if (url === undefined) return drop('image.file_id')
      const image = { url, ...(block.detail !== undefined && { detail: block.detail }) }
      return [{ type: 'image_url', image_url: image, ...markOf(block.cache, block.native, state) }]
    }
    case 'audio': {
      if (block.source.kind !== 'base64') return drop('audio.url')
      const format = block.format ?? audioFormat(block.source.mediaType)
      return [{ type: 'input_audio', input_audio: { data: block.source.data, format }, ...markOf(block.cache, block.native, state) }]
    }
    case 'file': {
      const { source, name } = block
      const isOurs = state.isChat || state.call.dialect === 'openai-responses'
      if (source.kind === 'id' && !isOurs) return drop('file.file_id')
      if (source.kind === 'url' && !state.isChat) return drop('file.url')
      const file = source.kind === 'id' ? { file_id: source.id } : { file_data: urlOf(source) }
      // Without a name OpenAI refuses `file_data`.
      const filename = name ?? (source.kind === 'base64' && !state.isChat ? defaultName(source.mediaType) : undefined)
      return [{ type: 'file', file: { ...(filename !== undefined && { filename }), ...file }, ...markOf(block.cache, block.native, state) }]
    }
    case 'opaque':
      if (block.dialect !== 'openai-chat') return drop(block.what)
      return block.what.startsWith(PART) && isObject(block.value) ? [block.value] : []
    default:
      return []
  }
}

const defaultName = (mediaType: string): string => `file.${mediaType.slice(mediaType.indexOf('/') + 1).replace(/[^a-z0-9]+/gi, '-')}`

/** A cache mark and the fields that only chat knows. Another dialect's marks are dropped: plain chat endpoints refuse them. */
function markOf(cache: CacheMark | undefined, native: Native | undefined, { isChat, dropped }: State): Json {
  const own = native?.dialect === 'openai-chat' ? native.value : {}
  if (!cache || 'prompt_cache_breakpoint' in own) return own
  if (isChat) return { cache_control: { type: 'ephemeral', ...cache }, ...own }
  dropped.add('cache_control')
  return own
}

const nameOf = ({ name }: Turn): Json => (name === undefined ? {} : { name })

const ELSEWHERE = new Set(['reasoning_details', 'annotations'])

/** The fields of a message that became opaque when it was read. */
function fieldsOf(blocks: readonly Block[], { dropped }: State): Json {
  const fields: [string, unknown][] = []
  for (const block of blocks) {
    if (block.type !== 'opaque') continue
    if (block.dialect !== 'openai-chat') dropped.add(block.what)
    else if (!ELSEWHERE.has(block.what) && !block.what.startsWith(PART)) fields.push([block.what, block.value])
  }
  return Object.fromEntries(fields)
}

const isOpaqueList = (block: Block, what: string): block is OpaqueBlock =>
  block.type === 'opaque' && block.dialect === 'openai-chat' && block.what === what && Array.isArray(block.value)

function encodeThoughts(blocks: readonly Block[], { call, isChat, dropped }: State): Json {
  const thoughts = blocks.filter((block): block is ReasoningBlock => {
    if (block.type !== 'reasoning') return false
    if (block.origin === 'openai-chat' || (isChat && encodeDetail(block, 0))) return true
    dropped.add('reasoning')
    return false
  })
  const opaque = blocks.flatMap((block) => (isOpaqueList(block, 'reasoning_details') ? (block.value as unknown[]) : []))
  if (thoughts.length === 0 && opaque.length === 0) return {}
  const isDetailed = opaque.length > 0 || thoughts.some((block) => needsDetail(block) || block.origin !== 'openai-chat')
  const text = thoughts.map((block) => block.text).join('')
  return {
    ...(text !== '' && { [chatNotes(call).thoughtsIn ?? 'reasoning_content']: text }),
    ...(isDetailed && { reasoning_details: [...thoughts.map(encodeDetail), ...opaque] }),
  }
}

/** Annotations go back only where chat wrote them: OpenAI takes none in a request. */
function encodeCitations(blocks: readonly Block[], { isChat, dropped }: State): Json {
  const citations = blocks.filter((block): block is TextBlock => block.type === 'text').flatMap((block) => block.citations ?? [])
  if (!isChat) {
    if (citations.length > 0) dropped.add('citations')
    return {}
  }
  const others = blocks.flatMap((block) => (isOpaqueList(block, 'annotations') ? (block.value as unknown[]) : []))
  const annotations = [...citations.map((citation) => encodeCitation(citation, 0, 0)).filter((one) => one !== undefined), ...others]
  return annotations.length > 0 ? { annotations } : {}
}
