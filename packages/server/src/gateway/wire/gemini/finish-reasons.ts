import type { FinishReason } from '../language.ts'

/** Gemini's reasons for an end. https://ai.google.dev/api/generate-content#FinishReason */
const REASONS: Record<string, FinishReason> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  LANGUAGE: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
  MODEL_ARMOR: 'content-filter',
  MALFORMED_FUNCTION_CALL: 'error',
  UNEXPECTED_TOOL_CALL: 'error',
  TOO_MANY_TOOL_CALLS: 'error',
  MISSING_THOUGHT_SIGNATURE: 'error',
  MALFORMED_RESPONSE: 'error',
  NO_IMAGE: 'error',
  IMAGE_OTHER: 'error',
  OTHER: 'error',
}

const WORDS: Record<FinishReason, string> = {
  stop: 'STOP',
  'stop-sequence': 'STOP',
  'tool-calls': 'STOP',
  length: 'MAX_TOKENS',
  'content-filter': 'SAFETY',
  refusal: 'SAFETY',
  pause: 'OTHER',
  error: 'OTHER',
}

/** Our word for a finish reason. Gemini says `STOP` also where it wants tools called. One that is new counts as an error. */
export function readFinishReason(native: string, hasCalls: boolean): FinishReason {
  if (native === 'STOP' && hasCalls) return 'tool-calls'
  return REASONS[native] ?? 'error'
}

/** Gemini's word, its own one where the answer came from Gemini. */
export function writeFinishReason(reason: FinishReason, native: string): string {
  return REASONS[native] === reason ? native : WORDS[reason]
}
