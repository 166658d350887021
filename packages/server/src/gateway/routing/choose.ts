import { type ModelEntry, Retries, type RouteDecision, type SnapshotProject, type Split } from '@signalbox/schema'
import { oncePer } from '../../lib/once-per.ts'
import { type CompiledRoute, compileRoutes, nothingUsable, type TargetPool } from './compile-routes.ts'
import { type FactsRooms, RequestFacts } from './facts.ts'
import { filterTargets } from './filters.ts'
import { type Ordered, type RouteTarget, stepOf } from './route-target.ts'
import type { Asked, Candidate, Choice } from './router.ts'
import { type Assigned, assign, type CompiledSplit, compileSplits } from './splits.ts'
import { orderBy } from './strategies/order-by.ts'
import type { TargetHealth } from './target-health.ts'

export type ChooseRooms = FactsRooms & {
  health: Pick<TargetHealth, 'mayTry' | 'statsOf'>
  /** From 0 up to, and not, 1. */
  random(): number
  /** Nano-USD of so many tokens; null where the price is not known. */
  costOf(project: SnapshotProject, candidate: Candidate, tokens: { input: number; output: number }): number | null
  isStopped(projectId: string, split: Split): boolean
}

const DEFAULT_RETRIES = Retries.parse({})

/**
 * Where a call may go, best first, and why. In this order: the split of the alias puts it into an arm, the first rule that holds names
 * its targets, what it cannot go to is left out, and the strategy puts the rest in order. Throws `model-not-found`,
 * `provider-not-configured`, or `invalid-request` where no target can be given what it holds.
 */
export function createChoose(rooms: ChooseRooms) {
  const compiled = oncePer((project: SnapshotProject) => ({ routeTo: compileRoutes(project), splits: compileSplits(project) }))

  return function choose(asked: Asked): Choice {
    const { project, request } = asked
    const { routeTo, splits } = compiled(project)
    const facts = new RequestFacts(asked, rooms)
    const split = splits.size === 0 ? undefined : splits.get(request.model)
    const arm = split && armOf(split, { facts, routeTo })
    return chooseFrom(arm ? arm.route : routeTo(request.model), facts, arm)
  }

  /** The route of an arm. One that cannot be called must not take its calls down with it: they stay at the alias, outside of the split. */
  function armOf(split: CompiledSplit, { facts, routeTo }: { facts: RequestFacts; routeTo(name: string): CompiledRoute }): Arm | undefined {
    const { project } = facts.asked
    const assigned = assign(split, facts, { random: rooms.random, isStopped: (one) => rooms.isStopped(project.id, one) })
    if (!assigned) return undefined
    const base = routeTo(facts.asked.request.model)
    if (assigned.model === split.split.model) return { route: base, assigned, reason: assigned.reason }
    try {
      const route = routeTo(assigned.model)
      if (route.entry && route.targets.length === 0 && route.rules.length === 0) throw nothingUsable(route)
      return { route: route.entry || !base.entry ? route : asArm(route, base.entry), assigned, reason: assigned.reason }
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      return { route: base, reason: `${assigned.reason}, which cannot be called: ${problem}` }
    }
  }

  function chooseFrom(route: CompiledRoute, facts: RequestFacts, arm: Arm | undefined): Choice {
    const { project } = facts.asked
    const { entry } = route
    const rule = route.rules.length === 0 ? undefined : route.rules.find(({ holds }) => holds(facts))
    const pool: TargetPool = rule ?? route
    if (pool.targets.length === 0) throw nothingUsable({ alias: route.alias, skipped: pool.skipped })
    const { usable, resting, isResting, skipped, note } = filterTargets(pool.targets, facts, (target) =>
      rooms.health.mayTry(project, target.candidate, entry?.breaker),
    )
    const strategy = rule ? 'rules' : (entry?.strategy ?? 'fallback')
    const ordered = order(usable, { facts, entry, strategy })
    const [first, ...others] = ordered.placed
    if (!first) throw nothingUsable({ alias: route.alias, skipped: [...skipped, ...pool.skipped] })
    const choice: Choice = {
      // Those that are left alone come last: where the others failed, and their time is over soon.
      candidates: [first.target.candidate, ...[...others.map(({ target }) => target), ...resting].map(({ candidate }) => candidate)],
      ...(isResting && { isResting }),
      canMoveOn: entry !== undefined && (usable.length + resting.length > 1 || (entry.retries ?? DEFAULT_RETRIES).attempts > 0),
      ...(entry && { entry }),
      ...(arm?.assigned && { variant: arm.assigned.variant }),
    }
    const isPlain = pool.targets.length === 1 && pool.skipped.length === 0 && !rule && !arm && note === ''
    if (isPlain) return choice
    const because = rule ? `rule ${rule.name} holds` : ordered.reason
    const decision: RouteDecision = {
      alias: route.alias,
      strategy: entry ? strategy : '',
      reason: [arm?.reason ?? '', because, note].filter((text) => text !== '').join('; '),
      steps: [
        ...ordered.placed.map(({ target, why }, index) => stepOf(target, index === 0 ? 'chosen' : 'next', why)),
        ...skipped,
        ...pool.skipped,
      ],
    }
    return { ...choice, decision }
  }

  function order(
    usable: readonly RouteTarget[],
    { facts, entry, strategy }: { facts: RequestFacts; entry: ModelEntry | undefined; strategy: ModelEntry['strategy'] },
  ): Ordered {
    const [first] = usable
    // With one target a strategy has nothing to say, but why a call is hard or easy is worth knowing all the same.
    if (!entry || (usable.length === 1 && strategy !== 'complexity'))
      return { placed: first ? [{ target: first, why: 'the only one' }] : [], reason: 'the only target that can be used' }
    const { project } = facts.asked
    return orderBy[strategy](usable, {
      facts,
      entry,
      rooms: {
        random: rooms.random,
        statsOf: (target) => rooms.health.statsOf(project, target.candidate),
        costOf: (target, tokens) => rooms.costOf(project, target.candidate, tokens),
      },
    })
  }
}

type Arm = { route: CompiledRoute; assigned?: Assigned; reason: string }

/** provider/model in an arm keeps the patience of the alias, and not what is kept of its answers. */
function asArm(route: CompiledRoute, { cache: _, rules: __, ...entry }: ModelEntry): CompiledRoute {
  return {
    ...route,
    entry: { ...entry, strategy: 'fallback', targets: route.targets.map(({ target }) => target) as ModelEntry['targets'] },
  }
}
