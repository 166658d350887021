import type { Call } from '../language.ts'

/** How a chat client wrote what other dialects write differently: for the way back into chat and for its answer. */
export type ChatNotes = {
  /** The call came through `/v1/completions`, whose other parameters a chat endpoint does not know. */
  endpoint?: 'completions'
  /** `stream_options` as sent; `include_usage` asks for the usage chunk. */
  streamOptions?: Record<string, unknown>
  maxTokensAs?: 'max_completion_tokens'
  /** The client speaks `functions`, so its answer says `function_call`. */
  legacyFunctions?: boolean
  /** Which object in place of `reasoning_effort` asked for reasoning: OpenRouter's, LiteLLM's, or one that stands whole in extras. */
  reasoningAs?: 'reasoning' | 'thinking' | 'extras'
  /** The field of assistant messages that held the thoughts; `reasoning_content` where absent. */
  thoughtsIn?: 'reasoning'
  /** For each system block, how many turns stood before it; absent where all stood before the first. */
  systemAt?: number[]
}

/** The notes of a chat call; none for a call of another dialect. */
export const chatNotes = (call: Call): ChatNotes => (call.dialect === 'openai-chat' ? ((call.notes ?? {}) as ChatNotes) : {})

/** The client asked for a usage chunk in the stream. */
export const wantsUsage = (call: Call): boolean => chatNotes(call).streamOptions?.include_usage === true
