import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { normaliseUsage } from '../../../pricing/normalise-usage.ts'
import { embeddingCodecOf } from '../../embeddings-translation.ts'
import { decodeEmbeddingCall } from './decode-call.ts'

type Transcript = {
  name: string
  kind: string
  model: string
  request: Record<string, unknown>
  path: string
  body: unknown
  dropped: string[]
  headers?: Record<string, string>
  answer: object
  vectors: number[][]
  tokens: number | null
}
const TRANSCRIPTS: Transcript[] = JSON.parse(readFileSync(new URL('__fixtures__/transcripts.json', import.meta.url), 'utf8'))

const DIALECTS: Record<string, 'gemini' | 'cohere' | 'bedrock'> = {
  google: 'gemini',
  vertex: 'gemini',
  cohere: 'cohere',
  bedrock: 'bedrock',
}
function codecFor({ kind, model }: Pick<Transcript, 'kind' | 'model'>) {
  const codec = embeddingCodecOf(model, { dialect: DIALECTS[kind] ?? 'anthropic', kind })
  if (!codec) throw new Error(`${model} has no embeddings`)
  return codec
}

it.each(TRANSCRIPTS)('$name', (transcript) => {
  const { model, request, path, body, dropped, answer, headers = {}, vectors, tokens } = transcript
  const codec = codecFor(transcript)
  expect(codec.encode(decodeEmbeddingCall({ model: 'alias', ...request }), model)).toEqual({ path, body, dropped })
  const decoded = codec.decode(answer, headers)
  expect(decoded?.vectors).toEqual(vectors)
  const usage = decoded?.usage && normaliseUsage(decoded.usage.raw, decoded.usage.convention)?.usage
  expect(usage?.input ?? null).toBe(tokens)
})

const broken = [
  null,
  'x',
  [],
  {},
  { embeddings: {} },
  { embeddings: [[]] },
  { embeddings: { float: [['a']] } },
  { embeddings: [{ values: null }] },
]
it.each(TRANSCRIPTS)('what is no answer is none: $name', (transcript) => {
  for (const body of [...broken, { predictions: [{}] }, { embedding: 'x' }, { embedding: { values: [] } }])
    expect(codecFor(transcript).decode(body, {})).toBeUndefined()
})

it('the word for the purpose of the target has the last word', () => {
  const request = decodeEmbeddingCall({ input: 'x', input_type: 'classification', task_type: 'RETRIEVAL_QUERY' })
  expect(codecFor({ kind: 'cohere', model: 'embed-v4.0' }).encode(request, 'embed-v4.0')).toMatchObject({
    body: { input_type: 'classification' },
    dropped: [],
  })
  expect(codecFor({ kind: 'google', model: 'gemini-embedding-001' }).encode(request, 'gemini-embedding-001')).toMatchObject({
    body: { requests: [{ taskType: 'RETRIEVAL_QUERY' }] },
    dropped: [],
  })
})

it('what is null was not sent', () => {
  expect(decodeEmbeddingCall({ input: 'x', dimensions: null, user: null, encoding_format: null, input_type: null })).toEqual({
    texts: ['x'],
    encoding: 'float',
    extras: {},
  })
})

describe('refused', () => {
  it.each<[Record<string, unknown>, string]>([
    [{}, 'input'],
    [{ input: '' }, 'input'],
    [{ input: [] }, 'input'],
    [{ input: ['a', ''] }, 'input'],
    [{ input: ['a', { text: 'b' }] }, 'input'],
    [{ input: [1, 2] }, 'input'],
    [{ input: [[1], [2, 3]] }, 'input'],
    [{ input: 'x', dimensions: 0 }, 'dimensions'],
    [{ input: 'x', dimensions: 1.5 }, 'dimensions'],
    [{ input: 'x', encoding_format: 'int8' }, 'encoding_format'],
    [{ input: 'x', input_type: 7 }, 'input_type'],
    [{ input: 'x', task_type: '' }, 'task_type'],
  ])('%j', (body, param) => {
    expect(() => decodeEmbeddingCall(body)).toThrow(expect.objectContaining({ code: 'invalid-request', data: { param } }))
  })

  it('tokens, with what to do', () => {
    expect(() => decodeEmbeddingCall({ input: [1, 2] })).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('texts themselves') }),
    )
  })
})
