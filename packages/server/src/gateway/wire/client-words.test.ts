import { expect, test } from 'vitest'
import { anthropic } from './anthropic/codec.ts'
import { bedrock } from './bedrock/codec.ts'
import { cohere } from './cohere/codec.ts'
import { gemini } from './gemini/codec.ts'
import { responses } from './responses/codec.ts'

const generationConfig = {
  stopSequences: ['1', '2', '3', '4', '5', '6'],
  seed: 1,
  candidateCount: 2,
  presencePenalty: 1.5,
  frequencyPenalty: 1.5,
  responseLogprobs: true,
  logprobs: 3,
  topK: 600,
}
const asked = {
  gemini: () => gemini.decodeCall({ contents: [{ role: 'user', parts: [{ text: 'x' }] }], generationConfig }, { model: 'm' }),
  anthropic: () =>
    anthropic.decodeCall(
      {
        model: 'm',
        max_tokens: 10,
        messages: [{ role: 'user', content: 'x' }],
        metadata: { user_id: 'u' },
        stop_sequences: ['1', '2', '3', '4', '5', '6'],
        tools: [{ name: 'f', input_schema: { type: 'object' } }],
        tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      },
      {},
    ),
  responses: () => responses.decodeCall({ model: 'm', input: 'x', top_logprobs: 3, parallel_tool_calls: false }, {}),
}

test.each([
  ['gemini', anthropic, ['candidateCount', 'frequencyPenalty', 'presencePenalty', 'responseLogprobs', 'seed']],
  ['gemini', bedrock, ['candidateCount', 'frequencyPenalty', 'presencePenalty', 'responseLogprobs', 'seed', 'topK']],
  ['gemini', cohere, ['candidateCount', 'frequencyPenalty', 'logprobs', 'presencePenalty', 'stopSequences', 'topK']],
  ['anthropic', bedrock, ['disable_parallel_tool_use', 'metadata.user_id']],
  ['anthropic', cohere, ['disable_parallel_tool_use', 'metadata.user_id', 'stop_sequences']],
  ['responses', anthropic, ['top_logprobs']],
  ['responses', cohere, ['parallel_tool_calls', 'top_logprobs']],
] as const)('what a client of %s asked for in vain is named as it wrote it', (client, target, names) => {
  expect(target.encodeCall(asked[client](), { model: 'm', streamUsage: false }).dropped.toSorted()).toEqual(names)
})
