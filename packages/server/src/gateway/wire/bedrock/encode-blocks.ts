import type {
  Block,
  CacheMark,
  Call,
  FileBlock,
  ImageBlock,
  ReasoningBlock,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
} from '../language.ts'
import { partName } from '../part-names.ts'
import { parseObject, type Untyped } from '../untyped.ts'
import { encodeMedia } from './encode-media.ts'
import type { Family } from './model-family.ts'

/** What the blocks of one call share while they are written. */
export type Writing = {
  call: Call
  family: Family
  /** Names of tools and ids of calls as they are sent, by the client's. */
  names: ReadonlyMap<string, string>
  ids: ReadonlyMap<string, string>
  nameDocument(name: string | undefined): string
  dropped: Set<string>
}

export type Message = { role: 'user' | 'assistant'; content: Untyped[] }

/**
 * What stands for a text where Converse wants one: of a user before the assistant's first turn or beside a system text alone,
 * and in a message that has a document.
 */
const OPENING = '.'

/** The turns as messages: user and assistant alternate, a user begins, no text is blank. */
export function encodeTurns(writing: Writing): Message[] {
  const messages: Message[] = []
  for (const turn of writing.call.turns) {
    if (turn.name !== undefined) writing.dropped.add('name')
    const content = turn.blocks.flatMap((block) => encodeBlock(block, turn.role, writing))
    // A cache point alone is no message.
    if (content.every((block) => 'cachePoint' in block)) continue
    const last = messages.at(-1)
    if (last?.role === turn.role) last.content.push(...content)
    else messages.push({ role: turn.role, content })
  }
  for (const message of messages) {
    message.content = resultsFirst(message.content)
    const has = (member: string): boolean => message.content.some((block) => member in block)
    if (has('document') && !has('text')) message.content.push({ text: OPENING })
  }
  trimEnd(messages.at(-1))
  if (messages[0]?.role !== 'user') messages.unshift({ role: 'user', content: [{ text: OPENING }] })
  return messages
}

/** The texts of the system prompt, each with its cache point. */
export const encodeSystem = (writing: Writing): Untyped[] =>
  writing.call.system.flatMap((block) =>
    block.text.trim() === '' ? [] : [{ text: block.text }, ...cachePoint(block.cache, writing, 'messages')],
  )

/** A cache point after what is marked. Claude takes them everywhere, Nova only among messages and without a lifetime, others nowhere. */
export function cachePoint(
  cache: CacheMark | undefined,
  { family, dropped }: Pick<Writing, 'family' | 'dropped'>,
  place: 'messages' | 'tools',
): Untyped[] {
  if (!cache) return []
  if (family !== 'claude' && !(family === 'nova' && place === 'messages')) {
    dropped.add('cache_control')
    return []
  }
  const ttl = family === 'claude' && cache.ttl !== undefined && cache.ttl !== '5m' && { ttl: cache.ttl }
  return [{ cachePoint: { type: 'default', ...ttl } }]
}

function encodeBlock(block: Block, role: Message['role'], writing: Writing): Untyped[] {
  const encoded = encodeContent(block, role, writing)
  if (!encoded) return []
  const inner = block.type === 'tool-result' ? block.blocks.findLast(({ cache }) => cache)?.cache : undefined
  return [
    encoded,
    ...('cache' in block || inner ? cachePoint(('cache' in block ? block.cache : undefined) ?? inner, writing, 'messages') : []),
  ]
}

function encodeContent(block: Block, role: Message['role'], writing: Writing): Untyped | undefined {
  return (ENCODERS[block.type] as (block: Block, role: Message['role'], writing: Writing) => Untyped | undefined)(block, role, writing)
}

