import { expect, it, test } from 'vitest'
import { classOf, type ProviderErrorClass, type ProviderFailure } from './provider-error-class.ts'
import { ProviderRefusal } from './provider-refusal.ts'
import { openaiError } from './wire/openai-errors.ts'

const CASES: readonly [vendor: string, failure: ProviderFailure, means: ProviderErrorClass][] = [
  ['OpenAI', { status: 400, code: 'context_length_exceeded', message: 'x' }, 'context-length'],
  ['OpenAI Responses', { status: 400, message: 'Your input exceeds the context window of this model.' }, 'context-length'],
  ['OpenAI', { status: 400, message: "This model's maximum context length is 8192 tokens. However, …" }, 'context-length'],
  [
    'Anthropic',
    { status: 400, code: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' },
    'context-length',
  ],
  ['Anthropic', { status: 400, message: 'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000' }, 'context-length'],
  [
    'Gemini',
    {
      status: 400,
      code: 'INVALID_ARGUMENT',
      message: 'The input token count (1300000) exceeds the maximum number of tokens allowed (1048575).',
    },
    'context-length',
  ],
  [
    'Vertex',
    { status: 400, message: 'Unable to submit request because the input token count is 20001 but the model supports up to 20000.' },
    'context-length',
  ],
  ['Bedrock', { status: 400, code: 'ValidationException', message: 'Input is too long for requested model.' }, 'context-length'],
  [
    'Bedrock',
    { status: 400, message: 'Malformed input request: expected maxLength: 50000, actual: 52611, please reformat' },
    'context-length',
  ],
  ['Cohere', { status: 400, message: 'too many tokens: total number of tokens in the prompt cannot exceed 4081' }, 'context-length'],
  ['Cohere', { status: 400, message: 'too many tokens: max tokens must be less than or equal to 4096' }, 'bad-request'],
  [
    'xAI',
    { status: 400, message: "This model's maximum prompt length is 131072 but the request contains 537812 tokens." },
    'context-length',
  ],
  ['Groq', { status: 400, message: 'Please reduce the length of the messages or completion.' }, 'context-length'],
  [
    'Mistral',
    { status: 400, message: 'Prompt contains 10000 tokens, too large for model with 8192 maximum context length' },
    'context-length',
  ],
  ['Ollama', { status: 500, message: 'the input length exceeds the context length of 4096' }, 'context-length'],
  ['llama.cpp', { status: 400, type: 'exceed_context_size_error', message: 'x' }, 'context-length'],
  ['TGI', { status: 422, message: '`inputs` must have less than 4096 tokens. Given: 5000' }, 'context-length'],

  ['OpenAI', { status: 400, code: 'content_policy_violation', message: 'x' }, 'content-policy'],
  [
    'OpenAI',
    { status: 400, code: 'invalid_prompt', message: 'Your prompt was flagged as potentially violating our usage policy.' },
    'content-policy',
  ],
  ['Azure', { status: 400, code: 'content_filter', message: "triggering Azure OpenAI's content management policy" }, 'content-policy'],
  ['Anthropic', { status: 400, message: 'Output blocked by content filtering policy' }, 'content-policy'],
  ['OpenRouter', { status: 403, message: 'Your input was flagged for "violence". No credits were charged.' }, 'content-policy'],

  ['OpenAI', { status: 429, code: 'insufficient_quota', message: 'You exceeded your current quota' }, 'quota'],
  ['Anthropic', { status: 400, message: 'Your credit balance is too low to access the Anthropic API.' }, 'quota'],
  ['DeepSeek', { status: 402, message: 'Insufficient Balance' }, 'quota'],
  ['xAI', { status: 403, message: 'Your team has used all available credits' }, 'quota'],
  // The same sentence as OpenAI's, for the limit of a minute.
  ['Gemini', { status: 429, code: 'RESOURCE_EXHAUSTED', message: 'You exceeded your current quota, please check your plan' }, 'rate'],
  ['OpenAI', { status: 429, code: 'rate_limit_exceeded' }, 'rate'],
  ['Bedrock', { status: 429, code: 'ThrottlingException', message: 'Too many tokens, please wait before trying again.' }, 'rate'],
  ['Groq', { status: 413, code: 'rate_limit_exceeded', message: 'Request too large for model on tokens per minute (TPM)' }, 'rate'],
  ['Bedrock, by its header', { status: 400, message: 'x', headers: { 'x-amzn-errortype': 'ThrottlingException:http://x' } }, 'rate'],
  ['Bedrock, by its header', { status: 429, headers: { 'x-amzn-errortype': 'ModelNotReadyException' } }, 'overloaded'],
  ['Anthropic', { status: 529, code: 'overloaded_error', message: 'Overloaded' }, 'overloaded'],
  ['Anthropic, in a stream', { code: 'overloaded_error', message: 'Overloaded' }, 'overloaded'],
  ['anyone', { status: 503 }, 'overloaded'],

  ['anyone', { status: 401, message: 'x' }, 'auth'],
  ['anyone', { status: 403, message: 'x' }, 'auth'],
  ['Gemini', { status: 400, code: 'INVALID_ARGUMENT', message: 'API key not valid. Please pass a valid API key.' }, 'auth'],
  ['Bedrock', { status: 400, code: 'UnrecognizedClientException' }, 'auth'],
  ['ours', { code: 'provider-auth' }, 'auth'],

  ['OpenAI', { status: 404, code: 'model_not_found' }, 'not-found'],
  ['Bedrock', { status: 400, message: 'The provided model identifier is invalid.' }, 'not-found'],
  ['Groq', { status: 400, code: 'model_decommissioned' }, 'not-found'],

  ['Anthropic', { status: 413, code: 'request_too_large', message: 'Request exceeds the maximum size' }, 'too-large'],
  ['anyone', { status: 400, code: 'invalid_request_error', message: 'max_tokens: must be at most 8192' }, 'bad-request'],
  ['anyone', { status: 422, message: 'x' }, 'bad-request'],
  ['anyone', { status: 504 }, 'timeout'],
  ['ours', { code: 'provider-timeout' }, 'timeout'],
  ['anyone', { status: 500, code: 'server_error' }, 'server'],
  ['OpenAI, in a stream', { code: 'server_error' }, 'server'],
  ['nobody', { status: 0, message: 'ECONNREFUSED' }, 'transport'],
  ['nobody', {}, 'transport'],
]

it.each(CASES)('%s: %o', (_, failure, means) => {
  expect(classOf(failure)).toBe(means)
})

test('text of any length is read in time that does not matter', () => {
  const message = `${'model input token count rejected violating the context '.repeat(40_000)}`
  expect(classOf({ status: 400, message: `x${message}` })).toBe('bad-request')
})

test.each([
  [{ status: 400, message: 'prompt is too long: 3 tokens > 2 maximum' }, 'context_length_exceeded', 400],
  [{ status: 400, message: 'Output blocked by content filtering policy' }, 'content_filter', 400],
  [{ status: 429, code: 'insufficient_quota', message: 'x' }, 'insufficient_quota', 429],
  [{ status: 429, message: 'x' }, 'rate_limited', 429],
  [{ status: 400, message: 'x' }, 'invalid_request', 400],
])('clients of OpenAI are told %o as %s', (error, code, status) => {
  const refusal = new ProviderRefusal(error)
  expect([openaiError(refusal).error.code, refusal.status]).toEqual([code, status])
})
