import { AppError } from '@signalbox/schema'
import { describe, expect, it } from 'vitest'
import type { ProviderDialect } from '../providers/kinds.ts'
import { doors } from './doors.ts'
import { encodeFor } from './translation.ts'

const TARGETS: Record<ProviderDialect, string> = {
  'openai-chat': 'gpt-5',
  'openai-responses': 'gpt-5',
  anthropic: 'claude-sonnet-4-5',
  gemini: 'gemini-2.5-pro',
  bedrock: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
  cohere: 'command-a-03-2025',
}
const SMALLEST = {
  chat: { messages: [{ role: 'user', content: 'Hi' }] },
  completions: { prompt: 'Hi' },
  responses: { input: 'Hi' },
  messages: { messages: [{ role: 'user', content: 'Hi' }] },
  gemini: { contents: [{ parts: [{ text: 'Hi' }] }] },
  cohere: { messages: [{ role: 'user', content: 'Hi' }] },
}
const OWN: Partial<Record<keyof typeof doors, ProviderDialect>> = { responses: 'openai-responses', gemini: 'gemini' }

function send(door: keyof typeof doors, request: object, target: ProviderDialect) {
  const call = doors[door].codec.decodeCall({ model: 'm', ...SMALLEST[door], ...request }, { model: 'm', stream: false })
  return encodeFor(call, target, { model: TARGETS[target], streamUsage: true })
}

describe('what another vendor has stored', () => {
  // The AI SDK refers to what it was answered before, and sends the results of tools beside it.
  it('is dropped and named where an item refers to it', () => {
    const request = {
      input: [
        { role: 'user', content: 'Hi' },
        { type: 'item_reference', id: 'msg_1' },
      ],
    }
    expect(send('responses', request, 'openai-responses').body).toMatchObject({ input: [{}, { type: 'item_reference', id: 'msg_1' }] })
    expect(send('responses', request, 'anthropic').dropped).toContain('item_reference')
  })

  it.each([
    ['responses', { previous_response_id: 'resp_1' }],
    ['responses', { conversation: 'conv_1' }],
    ['responses', { prompt: { id: 'pmpt_1' } }],
    ['responses', { background: true }],
    ['gemini', { cachedContent: 'cachedContents/1' }],
  ] as const)('is refused of a client of %s: %o', (door, request) => {
    for (const target of Object.keys(TARGETS) as ProviderDialect[]) {
      if (target === OWN[door]) {
        expect(send(door, request, target).body).toMatchObject(request)
        continue
      }
      const param = Object.keys(request)[0]
      expect(() => send(door, request, target)).toThrow(expect.objectContaining({ code: 'invalid-request', data: { param } }))
    }
  })

  it('is refused in the words of the client', () => {
    const error = new AppError('invalid-request', 'No.', { data: { param: 'cachedContent' } })
    expect(doors.gemini.encodeError(error)).toMatchObject({ status: 400, body: { error: { status: 'INVALID_ARGUMENT' } } })
  })
})

