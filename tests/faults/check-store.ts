import type { Seen } from './traffic.ts'
import type { World } from './world.ts'

type Row = {
  userId?: string
  sessionId?: string
  status?: string
  calls: number
  inputTokens: number
  outputTokens: number
  costUsd: string | null
}
export type Checked = {
  answered: number
  unanswered: number
  acknowledged: number
  /** Calls that are in the store although nobody got their answer, by what the store says of them. */
  unansweredInStore: Record<string, number>
  /** Everything that is not as it must be, in words; empty when all is well. */
  problems: string[]
}

/**
 * Holds what clients saw against what the store has: every answered call and every acknowledged span exactly once, with
 * the provider's own tokens and the right price; calls without an answer at most once; rollups as the rows themselves.
 */
export async function checkStore(world: World, seen: Seen, name: string): Promise<Checked> {
  const problems: string[] = []
  const environment = { field: 'environment', op: 'eq', value: name }
  const query = async (dimensions: string[], source: string): Promise<Row[]> => {
    const filters = [environment, { field: 'source', op: 'eq', value: source }]
    const body = { measures: ['calls', 'inputTokens', 'outputTokens', 'costUsd'], dimensions, filters, limit: 10_000 }
    return (await world.api<{ rows: Row[] }>('/api/v1/query', body)).rows
  }
  const calls = group(await query(['userId', 'status'], 'gateway'), ({ userId }) => userId ?? '')
  const batches = group(await query(['sessionId'], 'otlp'), ({ sessionId }) => sessionId ?? '')
  const unansweredInStore: Record<string, number> = {}

  for (const { id, answered, input, output } of seen.calls) {
    const rows = calls.get(id) ?? []
    const stored = rows.reduce((sum, row) => sum + row.calls, 0)
    calls.delete(id)
    if (answered) {
      if (stored !== 1) problems.push(`the answered call ${id} is in the store ${stored} times`)
      const [row] = rows
      if (!row) continue
      if (row.status !== 'ok') problems.push(`the answered call ${id} is stored as ${row.status}`)
      if (row.inputTokens !== input || row.outputTokens !== output)
        problems.push(`the call ${id} used ${input} + ${output} tokens and is stored with ${row.inputTokens} + ${row.outputTokens}`)
      if (nanoUsd(row.costUsd) !== input * 1000 + output * 2000)
        problems.push(`the call ${id} of ${input} + ${output} tokens is stored with ${row.costUsd} USD`)
    } else if (stored > 1) problems.push(`the call ${id}, which got no answer, is in the store ${stored} times`)
    else if (rows[0]) unansweredInStore[rows[0].status ?? ''] = (unansweredInStore[rows[0].status ?? ''] ?? 0) + 1
  }
  for (const { id, acknowledged, spans } of seen.batches) {
    const stored = (batches.get(id) ?? []).reduce((sum, row) => sum + row.calls, 0)
    batches.delete(id)
    if (acknowledged && stored !== spans) problems.push(`the acknowledged batch ${id} of ${spans} spans is in the store with ${stored}`)
    if (!acknowledged && stored !== 0 && stored !== spans)
      problems.push(`the batch ${id}, not acknowledged, is in the store with ${stored} of ${spans} spans`)
  }
  for (const id of [...calls.keys(), ...batches.keys()]) problems.push(`${id} is in the store and was never sent`)
  problems.push(...(await traceProblems(world, seen)), ...(await rollupProblems(query)))
  return {
    answered: seen.calls.filter(({ answered }) => answered).length,
    unanswered: seen.calls.filter(({ answered }) => !answered).length,
    acknowledged: seen.batches.reduce((sum, batch) => sum + (batch.acknowledged ? batch.spans : 0), 0),
    unansweredInStore,
    problems,
  }
}

/** A sample, by the way of a reader: `GET /traces/{id}` with the id that the answer named. */
async function traceProblems(world: World, seen: Seen): Promise<string[]> {
  const problems: string[] = []
  const sample = <T>(list: readonly T[]): T[] => list.filter((_, index) => index % Math.ceil(list.length / 25) === 0)
  const expected = [
    ...sample(seen.calls.filter(({ answered }) => answered)).map(({ traceId }) => ({ traceId, spans: 1 })),
    ...sample(seen.batches.filter(({ acknowledged }) => acknowledged)).map(({ traceId, spans }) => ({ traceId, spans })),
  ]
  for (const { traceId, spans } of expected) {
    const found = await world.api<{ spans: { spanId: string }[] }>(`/api/v1/traces/${traceId}`).catch((error: Error) => error)
    if (found instanceof Error) problems.push(`the trace ${traceId}: ${found.message}`)
    else if (found.spans.length !== spans || new Set(found.spans.map(({ spanId }) => spanId)).size !== spans)
      problems.push(`the trace ${traceId} has ${found.spans.length} spans instead of ${spans}`)
  }
  return problems
}

/** Without a dimension that only rows have, the same question is answered from the one-minute rollup. */
async function rollupProblems(query: (dimensions: string[], source: string) => Promise<Row[]>): Promise<string[]> {
  const problems: string[] = []
  for (const source of ['gateway', 'otlp']) {
    const [rollup] = await query([], source)
    const rows = await query(['userId', 'sessionId'], source)
    for (const measure of ['calls', 'inputTokens', 'outputTokens'] as const) {
      const [fromRollup, fromRows] = [rollup?.[measure] ?? 0, rows.reduce((sum, row) => sum + row[measure], 0)]
      if (fromRollup !== fromRows) problems.push(`the rollup of ${source} has ${fromRollup} ${measure}, the rows have ${fromRows}`)
    }
  }
  return problems
}

function group(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row])
  return groups
}

/** A decimal string of US dollars as integer nano-USD, without a float in between. */
export function nanoUsd(usd: string | null): number {
  if (usd === null) return Number.NaN
  const [whole = '0', part = ''] = usd.split('.')
  return Number(whole) * 1e9 + Number(part.padEnd(9, '0').slice(0, 9))
}
