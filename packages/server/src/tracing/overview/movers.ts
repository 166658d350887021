import { type Measure, type Mover, type Output, Query, type QueryRow } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { runQuery, runQuerySets } from '../queries/run-query.ts'
import { filtersOf, type Period, periodBefore } from './overview.ts'

type Dimension = Mover['dimension']
const ROLLED_UP: Dimension[] = ['model', 'requestModel', 'keyId', 'errorType']
const MEASURES: Measure[] = ['calls', 'errors', 'costUsd', 'durationP95']
/** Percentiles of every user would read every span's duration twice; their cost and errors tell enough. */
const OF_USERS: Measure[] = ['calls', 'errors', 'costUsd']
/** More users than this are not looked at: those with most calls count. */
const MOST = 1000

/** With fewer calls in one of the periods a share or a percentile is chance. */
export const FEWEST = { calls: 20, errors: 5 } as const
/** What moved less is not worth a line: a share of the whole, and how much it is of what it was. */
const LEAST = { weight: 0.005, share: 0.2 }

export type Figures = { calls: number; errors: number; cost: number | null; latency: number | null }
type Sides = { now: Figures; before: Figures }

/** What changed most against the period before: each thing at most once for each metric, the heaviest first. */
export async function movers(
  events: Events,
  projectId: string,
  { limit, ...now }: Period & { limit: number },
): Promise<Output<'overview.movers'>> {
  /** Of one period: all calls together, and by each dimension. */
  const ask = async (period: Period): Promise<{ whole: Figures; by: Map<Dimension, Map<string, Figures>> }> => {
    const asked = { filters: filtersOf(period), from: period.from, to: period.to, limit: 10_000 }
    const [[whole, ...rolledUp], users] = await Promise.all([
      runQuerySets(events, projectId, Query.parse({ ...asked, measures: MEASURES, dimensions: ROLLED_UP }), [
        [],
        ...ROLLED_UP.map((name) => [name]),
      ]),
      runQuery(events, projectId, Query.parse({ ...asked, measures: OF_USERS, dimensions: ['userId'], limit: MOST })),
    ])
    const by = new Map<Dimension, Map<string, Figures>>([
      ...ROLLED_UP.map((name, at) => [name, byValue(name, rolledUp[at] ?? [])] as const),
      ['userId', byValue('userId', users)],
    ])
    return { whole: figuresOf(whole?.[0] ?? {}), by }
  }
  const [current, earlier] = await Promise.all([ask(now), ask(periodBefore(now))])
  const compared = earlier.whole.calls > 0
  const whole = { now: current.whole, before: earlier.whole }
  const found: ReturnType<typeof weigh> = []
  if (compared)
    for (const [dimension, values] of current.by) {
      const before = earlier.by.get(dimension) ?? new Map<string, Figures>()
      for (const value of new Set([...values.keys(), ...before.keys()]))
        found.push(...weigh({ dimension, value }, { now: values.get(value) ?? NONE, before: before.get(value) ?? NONE }, whole))
    }
  const heaviest = onceEach(found.toSorted((a, b) => b.weight - a.weight)).slice(0, limit)
  return { movers: heaviest.map(({ weight: _, ...mover }) => mover), compared, fewest: FEWEST }
}

/** A route with one model moves as its model does: the same news is told once. */
function onceEach<M extends Mover>(sorted: readonly M[]): M[] {
  const told = new Set<string>()
  return sorted.filter(({ metric, now, before, calls, callsBefore }) => {
    const news = [metric, now, before, calls, callsBefore].join(' ')
    return !told.has(news) && told.add(news)
  })
}

/** What has no value is of nobody: it is left out. */
const byValue = (name: Dimension, rows: QueryRow[]) =>
  new Map(rows.filter((row) => row[name] !== '' && row[name] !== null).map((row) => [String(row[name]), figuresOf(row)]))
const NONE: Figures = { calls: 0, errors: 0, cost: 0, latency: null }
const figuresOf = (row: QueryRow): Figures => ({
  calls: Number(row.calls ?? 0),
  errors: Number(row.errors ?? 0),
  cost: row.costUsd === null || row.costUsd === undefined ? null : Number(row.costUsd),
  latency: row.durationP95 === null || row.durationP95 === undefined ? null : Number(row.durationP95),
})

/**
 * How one thing moved, for each metric, with its weight: which share of all calls or of all money is another one now. Percentages of
 * few calls are left out, and so is what moved little of what it was.
 */
export function weigh(of: { dimension: Dimension; value: string }, { now, before }: Sides, whole: Sides): (Mover & { weight: number })[] {
  const shared = { ...of, calls: now.calls, callsBefore: before.calls, errors: now.errors }
  // What made every call, such as the only key, says no more than the figures of the whole.
  if (now.calls === whole.now.calls && before.calls === whole.before.calls) return []
  const calls = Math.max(whole.now.calls, whole.before.calls, 1)
  const found: (Mover & { weight: number })[] = []
  const add = (metric: Mover['metric'], { now, before, weight }: { now: number | null; before: number | null; weight: number }) => {
    if (weight < LEAST.weight || !movedMuch(now, before)) return
    found.push({ ...shared, metric, now, before, better: (now ?? 0) < (before ?? 0), weight })
  }
  if (of.dimension === 'errorType') {
    // Of a kind of error there is no rate: it is one. How many there are is the news.
    if (Math.max(now.calls, before.calls) >= FEWEST.errors)
      add('errors', { now: now.calls, before: before.calls, weight: Math.abs(now.calls - before.calls) / calls })
    return found
  }
  const enough = now.calls >= FEWEST.calls && before.calls >= FEWEST.calls
  if (enough && Math.max(now.errors, before.errors) >= FEWEST.errors) {
    const rate = { now: now.errors / now.calls, before: before.errors / before.calls }
    // How many calls fare otherwise than they would have at the rate of before.
    if (isNoChance(now, before)) add('errors', { ...rate, weight: (Math.abs(rate.now - rate.before) * now.calls) / calls })
  }
  if (enough && now.latency !== null && before.latency !== null && before.latency > 0) {
    const ratio = Math.abs(Math.log2(Math.max(now.latency, 1) / Math.max(before.latency, 1)))
    // One call in twenty is what a p95 speaks of.
    add('latency', { now: now.latency, before: before.latency, weight: (Math.min(ratio, 3) * now.calls) / calls / 20 })
  }
  const money = Math.max(whole.now.cost ?? 0, whole.before.cost ?? 0)
  if (money > 0 && now.cost !== null && before.cost !== null && Math.max(now.calls, before.calls) >= FEWEST.calls)
    add('cost', { now: now.cost, before: before.cost, weight: Math.abs(now.cost - before.cost) / money / 2 })
  return found
}

const movedMuch = (now: number | null, before: number | null): boolean =>
  now !== null && before !== null && Math.abs(now - before) >= LEAST.share * Math.max(Math.abs(before), Number.EPSILON)

/** Whether two shares of errors differ by more than three standard errors. */
function isNoChance(now: Figures, before: Figures): boolean {
  const pooled = (now.errors + before.errors) / (now.calls + before.calls)
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / now.calls + 1 / before.calls))
  return error > 0 && Math.abs(now.errors / now.calls - before.errors / before.calls) > 3 * error
}
