import { AppError, type ModelEntry, type RouteStep, type SnapshotProject, type Target } from '@signalbox/schema'
import { hashText } from '../../lib/hash-text.ts'
import { own } from '../../lib/own.ts'
import { listContextWindow } from '../../pricing/list-rates.ts'
import { pricedAs } from '../../pricing/price.ts'
import { directTarget } from '../route.ts'
import type { RequestFacts } from './facts.ts'
import { isWithin } from './filters.ts'
import type { RouteTarget } from './route-target.ts'
import type { Candidate } from './router.ts'
import { compileRule } from './rules.ts'

/** Targets that can be used by the configuration alone, and those that cannot, with the reason. */
export type TargetPool = { targets: readonly RouteTarget[]; skipped: readonly RouteStep[] }

/** A name that can be asked for, with everything worked out that does not depend on the call. */
export type CompiledRoute = TargetPool & {
  /** Of the alias; '' for provider/model. */
  alias: string
  entry?: ModelEntry
  rules: readonly CompiledRule[]
}
type CompiledRule = TargetPool & { name: string; holds(facts: RequestFacts): boolean }

/** The routes of a project, each compiled when it is asked for the first time. Throws `model-not-found` or `provider-not-configured`. */
export function compileRoutes(project: SnapshotProject): (name: string) => CompiledRoute {
  const aliases = new Map<string, CompiledRoute>()
  return (name) => {
    const known = aliases.get(name)
    if (known) return known
    const entry = own(project.models, name)
    // What is no alias comes from clients: it is not kept, for their number is not ours to choose.
    if (!entry) return { alias: '', targets: [direct(directTarget(project, name))], skipped: [], rules: [] }
    const compiled = compileEntry(project, name, entry)
    aliases.set(name, compiled)
    return compiled
  }
}

/** One alias as it would be with this configuration. */
export function compileEntry(project: SnapshotProject, alias: string, entry: ModelEntry): CompiledRoute {
  return {
    alias,
    entry,
    ...poolOf(project, entry, entry.targets),
    rules: (entry.rules ?? []).map((rule, index) => ({
      name: rule.name ?? `${index + 1}`,
      holds: compileRule(rule),
      ...poolOf(project, entry, rule.targets),
    })),
  }
}

/** What is said where no target of an alias can be used. */
export function nothingUsable({ alias, skipped }: Pick<CompiledRoute, 'alias' | 'skipped'>): AppError {
  const problems = skipped.map(({ provider, reason }) => `${provider}: ${reason}`).join('; ')
  return new AppError('provider-not-configured', `No target of ${alias} can be used (${problems}).`)
}

function poolOf(project: SnapshotProject, { regions }: ModelEntry, list: readonly Target[]): TargetPool {
  const targets: RouteTarget[] = []
  const skipped: RouteStep[] = []
  for (const target of list) {
    const provider = own(project.providers, target.provider)
    const problem = provider ? provider.problem : 'no such provider'
    const isAway = regions !== undefined && !regions.some((region) => isWithin(target.region, region))
    const reason = problem ?? (isAway ? `it is not in ${regions.join(' or ')}` : undefined)
    if (provider && reason === undefined) targets.push(routeTarget({ provider, model: target.model }, target))
    else skipped.push({ provider: target.provider, model: target.model, place: 'skipped', reason: reason ?? 'it cannot be used' })
  }
  return { targets, skipped }
}

const direct = (candidate: Candidate): RouteTarget => routeTarget(candidate, { provider: candidate.provider.name, model: candidate.model })

function routeTarget(candidate: Candidate, target: Target): RouteTarget {
  const { provider, model } = candidate
  const name = `${provider.name}/${model}`
  return {
    candidate,
    target,
    name,
    weight: target.weight ?? 1,
    hash: hashText(name),
    contextWindow: target.contextWindow ?? listContextWindow(pricedAs(provider), model),
  }
}
