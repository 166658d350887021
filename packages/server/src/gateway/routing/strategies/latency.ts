import type { ModelEntry } from '@signalbox/schema'
import type { RouteTarget } from '../route-target.ts'
import type { StrategyOrder, TargetStats } from './strategy.ts'

type By = NonNullable<ModelEntry['latency']>['by']

/** Of the calls, this part goes to targets that nothing recent is known of, as long as there are such. */
const EXPLORED_SHARE = 0.1
/** Less than this says nothing: the last call is some minutes ago. */
const FEWEST_CALLS = 0.25
/** Targets within this factor of the best count as equal, so that they share the load instead of taking turns at being crowded. */
const EQUAL_WITHIN = 1.1
/** A target that fails this often stands behind all that do not, however fast it is. */
const TOO_MANY_ERRORS = 0.5

/**
 * The fastest by what calls of the last minutes showed. Targets within 10 % of the best one share the calls by chance. One in ten calls
 * goes to a target of which nothing recent is known, so that a slow one gets another chance; when nothing is known of any, it is drawn.
 */
export const latency: StrategyOrder = (targets, { entry, rooms }) => {
  const by = entry.latency?.by ?? 'total'
  const { value, unit, reason } = BY[by]
  const known: { target: RouteTarget; cost: number; why: string; fails: boolean }[] = []
  const unknown: RouteTarget[] = []
  for (const target of targets) {
    const stats = rooms.statsOf(target)
    const found = stats.calls < FEWEST_CALLS ? undefined : value(stats)
    const fails = (stats.errorRate ?? 0) >= TOO_MANY_ERRORS
    if (found === undefined && !fails) unknown.push(target)
    else
      known.push({ target, fails, cost: found ? found.cost : Number.POSITIVE_INFINITY, why: found ? `${found.shown} ${unit}` : 'it fails' })
  }
  known.sort((a, b) => Number(a.fails) - Number(b.fails) || a.cost - b.cost)
  const best = known[0]
  const equals = best ? known.filter(({ cost, fails }) => !fails && cost <= best.cost * EQUAL_WITHIN) : []
  const chosen = equals.length > 1 ? equals[Math.floor(rooms.random() * equals.length)] : best
  const fast = chosen ? [chosen, ...known.filter((one) => one !== chosen)] : []
  const inOrder = fast.map(({ target, why }) => ({ target, why }))
  const toExplore = shuffled(unknown, rooms.random).map((target) => ({ target, why: 'nothing is known of it yet' }))
  const explores = toExplore.length > 0 && (!chosen || chosen.fails || rooms.random() < EXPLORED_SHARE)
  if (explores) return { placed: [...toExplore, ...inOrder], reason: `${reason}: one that is not known yet is tried` }
  return { placed: [...inOrder, ...toExplore], reason }
}

type Known = { cost: number; shown: string } | undefined
const inMs = (ms: number | undefined): Known => (ms === undefined ? undefined : { cost: ms, shown: String(Math.round(ms)) })

/** What is compared, the least being best. */
const BY: Record<By, { value(stats: TargetStats): Known; unit: string; reason: string }> = {
  'first-token': {
    value: ({ firstTokenMs }) => inMs(firstTokenMs),
    unit: 'ms until the first token',
    reason: 'least time until the first token',
  },
  'tokens-per-second': {
    value: ({ tokensPerSecond: speed }) => (speed === undefined || speed <= 0 ? undefined : { cost: 1 / speed, shown: speed.toFixed(1) }),
    unit: 'tokens per second',
    reason: 'most tokens per second',
  },
  total: { value: ({ totalMs }) => inMs(totalMs), unit: 'ms in all', reason: 'least time in all' },
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value)
}
