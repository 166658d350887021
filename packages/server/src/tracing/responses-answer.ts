import { textOf } from './openai-answer.ts'
import { isJson, type Json, listOf, sseValues } from './sse-values.ts'

const LAST = new Set(['response.completed', 'response.incomplete', 'response.failed'])

/** A Responses stream folded into the response that it tells: the one of its last event, or what had come until it broke off. */
export function foldResponses(sse: string): Json | undefined {
  let response: Json | undefined
  const items = new Map<unknown, Json>()
  for (const event of sseValues(sse)) {
    if (LAST.has(String(event.type)) && isJson(event.response)) return event.response
    if (event.type === 'error') response = { ...response, error: event }
    else if (isJson(event.response)) response = { ...response, ...event.response }
    else if (isJson(event.item)) items.set(event.output_index, { ...event.item })
    else extend(items, event)
  }
  return response && (items.size === 0 ? response : { ...response, output: [...items.values()] })
}

function extend(items: Map<unknown, Json>, { type, output_index: index, delta }: Json): void {
  const item = items.get(index)
  if (!item || typeof delta !== 'string') return
  if (type === 'response.function_call_arguments.delta') item.arguments = String(item.arguments ?? '') + delta
  else if (type === 'response.output_text.delta' || type === 'response.refusal.delta') {
    const kind = type === 'response.refusal.delta' ? 'refusal' : 'text'
    const part = listOf(item.content).find(isJson) ?? { type: kind === 'text' ? 'output_text' : 'refusal' }
    item.content = [{ ...part, [kind]: String(part[kind] ?? '') + delta }]
  }
}

/** What a response says: its text or refusal, or the tools that it calls. */
export function responsesText(response: unknown): string {
  const output = listOf((response as Json | undefined)?.output).filter(isJson)
  const parts = output.flatMap((item) => (item.type === 'message' ? listOf(item.content).filter(isJson) : []))
  const text = parts.map(({ text, refusal }) => (typeof text === 'string' ? text : typeof refusal === 'string' ? refusal : '')).join('')
  return text || output.flatMap((item) => (item.type === 'function_call' ? [`${String(item.name ?? 'tool')}()`] : [])).join(', ')
}

/** What the last user message of a request says. */
export function responsesInput(request: unknown): string {
  const input = (request as Json | undefined)?.input
  if (typeof input === 'string') return input
  const items = listOf(input).filter(isJson)
  const message = items.findLast((item) => item.role === 'user') ?? items.at(-1)
  return textOf(message?.content ?? message?.output)
}
