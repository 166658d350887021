import { AppError } from '@signalbox/schema'
import type { ForeignAnswer, ForeignRequest } from '../../../lib/foreign.ts'
import type { Events } from '../../../store/ports.ts'
import { refuseUnknown } from '../paging.ts'
import { observations } from './observations.ts'
import { type MetricsQuery, readMetricsQuery } from './query.ts'
import { runMetrics } from './run-metrics.ts'
import { booleanScores, categoricalScores, numericScores } from './scores.ts'
import { traces } from './traces.ts'
import type { View } from './view.ts'

const NEWER: Readonly<Record<string, View>> = {
  observations,
  'scores-numeric': numericScores,
  'scores-boolean': booleanScores,
  'scores-categorical': categoricalScores,
}
const OLDER: Readonly<Record<string, View>> = { traces, ...NEWER }

const DEFAULT_ROWS = 100
/** The older endpoint has no limit of its own. */
const MOST_ROWS = 10_000

/** `GET /api/public/v2/metrics`. What has very many values is grouped by only as the largest few. */
export async function newerMetrics({ events }: { events: Events }, { caller, query }: ForeignRequest): Promise<ForeignAnswer> {
  refuseUnknown(query, ['query'])
  const asked = readMetricsQuery(query.get('query'))
  const view = viewOf(NEWER, asked.view)
  refuseMany(view, asked)
  const limit = asked.config?.row_limit ?? DEFAULT_ROWS
  return { body: { data: await runMetrics(events, caller.projectId, { view, query: asked, limit }) } }
}

/** `GET /api/public/metrics`, which clients of older versions ask, also for traces. */
export async function olderMetrics({ events }: { events: Events }, { caller, query }: ForeignRequest): Promise<ForeignAnswer> {
  refuseUnknown(query, ['query'])
  const asked = readMetricsQuery(query.get('query'))
  const limit = asked.config?.row_limit ?? MOST_ROWS
  return { body: { data: await runMetrics(events, caller.projectId, { view: viewOf(OLDER, asked.view), query: asked, limit }) } }
}

function viewOf(views: Readonly<Record<string, View>>, name: string): View {
  const view = Object.hasOwn(views, name) ? views[name] : undefined
  if (view) return view
  throw new AppError('invalid-request', `Invalid view ${JSON.stringify(name.slice(0, 100))}: there are ${Object.keys(views).join(', ')}.`)
}

function refuseMany(view: View, { dimensions, timeDimension, orderBy, config, metrics }: MetricsQuery): void {
  const many = (dimensions ?? []).map(({ field }) => field).filter((field) => view.dimensions[field]?.many)
  if (many.length === 0) return
  const names = many.join(', ')
  if (timeDimension)
    throw new AppError('invalid-request', `${names} has too many values to be shown by time.`, { hint: 'Filter by one of them instead.' })
  const measured = new Set(metrics.map(({ aggregation, measure }) => `${aggregation}_${measure}`))
  const largest = (orderBy ?? []).some(({ field, direction }) => direction === 'desc' && measured.has(field))
  if (config?.row_limit === undefined || !largest)
    throw new AppError('invalid-request', `${names} has very many values, so only the largest few can be asked for.`, {
      hint: 'Add `config.row_limit`, and `orderBy` with `desc` on a metric.',
    })
}
