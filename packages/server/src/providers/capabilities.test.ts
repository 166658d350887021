import { CAPABILITIES, type Capability, carriedBy, type ProviderKind } from '@signalbox/schema'
import { expect, it } from 'vitest'
import { codecs } from '../gateway/dialects.ts'
import { embeddingCodecOf } from '../gateway/embeddings-translation.ts'
import type { Block, Call } from '../gateway/wire/language.ts'
import { kinds } from './kinds.ts'

const PNG = 'iVBORw0KGgo='
const MODELS: Record<string, string> = {
  'openai-chat': 'gpt-5',
  anthropic: 'claude-sonnet-4-5',
  gemini: 'gemini-2.5-pro',
  bedrock: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
  cohere: 'command-a-03-2025',
}
const call = (blocks: Block[], more: Partial<Call> = {}): Call => ({
  dialect: 'openai-responses',
  model: 'x',
  stream: false,
  system: [],
  turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hello' }, ...blocks] }],
  tools: [],
  serverTools: [],
  maxTokens: 4096,
  extras: {},
  ...more,
})
const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }

/** Calls of each sort; what is carried in part of them only is `partly`. */
const CALLS: Record<Exclude<Capability, 'embeddings'>, Call[]> = {
  text: [call([])],
  streaming: [call([], { stream: true })],
  tools: [call([], { tools: [{ name: 'look', description: 'Looks', parameters: schema }], toolChoice: { type: 'required' } })],
  images: [
    call([{ type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: PNG } }]),
    call([{ type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } }]),
  ],
  files: [
    call([{ type: 'file', name: 'a.pdf', source: { kind: 'base64', mediaType: 'application/pdf', data: PNG } }]),
    call([{ type: 'file', source: { kind: 'url', url: 'https://example.com/a.pdf', mediaType: 'application/pdf' } }]),
  ],
  audio: [call([{ type: 'audio', format: 'wav', source: { kind: 'base64', mediaType: 'audio/wav', data: PNG } }])],
  jsonSchema: [call([], { format: { type: 'json-schema', name: 'answer', schema, strict: true } })],
  reasoning: [call([], { reasoning: { effort: 'high' } })],
}

const dialectsOf = (kind: ProviderKind) => (kind === 'vertex' ? (['gemini', 'anthropic'] as const) : [kinds[kind].dialect])

it.each(Object.keys(carriedBy) as ProviderKind[])('what %s is said to carry is what its codec carries', (kind) => {
  for (const capability of Object.keys(CALLS) as (keyof typeof CALLS)[]) {
    const kept = dialectsOf(kind).flatMap((dialect) =>
      CALLS[capability].map(
        (one) => codecs[dialect].encodeCall(one, { model: MODELS[dialect] ?? '', streamUsage: true }).dropped.length === 0,
      ),
    )
    const found = kept.every(Boolean) ? 'yes' : kept.some(Boolean) ? 'partly' : 'no'
    const carried = carriedBy[kind][capability]
    const said = typeof carried === 'string' ? carried : 'partly'
    // Chat carries the request to think; what it does not promise is that the thoughts come back.
    const expected = capability === 'reasoning' && kinds[kind].dialect === 'openai-chat' && found === 'yes' ? 'partly' : found
    expect(said, capability).toBe(expected)
  }
})

/** A model of each sort that embeds or could be thought to, by dialect. */
const EMBEDDING_MODELS: Record<string, string[]> = {
  anthropic: ['claude-sonnet-4-5'],
  gemini: ['gemini-embedding-001'],
  bedrock: ['amazon.titan-embed-text-v2:0', 'us.cohere.embed-v4:0', 'amazon.titan-embed-image-v1'],
  cohere: ['embed-v4.0'],
}

it.each(Object.keys(carriedBy) as ProviderKind[])('embeddings of %s are reached as it is said', (kind) => {
  const reached = dialectsOf(kind).flatMap((dialect) =>
    dialect === 'openai-chat'
      ? [true]
      : (EMBEDDING_MODELS[dialect] ?? []).map((model) => embeddingCodecOf(model, { dialect, kind }) !== undefined),
  )
  const found = reached.every(Boolean) ? 'yes' : reached.some(Boolean) ? 'partly' : 'no'
  const { embeddings: said } = carriedBy[kind]
  expect(typeof said === 'string' ? said : 'partly').toBe(found)
})

it('each thing that is said of a kind is looked at', () => {
  expect([...Object.keys(CALLS), 'embeddings'].sort()).toEqual(Object.keys(CAPABILITIES).sort())
})
