/** Messages as the OpenTelemetry GenAI conventions write them. */
export type Part =
  | { type: 'text'; content: string }
  | { type: 'reasoning'; content: string }
  | { type: 'tool_call'; id: string; name: string; arguments: Record<string, unknown> }
  | { type: 'tool_call_response'; id: string; response: unknown }
export type Message = { role: 'user' | 'assistant' | 'tool'; parts: Part[] }

export const text = (content: string): Part => ({ type: 'text', content })
export const userSays = (content: string): Message => ({ role: 'user', parts: [text(content)] })
export const assistantSays = (...parts: Part[]): Message => ({ role: 'assistant', parts })
export const toolAnswers = (id: string, response: unknown): Message => ({
  role: 'tool',
  parts: [{ type: 'tool_call_response', id, response }],
})
