import type { Output } from '@signalbox/schema'
import type { SqlSession } from '../store/ports.ts'
import { NEAR, shinglesOf, similarityOf } from './fingerprint.ts'
import { readContent, type StoredDataset } from './rows.ts'
import { wordsOf } from './words-of.ts'

/** Pairs that have a band in common are compared; more than this would be a dataset of one sentence. */
const MOST_COMPARED = 20_000
const MOST_TOLD = 1000

/** Items of the newest version that say nearly the same: the later one of each pair, and the most alike of those before it. */
export async function findAlike(session: SqlSession, dataset: StoredDataset): Promise<Output<'datasets.duplicates'>> {
  const pairs = await session.query<{ id: string; of: string }>(
    `select distinct b.item_id as id, a.item_id as of from (${BANDS}) a join (${BANDS}) b
       on a.band = b.band and a.print = b.print and a.position < b.position limit ${MOST_COMPARED}`,
    [dataset.id],
  )
  const ids = [...new Set(pairs.flatMap(({ id, of }) => [id, of]))]
  const shingles = new Map<string, Set<string>>()
  for (let from = 0; from < ids.length; from += 1000) {
    const rows = await session.query<{ item_id: string; content: string }>(
      `select item_id, content from dataset_items where dataset_id = $1 and to_version is null
       and item_id in (select jsonb_array_elements_text($2::text::jsonb))`,
      [dataset.id, JSON.stringify(ids.slice(from, from + 1000))],
    )
    for (const row of rows) shingles.set(row.item_id, shinglesOf(wordsOf(readContent(row.content).input)))
  }
  const best = new Map<string, { id: string; of: string; similarity: number }>()
  for (const { id, of } of pairs) {
    const [one, other] = [shingles.get(id), shingles.get(of)]
    const similarity = one && other ? similarityOf(one, other) : 0
    if (similarity >= NEAR && similarity > (best.get(id)?.similarity ?? 0)) best.set(id, { id, of, similarity })
  }
  return {
    version: dataset.version,
    pairs: [...best.values()]
      .toSorted((a, b) => b.similarity - a.similarity || (a.id < b.id ? -1 : 1))
      .slice(0, MOST_TOLD)
      .map((pair) => ({ ...pair, similarity: Math.round(pair.similarity * 1000) / 1000 })),
  }
}

const BANDS = ['a', 'b', 'c', 'd']
  .map(
    (band) =>
      `select '${band}' as band, print_${band} as print, item_id, position from dataset_items where dataset_id = $1 and to_version is null`,
  )
  .join(' union all ')
