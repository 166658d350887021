import { type Json, sseValues } from './sse-values.ts'

type Choice = { index: number; message: Json; finish_reason: unknown; [key: string]: unknown }

/** A chat completion stream folded into the whole answer that it tells: deltas joined, unknown fields kept. */
export function foldStream(sse: string): Json | undefined {
  let answer: Json | undefined
  const choices = new Map<number, Choice>()
  for (const { choices: parts, ...rest } of sseValues(sse)) {
    const object = rest.object === 'text_completion' ? rest.object : 'chat.completion'
    answer = { ...answer, ...withoutNull(rest), object }
    for (const part of Array.isArray(parts) ? (parts as (Json & { delta?: Json; index?: number })[]) : []) addPart(choices, part)
  }
  return answer && { ...answer, choices: [...choices.values()].sort((a, b) => a.index - b.index).map(withoutEmptyMessage) }
}

const withoutEmptyMessage = ({ message, ...choice }: Choice): Json =>
  'text' in choice && Object.keys(message).length === 0 ? choice : { ...choice, message }

function addPart(choices: Map<number, Choice>, { delta, index = 0, ...rest }: Json & { delta?: Json; index?: number }): void {
  const choice = choices.get(index) ?? { index, message: {}, finish_reason: null }
  // The older completions have no message: their text stands in the choice.
  if (typeof rest.text === 'string') rest.text = `${typeof choice.text === 'string' ? choice.text : ''}${rest.text}`
  choices.set(index, { ...choice, ...withoutNull(rest), message: merge(choice.message, delta ?? {}) as Json })
}

/** Strings are fragments, so they are joined; lists of indexed things are joined by index; the rest replaces. */
function merge(before: unknown, next: unknown, key = ''): unknown {
  if (next === null || next === undefined) return before
  if (typeof next === 'string') return typeof before === 'string' && !WHOLE.has(key) ? before + next : next
  if (Array.isArray(next)) return next.reduce<unknown[]>(mergeItem, Array.isArray(before) ? [...before] : [])
  if (typeof next !== 'object') return next
  const merged: Json = { ...(typeof before === 'object' ? before : {}) }
  for (const [name, value] of Object.entries(next)) if (name !== '__proto__') merged[name] = merge(merged[name], value, name)
  return merged
}

/** Sent once, or the same each time. */
const WHOLE = new Set(['id', 'type', 'role', 'name'])

function mergeItem(list: unknown[], item: unknown): unknown[] {
  const index = typeof item === 'object' && item !== null ? (item as { index?: unknown }).index : undefined
  const at = typeof index === 'number' ? list.findIndex((other) => (other as { index?: unknown }).index === index) : -1
  if (at === -1) list.push(item)
  else list[at] = merge(list[at], item)
  return list
}

const withoutNull = (object: Json): Json => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null))

type Message = {
  role?: unknown
  content?: unknown
  tool_calls?: { function?: { name?: unknown } }[]
  refusal?: unknown
  reasoning_content?: unknown
}

/** The readable text of message content: a string, or the text parts of a list. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .map((part: { text?: unknown; type?: unknown }) =>
      typeof part?.text === 'string' ? part.text : typeof part?.type === 'string' ? `[${part.type}]` : '',
    )
    .join(' ')
}

/** What the last user message of a request says. */
export function lastUserText(request: unknown): string {
  const messages = (request as { messages?: Message[] } | undefined)?.messages
  if (!Array.isArray(messages)) return ''
  const message = messages.findLast((candidate) => candidate?.role === 'user') ?? messages.at(-1)
  return textOf(message?.content)
}

/** The prompt of one of the older completions. */
export function completionPrompt(request: unknown): string {
  const prompt = (request as { prompt?: unknown } | undefined)?.prompt
  const texts = (Array.isArray(prompt) ? prompt : [prompt]).filter((text) => typeof text === 'string')
  return texts.join('\n')
}

/** What an answer says: its text, its refusal, or the tools that it calls. */
export function answerText(answer: unknown): string {
  const choices = (answer as { choices?: { message?: Message; text?: unknown }[] } | undefined)?.choices
  if (!Array.isArray(choices)) return ''
  return choices
    .map(
      ({ message, text }) =>
        (typeof text === 'string' && text) ||
        textOf(message?.content) ||
        (typeof message?.refusal === 'string' ? message.refusal : '') ||
        toolNames(message),
    )
    .filter(Boolean)
    .join('\n')
}

const toolNames = (message: Message | undefined): string =>
  (Array.isArray(message?.tool_calls) ? message.tool_calls : []).map((call) => `${String(call?.function?.name ?? 'tool')}()`).join(', ')
