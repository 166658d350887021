export type ToolCall = { id: string; name: string; arguments: string }
export type Usage = { inputTokens: number; outputTokens: number }
/** What a model answered so far. */
export type Answer = {
  text: string
  reasoning: string
  refusal: string
  toolCalls: ToolCall[]
  finishReason: string | null
  usage: Usage | null
}
export const NO_ANSWER: Answer = { text: '', reasoning: '', refusal: '', toolCalls: [], finishReason: null, usage: null }

type Fields = Record<string, unknown>
const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {})
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The answer with one more chunk of chat completions, or with a whole completion. */
export function withChunk(answer: Answer, given: unknown): Answer {
  const chunk = fields(given)
  const choice = fields(Array.isArray(chunk.choices) ? chunk.choices[0] : undefined)
  const said = fields(choice.delta ?? choice.message)
  const usage = fields(chunk.usage)
  return {
    text: answer.text + text(said.content),
    reasoning: answer.reasoning + (text(said.reasoning_content) || text(said.reasoning)),
    refusal: answer.refusal + text(said.refusal),
    toolCalls: Array.isArray(said.tool_calls) ? said.tool_calls.reduce(withToolCall, answer.toolCalls) : answer.toolCalls,
    finishReason: text(choice.finish_reason) || answer.finishReason,
    usage:
      typeof usage.prompt_tokens === 'number'
        ? { inputTokens: usage.prompt_tokens, outputTokens: Number(usage.completion_tokens ?? 0) }
        : answer.usage,
  }
}

/** Pieces of a call carry its index; the first one its id and name. */
function withToolCall(calls: ToolCall[], given: unknown, at: number): ToolCall[] {
  const piece = fields(given)
  const index = typeof piece.index === 'number' ? piece.index : at
  const called = fields(piece.function)
  const before = calls[index] ?? { id: '', name: '', arguments: '' }
  const next = [...calls]
  next[index] = {
    id: text(piece.id) || before.id || `call_${index + 1}`,
    name: before.name + text(called.name),
    arguments: before.arguments + text(called.arguments),
  }
  return next
}

/** Whether there is something that a reader can see. */
export const isVisible = ({ text, reasoning, refusal, toolCalls }: Answer): boolean =>
  text !== '' || reasoning !== '' || refusal !== '' || toolCalls.length > 0
