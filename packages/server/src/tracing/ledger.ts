import { inputTokens, outputTokens, type SpanRow, USAGE_BUCKETS, type Usage, usageColumn } from '@signalbox/schema'
import type { SqlSession } from '../store/ports.ts'

type Entry = { calls: number; errors: number; inputTokens: number; outputTokens: number; cost: number; unpriced: number }
const empty = (): Entry => ({ calls: 0, errors: 0, inputTokens: 0, outputTokens: 0, cost: 0, unpriced: 0 })

/** Adds the gateway's calls to what is owed. Only our own calls count: what others report was paid for elsewhere. */
export async function addToLedger(sql: SqlSession, rows: readonly SpanRow[]): Promise<void> {
  const sums = new Map<string, Entry>()
  for (const row of rows) {
    if (row.source !== 'gateway') continue
    const day = new Date(row.startedAt / 1000).toISOString().slice(0, 10)
    const key = JSON.stringify([row.projectId, day, row.keyId, row.provider, row.model])
    const sum = sums.get(key) ?? empty()
    sums.set(key, sum)
    const usage = usageOf(row)
    sum.calls++
    sum.errors += row.status === 'ok' ? 0 : 1
    sum.inputTokens += inputTokens(usage)
    sum.outputTokens += outputTokens(usage)
    sum.cost += row.cost ?? 0
    sum.unpriced += row.cost === null ? 1 : 0
  }
  // Always in the same order, so that two cores cannot wait for each other.
  for (const [key, sum] of [...sums].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await sql.query(
      `insert into ledger (project_id, day, key_id, provider, model, calls, errors, input_tokens, output_tokens, cost_nano_usd, unpriced_calls)
       values ($1, $2::date, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       on conflict (project_id, day, key_id, provider, model) do update set
         calls = ledger.calls + excluded.calls, errors = ledger.errors + excluded.errors,
         input_tokens = ledger.input_tokens + excluded.input_tokens, output_tokens = ledger.output_tokens + excluded.output_tokens,
         cost_nano_usd = ledger.cost_nano_usd + excluded.cost_nano_usd, unpriced_calls = ledger.unpriced_calls + excluded.unpriced_calls`,
      [...(JSON.parse(key) as string[]), sum.calls, sum.errors, sum.inputTokens, sum.outputTokens, sum.cost, sum.unpriced],
    )
  }
}

const usageOf = (row: SpanRow): Usage => Object.fromEntries(USAGE_BUCKETS.map((bucket) => [bucket, row[usageColumn(bucket)]])) as Usage
