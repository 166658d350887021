import type { Json } from '@signalbox/sdk/conversation'
import { describe, expect, it } from 'vitest'
import { readDocuments, readVectors } from './documents.ts'

const short = (payload: Json) =>
  readDocuments(payload)?.documents.map(({ id, title, text, score, source }) => [id, title, text, score, source])

describe('retrieved documents', () => {
  it.each<[string, Json, Json]>([
    [
      'OpenInference',
      [{ 'document.id': 'a', 'document.content': 'Tents', 'document.score': 0.9, 'document.metadata': '{"source":"kb/tents.md"}' }],
      [['a', null, 'Tents', 0.9, 'kb/tents.md']],
    ],
    ['OpenInference, unfolded', [{ document: { id: 7, content: 'Tents', score: 0.9 } }], [['7', null, 'Tents', 0.9, null]]],
    ['LangChain', [{ pageContent: 'Tents', metadata: { source: 'a.md', title: 'Camping' } }], [[null, 'Camping', 'Tents', null, 'a.md']]],
    ['LangChain with scores', [[{ page_content: 'Tents', metadata: {} }, 0.4]], [[null, null, 'Tents', 0.4, null]]],
    ['LlamaIndex', { nodes: [{ node: { id_: 'x', text: 'Tents' }, score: 0.3 }] }, [[null, null, 'Tents', 0.3, null]]],
    [
      'a reranker',
      { query: 'where', documents: ['one', 'two'] },
      [
        [null, null, 'one', null, null],
        [null, null, 'two', null, null],
      ],
    ],
    [
      'a vector store',
      { matches: [{ id: 'v1', score: 0.8, metadata: { text: 'Tents', url: 'https://x.example' } }] },
      [['v1', null, 'Tents', 0.8, 'https://x.example']],
    ],
  ])('of %s', (_, payload, documents) => expect(short(payload)).toEqual(documents))

  it('keep what else is known of them, and what was asked', () => {
    const found = readDocuments({ query: 'where', results: [{ content: 'Tents', metadata: { lang: 'en', source: 'a' } }] })
    expect(found).toMatchObject({ query: 'where', documents: [{ metadata: { lang: 'en' } }] })
  })

  it.each<[Json]>([[null], ['text'], [[]], [[1, 2]], [{ documents: [{ a: 1 }] }], [[{ content: 'x' }, 3]]])('are none in %j', (payload) =>
    expect(readDocuments(payload)).toBeNull(),
  )
})

it('vectors are found where they are', () => {
  const vector = Array.from({ length: 12 }, (_, at) => at / 12)
  expect(readVectors({ object: 'list', data: [{ embedding: vector }, { embedding: vector }] })).toHaveLength(2)
  expect(readVectors(vector)).toEqual([vector])
  expect(readVectors({ data: [{ embedding: 'AAAA' }], usage: [1, 2] })).toBeNull()
})