const ENCODERS: {
  [T in Block['type']]: (block: Extract<Block, { type: T }>, role: Message['role'], writing: Writing) => Untyped | undefined
} = {
  text: (block, _role, writing) => encodeText(block, writing),
  refusal: (block) => (block.text.trim() === '' ? undefined : { text: block.text }),
  image: encodeMediaBlock,
  audio: encodeMediaBlock,
  file: encodeMediaBlock,
  reasoning: (block, _role, writing) => encodeReasoning(block, writing),
  'tool-call': (block, _role, writing) => encodeToolCall(block, writing),
  'tool-result': (block, _role, writing) => encodeToolResult(block, writing),
  opaque(block, _role, { dropped }) {
    if (block.dialect === 'bedrock') return block.value as Untyped
    dropped.add(block.what)
    return undefined
  },
}

function encodeText({ text, citations }: TextBlock, { dropped }: Writing): Untyped | undefined {
  if (text.trim() === '') return undefined
  if (!citations || citations.length === 0) return { text }
  const own = citations.flatMap(({ native }) => (native?.dialect === 'bedrock' ? [native.value] : []))
  if (own.length < citations.length) dropped.add('citations')
  return own.length > 0 ? { citationsContent: { content: [{ text }], citations: own } } : { text }
}

function encodeMediaBlock(
  block: ImageBlock | FileBlock | Extract<Block, { type: 'audio' }>,
  role: Message['role'],
  writing: Writing,
): Untyped | undefined {
  if (block.type === 'image' && block.detail !== undefined && block.detail !== 'auto') writing.dropped.add('detail')
  // Only a user may show something.
  const encoded = role === 'user' ? encodeMedia(block, writing.nameDocument) : undefined
  if (!encoded) writing.dropped.add(partName(writing.call.dialect, block))
  return encoded
}

/** Claude's signed or sealed thoughts, which are the same on Anthropic and on Bedrock, and Nova's. */
function encodeReasoning(block: ReasoningBlock, { family, dropped }: Writing): Untyped | undefined {
  const isOwn = block.origin === 'bedrock' || (block.origin === 'anthropic' && family === 'claude')
  if (isOwn && block.encrypted !== undefined) return { reasoningContent: { redactedContent: block.encrypted } }
  if (isOwn && (block.signature || family === 'nova'))
    return { reasoningContent: { reasoningText: { text: block.text, ...(block.signature && { signature: block.signature }) } } }
  dropped.add('reasoning')
  return undefined
}

function encodeToolCall(block: ToolCallBlock, { names, ids, dropped }: Writing): Untyped {
  if (block.signature) dropped.add('thoughtSignature')
  const input = block.arguments.trim() === '' ? {} : parseObject(block.arguments)
  // The model's own broken JSON: it is told what it wrote, in the only form that there is.
  if (!input) dropped.add('arguments')
  return {
    toolUse: {
      toolUseId: ids.get(block.id) ?? block.id,
      name: names.get(block.name) ?? block.name,
      input: input ?? { arguments: block.arguments },
    },
  }
}

function encodeToolResult(block: ToolResultBlock, writing: Writing): Untyped {
  const content = block.blocks.flatMap((part): Untyped[] => {
    if (part.type === 'text') return [{ text: part.text }]
    const media = encodeMediaBlock(part, 'user', writing)
    return media ? [media] : []
  })
  return {
    toolResult: {
      toolUseId: writing.ids.get(block.callId) ?? block.callId,
      content: content.length > 0 ? content : [{ text: '' }],
      ...(block.isError && { status: 'error' }),
    },
  }
}

/** The results that the model waits for, each with the cache point behind it, before all else that the user says. */
function resultsFirst(content: Untyped[]): Untyped[] {
  const results: Untyped[] = []
  const rest: Untyped[] = []
  let last = rest
  for (const block of content) {
    if (!('cachePoint' in block)) last = 'toolResult' in block ? results : rest
    last.push(block)
  }
  return results.length > 0 ? [...results, ...rest] : content
}

/** A last assistant turn is a beginning to go on from, which Claude refuses when it ends with white space. */
function trimEnd(message: Message | undefined): void {
  const block = message?.role === 'assistant' ? message.content.at(-1) : undefined
  if (typeof block?.text === 'string') block.text = block.text.trimEnd()
}
