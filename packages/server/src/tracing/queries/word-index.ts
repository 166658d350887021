import type { Events } from '../../store/ports.ts'

export type WordIndex = {
  /** Spans whose words are not in the index yet: they are found all the same, by reading their text, which takes longer. */
  waitingSpans: number
  /** Since when the oldest of them waits; 0 where none does. */
  waitingSeconds: number
}

/** How far the index of words lags behind. */
export async function wordIndexLag(events: Events): Promise<WordIndex> {
  const [row] = await events.query<{ spans: number; seconds: number }>(`
SELECT sum(rows) AS spans, if(count() = 0, 0, dateDiff('second', min(modification_time), now())) AS seconds
FROM system.parts
WHERE active AND database = currentDatabase() AND table = 'payloads' AND secondary_indices_compressed_bytes = 0`)
  return { waitingSpans: row?.spans ?? 0, waitingSeconds: Math.max(0, row?.seconds ?? 0) }
}

/**
 * Has the engine index the parts that no merge came for. Parts that have their words are left as they are. Only where some wait
 * for longer than `olderThanSeconds`: most are merged before that, which indexes them at no extra cost.
 */
export async function indexWaitingWords(events: Events, { olderThanSeconds }: { olderThanSeconds: number }): Promise<boolean> {
  const { waitingSpans, waitingSeconds } = await wordIndexLag(events)
  if (waitingSpans === 0 || waitingSeconds < olderThanSeconds) return false
  const [running] = await events.query<{ count: number }>(`
SELECT count() AS count FROM system.mutations
WHERE database = currentDatabase() AND table = 'payloads' AND NOT is_done AND command ILIKE '%MATERIALIZE INDEX words%'`)
  if ((running?.count ?? 0) > 0) return false
  await events.command('ALTER TABLE payloads MATERIALIZE INDEX words')
  return true
}
