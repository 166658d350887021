import { ARTICLE_IDS, type ArticleId, KNOWLEDGE } from '../world/knowledge.ts'
import { EMBEDDING_MODEL, tokensOf } from '../world/models.ts'
import type { Tools } from './chat-span.ts'
import type { DemoSpan } from './trace.ts'

const TOP = 4

/** A look into the knowledge base, with the call that embeds the question. Gives the articles that were found, too. */
export function retrievalSpan(
  tools: Tools,
  search: { parent: DemoSpan; start: number; query: string; articles: readonly ArticleId[] },
): { span: DemoSpan; found: ArticleId[] } {
  const { builder, random } = tools
  const found = [...search.articles]
  while (found.length < TOP) {
    const other = random.pick(ARTICLE_IDS)
    if (!found.includes(other)) found.push(other)
  }
  let score = 0.86 + random.next() * 0.08
  const documents = found.map((id, rank) => {
    if (rank > 0) score -= 0.03 + random.next() * (rank === search.articles.length ? 0.2 : 0.06)
    return { id, score: Number(score.toFixed(4)), title: KNOWLEDGE[id].title, content: KNOWLEDGE[id].text }
  })
  const span = builder.add({
    parent: search.parent,
    name: 'retrieve knowledge',
    start: search.start,
    end: search.start,
    attributes: {
      'gen_ai.operation.name': 'retrieval',
      'gen_ai.data_source.id': 'help-center',
      'gen_ai.request.top_k': TOP,
      'gen_ai.retrieval.query.text': search.query,
      'gen_ai.retrieval.documents': JSON.stringify(documents),
    },
  })
  const embedding = embeddingSpan(tools, { parent: span, start: search.start + 1, texts: [search.query] })
  span.end = embedding.end + random.around(14, 0.3)
  return { span, found }
}

/** One call that turns texts into vectors. The vectors themselves are nothing to read, so only their size is told. */
export function embeddingSpan(
  { builder, random, weather }: Tools,
  call: { parent: DemoSpan; start: number; texts: readonly string[] },
): DemoSpan {
  const slowness = weather.slowness(builder.trace.startedAt + call.start, 'openai')
  return builder.add({
    parent: call.parent,
    name: `embeddings ${EMBEDDING_MODEL}`,
    kind: 'client',
    start: call.start,
    end: call.start + random.around(95 + 6 * call.texts.length, 0.3) * slowness,
    attributes: {
      'gen_ai.operation.name': 'embeddings',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': EMBEDDING_MODEL,
      'gen_ai.response.model': EMBEDDING_MODEL,
      'gen_ai.request.encoding_formats': ['float'],
      'gen_ai.embeddings.dimension.count': 1536,
      'gen_ai.usage.input_tokens': call.texts.reduce((sum, each) => sum + tokensOf(each), 0),
      'server.address': 'api.openai.com',
      'input.value': JSON.stringify(call.texts),
      'output.value': JSON.stringify({ vectors: call.texts.length, dimensions: 1536 }),
    },
  })
}