describe('a file that was uploaded to a vendor', () => {
  const google = { fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/abc', mimeType: 'application/pdf' } }
  const cases = [
    [
      'chat',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Hi' },
              { type: 'file', file: { file_id: 'file-1' } },
            ],
          },
        ],
      },
      'file_id',
    ],
    [
      'responses',
      {
        input: [
          {
            role: 'user',
            content: [
              { type: 'input_text', text: 'Hi' },
              { type: 'input_image', file_id: 'file-1' },
            ],
          },
        ],
      },
      'file_id',
    ],
    [
      'messages',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Hi' },
              { type: 'document', source: { type: 'file', file_id: 'file-1' } },
            ],
          },
        ],
      },
      'file_id',
    ],
    ['gemini', { contents: [{ parts: [{ text: 'Hi' }, google] }] }, 'fileData'],
  ] as const
  const own: Record<string, readonly string[]> = {
    chat: ['openai-chat', 'openai-responses'],
    responses: ['openai-responses'],
    messages: ['anthropic'],
    gemini: ['gemini'],
  }

  it.each(cases)('goes from %s to its own vendor alone', (door, request, name) => {
    for (const target of Object.keys(TARGETS) as ProviderDialect[]) {
      const { body, dropped } = send(door, request, target)
      const isOwn = own[door]?.includes(target)
      expect([target, dropped, /file-1|files\/abc/.test(JSON.stringify(body))]).toEqual([target, isOwn ? [] : [name], isOwn === true])
    }
  })

  it('leaves no empty message behind', () => {
    const alone = { role: 'user', content: [{ type: 'document', source: { type: 'file', file_id: 'file-1' } }] }
    const { body } = send(
      'messages',
      { messages: [{ role: 'user', content: 'Hi' }, { role: 'assistant', content: 'Yes?' }, alone] },
      'openai-chat',
    )
    expect(body.messages).toHaveLength(2)
  })
})

it('what every other target does anyway is nothing that is lost', () => {
  const codex = { store: false, include: ['reasoning.encrypted_content'] }
  for (const target of Object.keys(TARGETS) as ProviderDialect[]) expect(send('responses', codex, target).dropped).toEqual([])
  expect(send('responses', codex, 'openai-responses').body).toMatchObject(codex)
  const more = { store: true, include: ['reasoning.encrypted_content', 'file_search_call.results'] }
  expect(send('responses', more, 'anthropic').dropped).toEqual(['store', 'include'])
})

it.each([
  [
    'gemini',
    { generationConfig: { candidateCount: 2, presencePenalty: 1, frequencyPenalty: 1, topK: 3 } },
    'openai-responses',
    ['topK', 'presencePenalty', 'frequencyPenalty', 'candidateCount'],
  ],
  [
    'gemini',
    { generationConfig: { responseLogprobs: true, logprobs: 2, responseMimeType: 'application/json' } },
    'anthropic',
    ['responseMimeType', 'responseLogprobs', 'logprobs'],
  ],
  [
    'gemini',
    { generationConfig: { thinkingConfig: { includeThoughts: true } }, serviceTier: 'priority' },
    'cohere',
    ['thinkingConfig.includeThoughts', 'serviceTier'],
  ],
  [
    'messages',
    { metadata: { user_id: 'u' }, tool_choice: { type: 'auto', disable_parallel_tool_use: true }, stop_sequences: [' '] },
    'bedrock',
    ['stop_sequences', 'metadata.user_id', 'tool_choice.disable_parallel_tool_use'],
  ],
  ['messages', { max_tokens: 100, output_config: { effort: 'high' } }, 'bedrock', ['output_config.effort']],
  ['messages', { max_tokens: 100, thinking: { type: 'enabled', budget_tokens: 2048 } }, 'bedrock', ['thinking.budget_tokens']],
  [
    'responses',
    { safety_identifier: 'u', text: { format: { type: 'json_object' } }, top_logprobs: 2 },
    'bedrock',
    ['text.format', 'top_logprobs', 'safety_identifier'],
  ],
  ['responses', { reasoning: { summary: 'auto' } }, 'bedrock', ['reasoning.summary']],
  [
    'chat',
    { logprobs: true, top_logprobs: 2, reasoning_effort: 'high', max_completion_tokens: 100 },
    'anthropic',
    ['reasoning_effort', 'logprobs', 'top_logprobs'],
  ],
  ['completions', { logprobs: 2 }, 'cohere', ['logprobs']],
] as const)('a client of %s reads in its own words what is lost of %o at %s', (door, request, target, names) => {
  expect(send(door, request, target).dropped).toEqual(names)
})

it('a parameter of the client that is called like something else keeps its name', () => {
  expect(send('gemini', { n: 2 }, 'anthropic').dropped).toEqual(['n'])
})
