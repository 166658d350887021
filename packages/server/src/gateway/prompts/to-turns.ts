import { AppError } from '@signalbox/schema'
import type { RenderedMessage } from '@signalbox/sdk/templates'
import type { Block, Source, TextBlock, Turn } from '../wire/language.ts'

const ROLES: Record<string, 'system' | 'user' | 'assistant' | 'tool'> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  human: 'user',
  assistant: 'assistant',
  ai: 'assistant',
  model: 'assistant',
  tool: 'tool',
}
const NEUTRAL = new Set(['role', 'content', 'name', 'toolCallId', 'toolCalls'])

/** A message that is written as prompts are; others come from a placeholder, in the words of the client's own dialect. */
export function isNeutral(message: object): message is RenderedMessage {
  const { role, content } = message as Partial<RenderedMessage>
  if (typeof role !== 'string' || !Object.hasOwn(ROLES, role) || !Object.keys(message).every((key) => NEUTRAL.has(key))) return false
  if (typeof content === 'string') return true
  return (
    Array.isArray(content) &&
    content.every(
      (part: unknown) =>
        (isObject(part) && part.type === 'text' && typeof part.text === 'string') ||
        (isObject(part) && part.type === 'image' && typeof part.url === 'string'),
    )
  )
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

export const isSystem = ({ role }: RenderedMessage): boolean => ROLES[role] === 'system'

/** A message of a prompt in the inner language: what the system says, or a turn. */
export function systemOf({ content }: RenderedMessage): TextBlock[] {
  return blocksOf(content).filter((block): block is TextBlock => block.type === 'text')
}

export function turnOf({ role, content, name, toolCallId, toolCalls = [] }: RenderedMessage): Turn {
  const blocks = blocksOf(content)
  if (ROLES[role] === 'tool') {
    if (!toolCallId) throw new AppError('invalid-request', 'A message of the role tool in a prompt needs its `toolCallId`.')
    const kept = blocks.filter((block) => block.type === 'text' || block.type === 'image')
    return { role: 'user', blocks: [{ type: 'tool-result', callId: toolCallId, ...(name && { name }), blocks: kept }] }
  }
  const isAssistant = ROLES[role] === 'assistant'
  const calls = toolCalls.map((call): Block => ({ type: 'tool-call', id: call.id, name: call.name, arguments: call.arguments }))
  const said = calls.length > 0 ? blocks.filter((block) => block.type !== 'text' || block.text !== '') : blocks
  return { role: isAssistant ? 'assistant' : 'user', blocks: [...said, ...calls], ...(name && { name }) }
}

function blocksOf(content: RenderedMessage['content']): Block[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return content.map((part) => (part.type === 'text' ? { type: 'text', text: part.text } : { type: 'image', source: sourceOf(part.url) }))
}

function sourceOf(url: string): Source {
  const [, mediaType, data] = /^data:([^;,]+);base64,(.*)$/s.exec(url) ?? []
  return mediaType && data !== undefined ? { kind: 'base64', mediaType, data } : { kind: 'url', url }
}
