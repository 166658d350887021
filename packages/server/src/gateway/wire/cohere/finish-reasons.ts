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

/** Why the answer ended. A word that Cohere adds later reads as `stop`. */
export const decodeFinish = (native: string): FinishReason => own(REASONS, native.toUpperCase()) ?? 'stop'
