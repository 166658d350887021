import { describe, expect, it } from 'vitest'
import { openaiModels } from './openai-models.ts'

type Asked = { url: string; body: Record<string, unknown>; key: string | null }

/** A provider that answers what it is told to, one answer after the other. */
function provider(...answers: [status: number, body: unknown, headers?: Record<string, string>][]) {
  const asked: Asked[] = []
  const fetch = (async (url: string, init: RequestInit) => {
    asked.push({ url, body: JSON.parse(String(init.body)), key: new Headers(init.headers).get('authorization') })
    const [status, body, headers = {}] = answers[Math.min(asked.length, answers.length) - 1] as (typeof answers)[number]
    return Response.json(body, { status, headers })
  }) as unknown as typeof globalThis.fetch
  return { asked, fetch }
}
const said = (content: string | null, more: object = {}) => ({
  model: 'm-1',
  choices: [{ message: { content }, ...more }],
  usage: { prompt_tokens: 7, completion_tokens: 3 },
})
const ask = {
  messages: [{ role: 'user' as const, content: 'hi' }],
  schema: { name: 'verdict', schema: { type: 'object' } },
  topLogprobs: 5,
}

describe('models behind an address', () => {
  it('are asked in the dialect of OpenAI, and say what they used', async () => {
    const logprobs = { content: [{ token: '4', logprob: -0.1, top_logprobs: [{ token: '4', logprob: -0.1 }] }] }
    const { asked, fetch } = provider([200, said('{}', { logprobs }), { 'x-signalbox-cost': '0.0004' }])
    const { complete } = openaiModels({ baseUrl: 'http://judge/v1/', key: 'sk-1', model: 'judge', fetch })
    expect(await complete?.(ask)).toEqual({
      ...{ text: '{}', model: 'm-1', usage: { inputTokens: 7, outputTokens: 3, costUsd: 0.0004 } },
      logprobs: [{ token: '4', logprob: -0.1, top: [{ token: '4', logprob: -0.1 }] }],
    })
    expect(asked[0]).toMatchObject({ url: 'http://judge/v1/chat/completions', key: 'Bearer sk-1' })
    expect(asked[0]?.body).toMatchObject({ model: 'judge', logprobs: true, top_logprobs: 5, response_format: { type: 'json_schema' } })
  })

  it('are asked without what they refuse, from then on', async () => {
    const { asked, fetch } = provider([400, { error: { message: 'logprobs is not supported' } }], [200, said('{}')])
    const { complete } = openaiModels({ baseUrl: 'http://judge', model: 'judge', fetch })
    await complete?.(ask)
    await complete?.(ask)
    expect(asked.map(({ body }) => 'logprobs' in body)).toEqual([true, false, false])
    expect(asked.every(({ body }) => 'response_format' in body)).toBe(true)
  })

  it('are tried again where that may help, and told why it did not', async () => {
    const busy = provider([429, {}, { 'retry-after': '0' }], [200, said('{}')])
    await openaiModels({ baseUrl: 'http://judge', model: 'judge', fetch: busy.fetch }).complete?.(ask)
    expect(busy.asked).toHaveLength(2)
    const wrong = provider([401, { error: 'no key' }])
    await expect(openaiModels({ baseUrl: 'http://judge', model: 'judge', fetch: wrong.fetch }).complete?.(ask)).rejects.toThrow('401')
    expect(wrong.asked).toHaveLength(1)
    const silent = provider([200, said(null)])
    await expect(openaiModels({ baseUrl: 'http://judge', model: 'judge', fetch: silent.fetch }).complete?.(ask)).rejects.toThrow(
      'said nothing',
    )
    await expect(openaiModels({ baseUrl: 'http://judge', fetch: silent.fetch }).complete?.(ask)).rejects.toThrow('--model')
  })

  it('give vectors in the order of the texts', async () => {
    const { asked, fetch } = provider([
      200,
      {
        data: [
          { index: 1, embedding: [2] },
          { index: 0, embedding: [1] },
        ],
      },
    ])
    const { embed } = openaiModels({ baseUrl: 'http://judge/v1', embeddingModel: 'e', fetch })
    expect(await embed?.(['a', 'b'], {})).toEqual([[1], [2]])
    expect(asked[0]).toMatchObject({ url: 'http://judge/v1/embeddings', body: { model: 'e', input: ['a', 'b'] } })
    await expect(embed?.(['a'], {})).rejects.toThrow('2 vectors for 1 texts')
  })

  it('give vectors of tokens beside their /v1', async () => {
    const { asked, fetch } = provider([200, [[[1], [2]]]])
    expect(await openaiModels({ baseUrl: 'http://judge/v1', fetch }).embedTokens?.(['a'], {})).toEqual([[[1], [2]]])
    expect(asked[0]?.url).toBe('http://judge/embed_all')
  })
})
