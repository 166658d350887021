import type { FinishReason } from '../language.ts'

/** What chat endpoints say, the documented words first, then those of compatible servers. */
const REASONS: Record<string, FinishReason> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  eos: 'stop',
  eos_token: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop-sequence',
  max_tokens: 'length',
  model_length: 'length',
  tool_use: 'tool-calls',
  tool_call: 'tool-calls',
  safety: 'content-filter',
  sensitive: 'content-filter',
  refusal: 'refusal',
  error: 'error',
  abort: 'error',
  network_error: 'error',
  insufficient_system_resource: 'error',
}

/** The reason behind the provider's word. `stop` beside tool calls means that they are to be run; beside a refusal, that it refused. */
export function finishReason(native: string, seen: { tools: boolean; refusal: boolean; stopSequence: boolean }): FinishReason {
  const reason = Object.hasOwn(REASONS, native) ? (REASONS[native] ?? 'stop') : 'stop'
  if (reason !== 'stop') return reason
  if (seen.tools) return 'tool-calls'
  if (seen.refusal) return 'refusal'
  return seen.stopSequence ? 'stop-sequence' : 'stop'
}

const WORDS: Record<FinishReason, string> = {
  stop: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  refusal: 'content_filter',
  pause: 'stop',
  error: 'stop',
}

/** The word for a reason. A refusal that stands in the message itself is an ordinary `stop`, as OpenAI does it. */
export function finishWord(reason: FinishReason, options: { refused: boolean; legacyFunctions: boolean }): string {
  if (reason === 'refusal' && options.refused) return 'stop'
  if (reason === 'tool-calls' && options.legacyFunctions) return 'function_call'
  return WORDS[reason]
}
