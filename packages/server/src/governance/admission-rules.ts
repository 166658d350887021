import type { Budget, BudgetScope, SnapshotProject } from '@signalbox/schema'
import { budgetIdentity } from '@signalbox/schema'
import { Meters } from './admission-meters.ts'
import type { Admitted } from './directory.ts'

/** A budget, ready to be asked. */
export type Rule = {
  budget: Budget
  identity: string
  /** Nano-USD, requests, tokens or calls at once. */
  limit: number
  /** From here on it warns. */
  warnFrom: number
  /** Refuses; else it only warns. */
  isHard: boolean
  /** Hard, and of a day or a month: it sets aside the most that a call can use. */
  isStrict: boolean
  /** What the amount of money is in. */
  currency: { code: string; perUsd: number }
  matches: ((model: string) => boolean) | undefined
  meters: Meters
}
/** A rule with whose use it counts; null is the end user of each call. */
export type BoundRule = { rule: Rule; subject: string | null }

/** Everything that a project's calls are counted in. Meters outlive it: they belong to what is counted. */
export type ProjectRules = {
  all: readonly Rule[]
  of(caller: Admitted): readonly BoundRule[]
}

/** Whose use each scope counts; null is the end user, undefined that nobody's is. */
const SUBJECT_OF: Record<BudgetScope, (caller: Admitted) => string | null | undefined> = {
  organisation: () => 'organisation',
  project: ({ projectId }) => projectId,
  team: ({ teamId }) => teamId,
  user: ({ accountId }) => accountId,
  key: ({ keyId }) => keyId,
  'end-user': () => null,
}

export type MetersOf = (identity: string, budget: Budget) => Meters
export type KnownMeters = MetersOf & { all: Map<string, Meters> }

/** The budgets of a project and those of the organisation, prepared for each of its keys when it is first used. */
export function compileRules(project: SnapshotProject, metersOf: MetersOf): ProjectRules {
  const own = project.budgets
    .filter(({ scope }) => scope !== 'organisation')
    .map((budget) => compileRule(budget, { projectId: project.id, currency: project.currency, metersOf }))
  const shared = (project.sharedBudgets ?? []).map(({ budget, projectId, currency }) =>
    compileRule(budget, { projectId, currency, metersOf }),
  )
  // What is spent for good says more than what a minute would heal.
  const all = [...shared, ...own].sort((a, b) => Number(b.isStrict) - Number(a.isStrict))
  const byKey = new Map<string, { of: Admitted; bound: readonly BoundRule[] }>()
  return {
    all,
    of(caller) {
      const known = byKey.get(caller.keyId)
      if (known && isSame(known.of, caller)) return known.bound
      if (byKey.size >= MOST_KEYS) byKey.clear()
      const bound = all.flatMap((rule) => bind(rule, caller))
      byKey.set(caller.keyId, { of: caller, bound })
      return bound
    },
  }
}

/** Keys come and go while a project stays the same. */
const MOST_KEYS = 50_000
const isSame = (a: Admitted, b: Admitted): boolean => a.keyName === b.keyName && a.teamId === b.teamId && a.accountId === b.accountId

type Compiling = { projectId: string; currency: { code: string; perUsd: number }; metersOf: MetersOf }

function compileRule(budget: Budget, { projectId, currency, metersOf }: Compiling): Rule {
  const { measure, amount, warnAt, action, model, per = 'month' } = budget
  const limit = measure === 'money' ? Math.round((amount / currency.perUsd) * 1e9) : amount
  const identity = budgetIdentity(projectId, budget)
  const isHard = action === 'block'
  return {
    budget,
    identity,
    limit,
    warnFrom: limit * warnAt,
    isHard,
    isStrict: isHard && measure !== 'concurrent' && per !== 'minute',
    currency,
    matches: model === undefined ? undefined : matcherOf(model),
    meters: metersOf(identity, budget),
  }
}

function matcherOf(pattern: string): (model: string) => boolean {
  if (!pattern.endsWith('*')) return (model) => model === pattern
  const prefix = pattern.slice(0, -1)
  return (model) => model.startsWith(prefix)
}

function bind(rule: Rule, caller: Admitted): BoundRule[] {
  const { scope, id } = rule.budget
  const subject = SUBJECT_OF[scope](caller)
  if (subject === undefined) return []
  if (id !== undefined && subject !== null && scope !== 'project' && scope !== 'organisation') {
    if (id !== subject && !(scope === 'key' && id === caller.keyName)) return []
  }
  return [{ rule, subject }]
}

/** What this edge allows of a rule: where there are several, its part of a limit of a minute or of calls at once, rounded up. */
export function partOf({ limit, meters: { parts } }: Rule): number {
  return parts === 1 ? limit : Math.ceil(limit / parts)
}

/** Meters by what they count. */
export function createMetersOf(): KnownMeters {
  const all = new Map<string, Meters>()
  const metersOf = (identity: string, { measure, per }: Budget): Meters => {
    const known = all.get(identity)
    if (known) return known
    const made = new Meters(measure === 'concurrent' ? undefined : (per ?? 'month'))
    all.set(identity, made)
    return made
  }
  return Object.assign(metersOf, { all })
}
