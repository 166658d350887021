import type { Call, Dialect } from './wire/language.ts'

type Word = string | readonly string[] | ((call: Call) => string | readonly string[])

/** How the clients of each dialect write what codecs name in the words of chat. What is missing is called the same everywhere. */
const WORDS: Partial<Record<Dialect, Record<string, Word>>> = {
  'openai-chat': {
    citations: 'annotations',
    'image.file_id': 'file_id',
    'file.file_id': 'file_id',
    logprobs: ({ logprobs, notes }) => (logprobs && notes?.endpoint !== 'completions' ? ['logprobs', 'top_logprobs'] : 'logprobs'),
    max_tokens: ({ notes }) => (typeof notes?.maxTokensAs === 'string' ? notes.maxTokensAs : 'max_tokens'),
    reasoning: ({ notes }) => (notes?.thoughtsIn === 'reasoning' ? 'reasoning' : 'reasoning_content'),
    'reasoning.effort': ({ notes }) => (notes?.reasoningAs === 'reasoning' ? 'reasoning.effort' : 'reasoning_effort'),
    'reasoning.max_tokens': ({ notes }) => (notes?.reasoningAs === 'thinking' ? 'thinking.budget_tokens' : 'reasoning.max_tokens'),
    thoughtSignature: 'extra_content.google.thought_signature',
    // The one number of completions.
    top_logprobs: ({ notes }) => (notes?.endpoint === 'completions' ? 'logprobs' : 'top_logprobs'),
  },
  'openai-responses': {
    cache_control: 'prompt_cache_breakpoint',
    citations: 'annotations',
    'file.url': 'file_url',
    'image.file_id': 'file_id',
    'file.file_id': 'file_id',
    logprobs: ({ logprobs }) => (logprobs ? 'top_logprobs' : 'include'),
    max_tokens: 'max_output_tokens',
    response_format: 'text.format',
    'response_format.json_schema.description': 'text.format.description',
    'tool_result.image': 'input_image',
    'tool_result.file': 'input_file',
    user: ({ notes }) => (typeof notes?.userAs === 'string' ? notes.userAs : 'user'),
  },
  anthropic: {
    annotations: 'citations',
    'file.url': 'document',
    'file.file_id': 'file_id',
    'image.file_id': 'file_id',
    parallel_tool_calls: 'tool_choice.disable_parallel_tool_use',
    reasoning: 'thinking',
    'reasoning.effort': 'output_config.effort',
    'reasoning.max_tokens': 'thinking.budget_tokens',
    'reasoning.summary': 'thinking.display',
    response_format: 'output_config.format',
    stop: 'stop_sequences',
    'tool_result.image': 'image',
    'tool_result.file': 'document',
    user: 'metadata.user_id',
  },
  cohere: {
    reasoning: ({ notes }) => (Array.isArray(notes?.thoughtsIn) ? notes.thoughtsIn : 'thinking'),
    'reasoning.effort': 'thinking',
    'reasoning.max_tokens': 'thinking.token_budget',
    stop: 'stop_sequences',
    strict: 'strict_tools',
    'tool_result.image': 'image_url',
    top_k: 'k',
    top_p: 'p',
  },
  gemini: {
    'audio.url': 'fileData',
    'file.url': 'fileData',
    'assistant.image': 'inlineData',
    'assistant.audio': 'inlineData',
    'assistant.file': 'inlineData',
    frequency_penalty: 'frequencyPenalty',
    is_error: 'functionResponse.response.error',
    logprobs: ({ logprobs }) => (logprobs ? ['responseLogprobs', 'logprobs'] : 'responseLogprobs'),
    max_tokens: 'maxOutputTokens',
    n: 'candidateCount',
    presence_penalty: 'presencePenalty',
    reasoning: 'thought',
    'reasoning.effort': 'thinkingConfig.thinkingLevel',
    'reasoning.max_tokens': 'thinkingConfig.thinkingBudget',
    'reasoning.summary': 'thinkingConfig.includeThoughts',
    response_format: 'responseMimeType',
    'response_format.json_schema.description': 'responseJsonSchema',
    service_tier: 'serviceTier',
    stop: 'stopSequences',
    'tool_result.image': 'inlineData',
    'tool_result.file': 'inlineData',
    tool_choice: 'toolConfig.functionCallingConfig.mode',
    tool_result: 'functionResponse',
    tool_calls: 'functionCall',
    top_k: 'topK',
    top_logprobs: 'logprobs',
    top_p: 'topP',
  },
}

/**
 * What a codec dropped, in the words of the client that sent it: `presence_penalty` is `presencePenalty` to a client of Gemini.
 * Parameters of its own (`extras`) are called as it called them, and a vendor's own tools `tools.…`.
 */
export function inClientWords(call: Call, dropped: Iterable<string>): string[] {
  const words = WORDS[call.dialect] ?? {}
  const serverTools = new Set(call.serverTools.map(({ name }) => name))
  const found = new Set<string>()
  for (const name of dropped) {
    if (Object.hasOwn(call.extras, name)) found.add(name)
    else if (serverTools.has(name)) found.add(`tools.${name}`)
    else {
      const word = Object.hasOwn(words, name) ? words[name] : undefined
      const written = typeof word === 'function' ? word(call) : (word ?? name)
      for (const one of typeof written === 'string' ? [written] : written) found.add(one)
    }
  }
  return [...found]
}
