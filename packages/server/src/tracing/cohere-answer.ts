import { textOf } from './openai-answer.ts'
import { isJson, type Json, listOf, sseValues } from './sse-values.ts'

/** A stream of Cohere's chat folded into the body that it tells; one that broke off says its `error`. */
export function foldCohere(sse: string): Json | undefined {
  let answer: Json | undefined
  const message: Json = { role: 'assistant' }
  const content: Json[] = []
  const calls = new Map<unknown, Json>()
  const citations: unknown[] = []
  for (const event of sseValues(sse)) {
    const delta = isJson(event.delta) ? event.delta : {}
    const said = isJson(delta.message) ? delta.message : {}
    switch (event.type) {
      case 'message-start':
        answer = { ...(event.id !== undefined && { id: event.id }), message }
        break
      case 'content-start':
        if (isJson(said.content)) content.push({ ...said.content })
        break
      case 'content-delta':
        if (isJson(said.content)) extend(content.at(-1), said.content)
        break
      case 'tool-plan-delta':
        extend(message, { tool_plan: said.tool_plan })
        break
      case 'tool-call-start':
        if (isJson(said.tool_calls)) calls.set(event.index, { ...said.tool_calls, function: { ...functionOf(said.tool_calls) } })
        break
      case 'tool-call-delta':
        if (isJson(said.tool_calls)) extend(functionOf(calls.get(event.index)), functionOf(said.tool_calls))
        break
      case 'citation-start':
        citations.push(said.citations)
        break
      case 'message-end':
        answer = { ...answer, ...delta }
    }
  }
  if (!answer) return undefined
  if (content.length > 0) message.content = content
  if (calls.size > 0) message.tool_calls = [...calls.values()]
  if (citations.length > 0) message.citations = citations
  return answer
}

/** Adds the pieces of text in `delta` to the fields of the same name. */
function extend(target: Json | undefined, delta: Json): void {
  if (!target) return
  for (const [name, piece] of Object.entries(delta))
    if (typeof piece === 'string' && name !== 'type' && name !== '__proto__') target[name] = String(target[name] ?? '') + piece
}

const functionOf = (call: Json | undefined): Json => (isJson(call?.function) ? call.function : {})

/** What an answer says: its text, or the tools that it calls. */
export function cohereText(answer: unknown): string {
  const { message } = (answer ?? {}) as Json
  if (!isJson(message)) return ''
  const content = listOf(message.content).filter((part) => isJson(part) && part.type === 'text')
  const calls = listOf(message.tool_calls).filter(isJson)
  return content.map((part) => textOf([part])).join('') || calls.map((call) => `${String(functionOf(call).name ?? 'tool')}()`).join(', ')
}
