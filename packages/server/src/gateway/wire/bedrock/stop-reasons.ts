import { own } from '../../../lib/own.ts'
import type { AnswerEvent, FinishReason } from '../language.ts'
import { objectOf } from '../untyped.ts'

const REASONS: Record<string, FinishReason> = {
  end_turn: 'stop',
  stop_sequence: 'stop-sequence',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  guardrail_intervened: 'content-filter',
  content_filtered: 'content-filter',
  malformed_model_output: 'error',
  malformed_tool_use: 'error',
  refusal: 'refusal',
  pause_turn: 'pause',
}

/** Why the answer ended. A word that Bedrock adds later reads as `stop`. `more` is `additionalModelResponseFields`. */
export function decodeStop(native: string, more: unknown): AnswerEvent {
  const fields = objectOf(more)
  const sequence = fields.stop_sequence ?? objectOf(fields.delta).stop_sequence
  return {
    type: 'finish',
    choice: 0,
    reason: own(REASONS, native) ?? 'stop',
    native,
    ...(typeof sequence === 'string' && { stopSequence: sequence }),
  }
}
