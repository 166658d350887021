import { type Json, type Message, type Part, readConversation } from '@signalbox/sdk/conversation'

/**
 * What was asked, without the parameters of the call: one text where a user said nothing else, messages where there were more, and all that was
 * recorded where it holds more than text. Undefined where nothing was recorded.
 */
export function asked(recorded: unknown): Json | undefined {
  const payload = payloadOf(recorded)
  if (payload === undefined) return undefined
  const messages = readConversation(payload, 'user')?.messages ?? []
  const texts = messages.map(({ role, parts }) => ({ role, content: textOf(parts) }))
  if (texts.length === 0 || texts.some(({ content }) => content === undefined)) return payload
  const [only] = texts
  return texts.length === 1 && only?.role === 'user' ? (only.content ?? '') : (texts as Json)
}

/** What was answered: its text, or text and calls of tools; all that was recorded where it was something else. */
export function answered(recorded: unknown): Json | undefined {
  const payload = payloadOf(recorded)
  if (payload === undefined) return undefined
  const messages = readConversation(payload, 'assistant')?.messages ?? []
  const parts = messages.flatMap((message: Message) => message.parts).filter(({ type }) => type !== 'reasoning')
  const calls = parts.filter((part) => part.type === 'tool-call')
  const text = textOf(parts.filter(({ type }) => type !== 'tool-call'))
  if (parts.length === 0 || text === undefined) return payload
  if (calls.length === 0) return text
  return { ...(text && { text }), toolCalls: calls.map(({ name, arguments: given }) => ({ name, arguments: given })) }
}

/** Undefined where something is no text. */
function textOf(parts: readonly Part[]): string | undefined {
  const texts = parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : undefined))
  return texts.includes(undefined) ? undefined : texts.join('\n')
}

/** JSON where it is some, else the text. */
function payloadOf(recorded: unknown): Json | undefined {
  if (recorded === null || recorded === undefined || recorded === '') return undefined
  if (typeof recorded !== 'string' || !/^\s*[[{"]/.test(recorded)) return recorded as Json
  try {
    return JSON.parse(recorded) as Json
  } catch {
    return recorded
  }
}
