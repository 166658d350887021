import { own } from '../../../lib/own.ts'
import type { FinishReason } from '../language.ts'

const REASONS: Record<string, FinishReason> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop-sequence',
  MAX_TOKENS: 'length',
  ERROR_LIMIT: 'length',
  TOOL_CALL: 'tool-calls',
  ERROR_TOXIC: 'content-filter',
  ERROR: 'error',
  TIMEOUT: 'error',
}

const WORDS: Record<FinishReason, string> = {
  stop: 'COMPLETE',
  'stop-sequence': 'STOP_SEQUENCE',
  length: 'MAX_TOKENS',
  'tool-calls': 'TOOL_CALL',
  'content-filter': 'ERROR_TOXIC',
  refusal: 'ERROR_TOXIC',
  pause: 'COMPLETE',
  error: 'ERROR',
}

/** Why the answer ended. A word that Cohere adds later reads as `stop`. */
export const decodeFinish = (native: string): FinishReason => own(REASONS, native.toUpperCase()) ?? 'stop'

/**
 * Cohere's word for it, with what stands in the answer: some vendors say `stop` also where tools are called, and a refusal in
 * words is an answer like any other.
 */
export function encodeFinish(reason: FinishReason, seen: { toolCalls: boolean; refusal: boolean }): string {
  if (reason === 'stop' && seen.toolCalls) return WORDS['tool-calls']
  return reason === 'refusal' && seen.refusal ? WORDS.stop : WORDS[reason]
}
