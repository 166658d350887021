import type { FinishReason } from '../language.ts'

const REASONS = {
  end_turn: 'stop',
  stop_sequence: 'stop-sequence',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  pause_turn: 'pause',
  refusal: 'refusal',
} as const satisfies Record<string, FinishReason>

const NAMES: Record<FinishReason, string> = {
  stop: 'end_turn',
  'stop-sequence': 'stop_sequence',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  pause: 'pause_turn',
  refusal: 'refusal',
  'content-filter': 'refusal',
  error: 'end_turn',
}

/** Why the answer ended. A word that Anthropic adds later reads as `stop`. */
export const decodeStopReason = (native: string): FinishReason =>
  Object.hasOwn(REASONS, native) ? REASONS[native as keyof typeof REASONS] : 'stop'

/** Anthropic's word for it, with what stands in the answer: some vendors say `stop` also where tools are called. */
export function encodeStopReason(
  finish: { reason: FinishReason; native: string } | undefined,
  seen: { toolCalls: boolean; refusal: boolean },
): string {
  const reason = finish?.reason ?? 'stop'
  if (reason === 'stop' && seen.refusal) return 'refusal'
  if (reason === 'stop' && seen.toolCalls) return 'tool_use'
  if (reason === 'length' && finish?.native === 'model_context_window_exceeded') return finish.native
  return NAMES[reason]
}
