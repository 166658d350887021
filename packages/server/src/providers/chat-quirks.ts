/** What an endpoint of OpenAI's chat dialect wants otherwise, for calls that are translated for it. Bytes of chat clients pass as they are. */
export type ChatQuirks = {
  /** All parameters that it takes, by its own names, where it refuses a call for each other one. */
  takes?: ReadonlySet<string>
  /** Its names for parameters of OpenAI's. */
  names?: Readonly<Record<string, string>>
  /** Models that want `max_completion_tokens` for `max_tokens`. */
  completionTokens?: RegExp
  /** Which models can be told how much to think, and its words for OpenAI's; nothing is sent to others. */
  efforts?: { models: RegExp; words: Readonly<Record<string, string>> }
  /** Its word for the `tool_choice` `required`. */
  requiredChoice?: string
  /** Ids of tool calls have exactly as many ASCII letters and digits. */
  callIdLength?: number
  /**
   * Messages as Mistral reads them: thoughts and refusals are parts, documents and sound have parts of its own, the user never
   * speaks right after a tool, and an assistant who speaks last is marked as a beginning to go on from.
   */
  messages?: 'mistral'
}

/** `max_tokens` is refused by these, and so by deployments that are called like them. */
export const openaiChat: ChatQuirks = { completionTokens: /^(o[134]|gpt-5)(?![0-9])/ }

/** https://docs.mistral.ai/api/endpoint/chat, and for the ids, the order of messages and unknown parameters what it answers (codes 3280, 3230, 422). */
export const mistralChat: ChatQuirks = {
  takes: new Set([
    ...['model', 'messages', 'stream', 'temperature', 'top_p', 'max_tokens', 'stop', 'random_seed', 'metadata', 'response_format'],
    ...['tools', 'tool_choice', 'presence_penalty', 'frequency_penalty', 'n', 'prediction', 'parallel_tool_calls', 'reasoning_effort'],
    ...['prompt_mode', 'guardrails', 'prompt_cache_key', 'safe_prompt'],
  ]),
  names: { seed: 'random_seed' },
  // https://docs.mistral.ai/capabilities/reasoning/adjustable: Magistral always thinks, all others never do.
  efforts: {
    models: /^mistral-(small-(latest|26)|medium-3-5)/,
    words: { none: 'none', minimal: 'none', low: 'high', medium: 'high', high: 'high', xhigh: 'high' },
  },
  requiredChoice: 'any',
  callIdLength: 9,
  messages: 'mistral',
}
