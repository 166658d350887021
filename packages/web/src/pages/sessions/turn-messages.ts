import type { Turn } from '@signalbox/schema'
import { type Json, type Message, readConversation } from '@signalbox/sdk/conversation'

/** Names under which programs keep the one text of an input or an output. */
const TEXT_FIELDS = ['input', 'question', 'query', 'prompt', 'text', 'message', 'output', 'answer', 'response', 'result', 'content']

export type TurnMessages = {
  /** What was asked. */
  asked: Message[]
  /** What models and tools said to each other before the answer. */
  between: Message[]
  answered: Message[]
  /** What is no message, as it is. */
  input: Json | undefined
  output: Json | undefined
}

/** A turn as messages: as far as its payloads are some. */
export function turnMessages({ input, output }: Pick<Turn, 'input' | 'output'>): TurnMessages {
  const read = messagesOf(input?.value as Json | undefined, 'user')
  const wrote = messagesOf(output?.value as Json | undefined, 'assistant')
  const first = read?.findIndex(({ role }) => !ASKING.has(role)) ?? -1
  return {
    asked: read ? (first === -1 ? read : read.slice(0, first)) : [],
    between: read && first !== -1 ? read.slice(first) : [],
    answered: wrote ?? [],
    input: read || input === null ? undefined : (input.value as Json),
    output: wrote || output === null ? undefined : (output.value as Json),
  }
}

const ASKING = new Set(['user', 'human', 'system', 'developer'])

function messagesOf(value: Json | undefined, role: 'user' | 'assistant'): Message[] | null {
  const conversation = readConversation(onlyText(value), role)
  return conversation && conversation.messages.length > 0 ? conversation.messages : null
}

/** `{ "question": "…" }` as its text: an object with one field that is one. */
function onlyText(value: Json | undefined): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const [only, ...others] = Object.entries(value)
  return only && others.length === 0 && TEXT_FIELDS.includes(only[0]) && typeof only[1] === 'string' ? only[1] : value
}
