import { type Repricing, type RepricingStatus, toUsd } from '@signalbox/schema'
import type { SqlSession } from '../../store/ports.ts'
import { toIso } from '../queries/time.ts'
import type { Place } from './read-piece.ts'
import type { Written } from './write-piece.ts'

/** Sums of one model. Money in nano-USD; `gateway` is the part of the change that the ledger does not have. */
export type ModelSums = {
  provider: string
  model: string
  spans: number
  changed: number
  priced: number
  unknown: number
  before: number
  after: number
  gateway: number
}

export type RepricingRow = {
  id: string
  project_id: string
  from_us: number
  to_us: number
  models: string[] | null
  dry_run: boolean
  status: RepricingStatus
  requested_at: Date
  requested_by: string
  started_at: Date | null
  ended_at: Date | null
  total: number | null
  provided: number | null
  done: number
  piece: number
  cursor: Place | null
  by_model: ModelSums[]
  problem: string | null
}

export const readRepricings = (sql: SqlSession, where: string, params: readonly unknown[] = []): Promise<RepricingRow[]> =>
  sql.query<RepricingRow>(`select * from repricings where ${where}`, params)

/** Sums by model, to which pieces are added. */
export class Sums {
  readonly #models: Map<string, ModelSums>

  constructor(before: readonly ModelSums[] = []) {
    this.#models = new Map(before.map((one) => [keyOf(one), { ...one }]))
  }

  of(span: { provider: string; model: string }): ModelSums {
    const key = keyOf(span)
    const known = this.#models.get(key)
    if (known) return known
    const { provider, model } = span
    const fresh = { provider, model, spans: 0, changed: 0, priced: 0, unknown: 0, before: 0, after: 0, gateway: 0 }
    this.#models.set(key, fresh)
    return fresh
  }

  change(span: { provider: string; model: string; source: string }, before: number | null, after: number): void {
    const sums = this.of(span)
    sums.changed++
    sums.priced += before === null ? 1 : 0
    sums.before += before ?? 0
    sums.after += after
    if (span.source === 'gateway') sums.gateway += after - (before ?? 0)
  }

  /** Of each span, what counted is taken away and what counts is added: as it stands in the log. */
  written(rows: readonly Written[]): void {
    for (const ofSpan of Map.groupBy(rows, ({ traceId, spanId }) => `${traceId} ${spanId}`).values()) {
      const now = ofSpan.findLast(({ sign }) => sign > 0)
      if (!now) continue
      const costs = ofSpan.filter(({ sign }) => sign < 0).flatMap(({ cost }) => (cost === null ? [] : [cost]))
      this.change(now, costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0), now.cost ?? 0)
    }
  }

  list(): ModelSums[] {
    return [...this.#models.values()]
  }
}

const keyOf = ({ provider, model }: { provider: string; model: string }): string => JSON.stringify([provider, model])

export function toRepricing(row: RepricingRow): Repricing {
  const sum = (name: 'changed' | 'before' | 'after' | 'gateway') => row.by_model.reduce((all, one) => all + one[name], 0)
  return {
    id: row.id,
    from: toIso(Number(row.from_us)),
    to: toIso(Number(row.to_us)),
    models: row.models,
    dryRun: row.dry_run,
    status: row.status,
    requestedAt: row.requested_at.toISOString(),
    requestedBy: row.requested_by,
    startedAt: row.started_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    total: row.total === null ? null : Number(row.total),
    done: Number(row.done),
    changed: sum('changed'),
    provided: row.provided === null ? null : Number(row.provided),
    beforeUsd: usd(sum('before')),
    afterUsd: usd(sum('after')),
    ledgerUsd: usd(sum('gateway')),
    byModel: [...row.by_model]
      .sort(byMoney)
      .map(({ before, after, gateway: _, ...rest }) => ({ ...rest, beforeUsd: usd(before), afterUsd: usd(after) })),
    problem: row.problem,
  }
}

const usd = (nano: number): string => toUsd(nano) ?? '0'
const byMoney = (a: ModelSums, b: ModelSums): number =>
  Math.abs(b.after - b.before) - Math.abs(a.after - a.before) ||
  b.changed - a.changed ||
  b.spans - a.spans ||
  (keyOf(a) < keyOf(b) ? -1 : 1)
