import { INPUT_BUCKETS, isRefusal, OUTPUT_BUCKETS, type SpanRow, usageColumn } from '@signalbox/schema'
import { shortName } from '../lib/short-name.ts'
import type { SqlSession } from '../store/ports.ts'
import { isAttempt } from './attempt-spans.ts'
import { storableText } from './storable.ts'

/** Whose key a call was made with, where that is known. */
export type Owner = { accountId?: string | undefined; teamId?: string | undefined }
type Sums = { calls: number; errors: number; input_tokens: number; output_tokens: number; cost_nano_usd: number; unpriced_calls: number }
type Names = { provider: string; model: string; request_model: string; end_user: string; account_id: string; team_id: string }
type Entry = { project_id: string; day: string; key_id: string } & Names & Sums

const INPUT_COLUMNS = INPUT_BUCKETS.map(usageColumn)
const OUTPUT_COLUMNS = OUTPUT_BUCKETS.map(usageColumn)

/** Adds the gateway's calls to what is owed. Only our own calls count: what others report was paid for elsewhere. */
export async function addToLedger(
  sql: SqlSession,
  rows: readonly SpanRow[],
  ownerOf: (row: SpanRow) => Owner | undefined = () => undefined,
): Promise<void> {
  const entries = new Map<string, Entry>()
  for (const row of rows) {
    if (row.source !== 'gateway' || (isAttempt(row) && row.usageSource === 'none')) continue
    // It was never made, and no budget of calls may count it.
    if (isRefusal(row.errorType)) continue
    const entry = entryOf(entries, row, ownerOf(row) ?? {})
    // A try is a part of its call: what it used counts, and where its price is not known its call is not whole.
    const isCall = !isAttempt(row)
    entry.calls += isCall ? 1 : 0
    entry.errors += isCall && row.status !== 'ok' ? 1 : 0
    for (const column of INPUT_COLUMNS) entry.input_tokens += row[column]
    for (const column of OUTPUT_COLUMNS) entry.output_tokens += row[column]
    entry.cost_nano_usd += row.cost ?? 0
    entry.unpriced_calls += row.cost === null ? 1 : 0
  }
  if (entries.size === 0) return
  // Always in the same order, so that two cores cannot wait for each other.
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
  await sql.query(
    `insert into ledger (${NAMES}, ${SUMS.join(', ')})
     select ${NAMES}, ${SUMS.join(', ')}
     from json_to_recordset($1::text::json) as entry (project_id text, day date, key_id text, provider text, model text, request_model text,
       end_user text, account_id text, team_id text, ${SUMS.map((name) => `${name} bigint`).join(', ')})
     on conflict (${NAMES}) do update set ${SUMS.map((name) => `${name} = ledger.${name} + excluded.${name}`).join(', ')}`,
    [JSON.stringify(sorted)],
  )
}

const NAMES = 'project_id, day, key_id, provider, model, request_model, end_user, account_id, team_id'
const SUMS = ['calls', 'errors', 'input_tokens', 'output_tokens', 'cost_nano_usd', 'unpriced_calls'] as const satisfies (keyof Sums)[]
const DAY = 86_400_000_000
const named = (text: string): string => storableText(shortName(text))

function entryOf(entries: Map<string, Entry>, row: SpanRow, { accountId = '', teamId = '' }: Owner): Entry {
  const { projectId, startedAt, keyId } = row
  const names: Names = {
    provider: named(row.provider),
    model: named(row.model),
    request_model: named(row.requestModel),
    end_user: named(row.userId),
    account_id: accountId,
    team_id: teamId,
  }
  const dayNumber = Math.floor(startedAt / DAY)
  const key = JSON.stringify([projectId, dayNumber, keyId, ...Object.values(names)])
  const known = entries.get(key)
  if (known) return known
  const sums = { calls: 0, errors: 0, input_tokens: 0, output_tokens: 0, cost_nano_usd: 0, unpriced_calls: 0 }
  const day = new Date((dayNumber * DAY) / 1000).toISOString().slice(0, 10)
  const entry = { project_id: projectId, day, key_id: keyId, ...names, ...sums }
  entries.set(key, entry)
  return entry
}
