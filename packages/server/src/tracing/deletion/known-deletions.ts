import type { PatchFields, ScoreRow, SpanPatch, SpanRow, SpanWithPayload } from '@signalbox/schema'
import type { Subject } from './find-spans.ts'

/** A deletion as far as it concerns what is still on its way. */
export type Known = Subject & { id: string; projectId: string; requestedUs: number }
/** What a batch of an edge holds. */
export type Arrived = { rows: SpanWithPayload[]; patches: SpanPatch[]; scores: ScoreRow[] }
type Item = {
  projectId: string
  traceId: string
  spanId: string
  receivedAt: number
  userId?: string
  sessionId?: string
  keyId?: string
  startedAt?: number
}
/** What is not taken in, and because of which deletion. `spread`: the name of a user or a session stood in it, so its trace goes with it. */
export type Late = { deletion: Known; item: Item; spread: boolean }

/** Traces of a project that a deletion found when it was asked for, among those given. */
type FindTraces = (projectId: string, traceIds: readonly string[]) => Promise<{ traceId: string; deletionId: string }[]>

/**
 * Divides what arrives into what is taken in and what an edge had before somebody asked to delete it. Costs a comparison per row
 * while there are deletions, and a query only where a row is older than one: which few are, for the time that an edge holds back.
 */
export async function divide<A extends Arrived>(
  arrived: A,
  known: readonly Known[],
  findTraces: FindTraces,
): Promise<{ kept: A; late: Late[] }> {
  const items = new Map<object, Item>()
  const newest = new Map<string, number>()
  for (const { projectId, requestedUs } of known) newest.set(projectId, Math.max(newest.get(projectId) ?? 0, requestedUs))
  const look = (item: Item, of: object) => {
    if (item.receivedAt < (newest.get(item.projectId) ?? 0)) items.set(of, item)
  }
  for (const row of arrived.rows) look(itemOfSpan(row.span), row)
  for (const patch of arrived.patches) look(itemOfPatch(patch), patch)
  for (const score of arrived.scores) look({ ...score, keyId: score.authorId, startedAt: score.at }, score)
  if (items.size === 0) return { kept: arrived, late: [] }

  const late = new Map<object, Late>()
  const named = new Map<string, Known>()
  for (const [of, item] of items) {
    const deletion = known.find((one) => concerns(one, item))
    if (!deletion) continue
    const spread = deletion.subject === 'user' || deletion.subject === 'session'
    late.set(of, { deletion, item, spread })
    if (spread && item.traceId) named.set(`${item.projectId}/${item.traceId}`, deletion)
  }
  for (const [projectId, traceIds] of byProject([...items.values()])) {
    for (const { traceId, deletionId } of await findTraces(projectId, traceIds)) {
      const deletion = known.find(({ id }) => id === deletionId)
      // Of a time and of a key single spans go, not whole traces.
      if (deletion && deletion.subject !== 'time' && deletion.subject !== 'key') named.set(`${projectId}/${traceId}`, deletion)
    }
  }
  for (const [of, item] of items) {
    const deletion = named.get(`${item.projectId}/${item.traceId}`)
    if (deletion && !late.has(of) && item.receivedAt < deletion.requestedUs) late.set(of, { deletion, item, spread: false })
  }
  const stays = (of: object) => !late.has(of)
  const kept = {
    ...arrived,
    rows: arrived.rows.filter(stays),
    patches: arrived.patches.filter(stays),
    scores: arrived.scores.filter(stays),
  }
  return { kept, late: [...late.values()] }
}

function concerns(deletion: Known, { projectId, traceId, receivedAt, userId, sessionId, keyId, startedAt }: Item): boolean {
  if (deletion.projectId !== projectId || receivedAt >= deletion.requestedUs) return false
  if (deletion.subject === 'trace') return traceId === deletion.value
  if (deletion.subject === 'user') return userId === deletion.value
  if (deletion.subject === 'session') return sessionId === deletion.value
  if (deletion.subject === 'key') return keyId === deletion.value
  return deletion.subject === 'time' && startedAt !== undefined && startedAt >= deletion.fromUs && startedAt < deletion.toUs
}

const itemOfSpan = ({ projectId, traceId, spanId, receivedAt, userId, sessionId, keyId, startedAt }: SpanRow): Item => ({
  projectId,
  traceId,
  spanId,
  receivedAt,
  userId,
  sessionId,
  keyId,
  startedAt,
})

const itemOfPatch = ({ projectId, traceId, spanId, receivedAt, keyId, fields }: SpanPatch): Item => ({
  projectId,
  keyId,
  traceId,
  spanId,
  receivedAt,
  ...said(fields),
})

const said = ({ userId, sessionId, startedAt }: PatchFields): Partial<Item> => ({
  ...(userId !== undefined && { userId }),
  ...(sessionId !== undefined && { sessionId }),
  ...(startedAt !== undefined && { startedAt }),
})

function byProject(items: readonly Item[]): Map<string, string[]> {
  const traces = new Map<string, Set<string>>()
  for (const { projectId, traceId } of items) {
    if (!traceId) continue
    const known = traces.get(projectId) ?? new Set()
    traces.set(projectId, known.add(traceId))
  }
  return new Map([...traces].map(([projectId, ids]) => [projectId, [...ids]]))
}
