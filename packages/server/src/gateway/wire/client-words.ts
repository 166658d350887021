import { own } from '../../lib/own.ts'
import type { Dialect } from './language.ts'

/** What OpenAI's chat completions call a parameter → what clients of another dialect call it, where that differs. */
const WORDS: Partial<Record<Dialect, Record<string, string>>> = {
  'openai-responses': { logprobs: 'top_logprobs' },
  anthropic: { parallel_tool_calls: 'disable_parallel_tool_use', stop: 'stop_sequences', user: 'metadata.user_id' },
  gemini: {
    frequency_penalty: 'frequencyPenalty',
    logprobs: 'responseLogprobs',
    n: 'candidateCount',
    presence_penalty: 'presencePenalty',
    stop: 'stopSequences',
    tool_choice: 'toolConfig',
    top_k: 'topK',
    top_logprobs: 'logprobs',
    top_p: 'topP',
  },
}

/** The names of what is dropped, in the words of the client, each once. */
export function clientWords(dropped: Iterable<string>, client: Dialect): string[] {
  const words = WORDS[client]
  return words ? [...new Set(Array.from(dropped, (name) => own(words, name) ?? name))] : [...dropped]
}
