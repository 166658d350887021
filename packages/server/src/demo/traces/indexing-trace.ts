import type { Random } from '../random.ts'
import { ARTICLE_IDS, KNOWLEDGE } from '../world/knowledge.ts'
import { embeddingSpan } from './retrieval-span.ts'
import { buildTrace, type DemoTrace } from './trace.ts'
import type { Weather } from './weather.ts'

const BATCH = 9

/** A run of the indexer that embeds the articles of the knowledge base. */
export function indexingTrace(options: { random: Random; ids: Random; weather: Weather; startedAt: number; release: string }): DemoTrace {
  const { random, ids, weather, startedAt, release } = options
  const builder = buildTrace({ ids, startedAt, resource: { service: 'knowledge-indexer', environment: 'production', release } })
  const root = builder.add({
    parent: null,
    name: 'index knowledge base',
    start: 0,
    end: 0,
    attributes: {
      'gen_ai.operation.name': 'invoke_workflow',
      'input.value': JSON.stringify({ source: 'help-center', articles: ARTICLE_IDS.length, reason: 'article changed' }),
      'output.value': JSON.stringify({ embedded: ARTICLE_IDS.length, skipped: 0 }),
      'tag.tags': ['batch'],
      metadata: JSON.stringify({ job: 'knowledge-indexer' }),
    },
  })
  let at = 20
  for (let from = 0; from < ARTICLE_IDS.length; from += BATCH) {
    const texts = ARTICLE_IDS.slice(from, from + BATCH).map((id) => `${KNOWLEDGE[id].title}\n${KNOWLEDGE[id].text}`)
    at = embeddingSpan({ builder, random, weather }, { parent: root, start: at, texts }).end + 12
  }
  root.end = at
  return builder.trace
}
