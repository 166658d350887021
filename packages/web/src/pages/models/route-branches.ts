import type { Condition, Model, Provider, ShownSplit, Strategy, Target } from '@signalbox/schema'
import { OPERATOR_TITLES } from '../../lib/filter-search.ts'
import { formatPart } from '../../lib/format-number.ts'
import { describeStrategy, STRATEGIES, shareOf } from './strategies.ts'

/** Where a branch of a route leads: a target of the alias, or another name that is asked for. */
export type BranchTarget = {
  id: string
  /** `provider/model`, or an alias. */
  name: string
  /** An alias of the same project, to be opened. */
  alias?: string
  provider?: string
  model?: string
  /** `1st`, `70%`, `easy`, … */
  role?: string
  notes: string[]
  problem: string | null
}
/** One way that a call can go through an alias. */
export type Branch = {
  id: string
  kind: 'strategy' | 'rule' | 'split' | 'shadow'
  title: string
  /** Lines of words below it. */
  lines: string[]
  targets: BranchTarget[]
  /** No call gets here. */
  idle: boolean
}

type Around = { splits: readonly ShownSplit[]; aliases: ReadonlySet<string>; providers: readonly Provider[] }

/** The ways of an alias from top to bottom: splits, rules, then its own targets. */
export function branchesOf(model: Model, { splits, aliases, providers }: Around): Branch[] {
  const own = splits.filter((split) => split.model === model.name && split.active && !split.hidden)
  const dividing = own.find(({ kind }) => kind !== 'shadow')
  const arms = dividing ? armBranches(dividing, { aliases, self: model.name }) : []
  const staysHere = !dividing || dividing.kind === 'canary' || (dividing.arms ?? []).some((arm) => arm.model === model.name)
  return [
    ...arms,
    ...(model.strategy === 'rules' ? (model.rules ?? []) : []).map(
      (rule, at): Branch => ({
        id: `rule ${at}`,
        kind: 'rule',
        title: rule.name ?? `Rule ${at + 1}`,
        lines: rule.if.map(describeCondition),
        targets: rule.targets.map((target, place) =>
          toTarget(target, { id: `rule ${at} ${place}`, role: ordinal(place), problem: problemOf(providers, target) }),
        ),
        idle: !staysHere,
      }),
    ),
    {
      id: 'own',
      kind: 'strategy',
      title: model.strategy === 'rules' ? 'Otherwise' : model.targets.length === 1 ? 'One target' : STRATEGIES[model.strategy].title,
      lines: [model.strategy === 'rules' ? 'In their order.' : describeStrategy(model), ...restOf(dividing, model.name)],
      targets: model.targets.map((target, place) =>
        toTarget(target, {
          id: `own ${place}`,
          role: roleOf(model.strategy, target, { place, all: model.targets }),
          problem: target.usable ? null : (target.problem ?? 'cannot be used'),
        }),
      ),
      idle: !staysHere,
    },
    ...own
      .filter(({ kind }) => kind === 'shadow')
      .map(
        (split): Branch => ({
          id: `split ${split.name}`,
          kind: 'shadow',
          title: `Shadow ${split.name}`,
          lines: [`${formatPart(split.sample ?? 1)} of the calls, mirrored after the answer. Nobody waits for it.`],
          targets: [toName(split.to ?? '', { id: `split ${split.name}`, aliases })],
          idle: false,
        }),
      ),
  ]
}

function armBranches(split: ShownSplit, { aliases, self }: { aliases: ReadonlySet<string>; self: string }): Branch[] {
  if (split.kind === 'canary') {
    return [
      {
        id: `split ${split.name}`,
        kind: 'split',
        title: `Canary ${split.name}`,
        lines: [(split.steps ?? []).map(({ percent }) => `${percent}%`).join(' → ')],
        targets: [toName(split.to ?? '', { id: `split ${split.name}`, aliases })],
        idle: false,
      },
    ]
  }
  const arms = split.arms ?? []
  return arms
    .filter((arm) => arm.model !== self)
    .map((arm) => ({
      id: `split ${split.name} ${arm.name}`,
      kind: 'split' as const,
      title: `${formatPart(shareOf(arm, arms))} ${arm.name}`,
      lines: [`Split ${split.name}, by ${split.by ?? 'user'}.`],
      targets: [toName(arm.model, { id: `split ${split.name} ${arm.name}`, aliases })],
      idle: arm.weight === 0,
    }))
}

/** What of a split stays with the alias itself. */
function restOf(split: ShownSplit | undefined, self: string): string[] {
  if (!split) return []
  if (split.kind === 'canary') return [`The rest of canary ${split.name}.`]
  const arms = split.arms ?? []
  const own = arms.find(({ model }) => model === self)
  return own ? [`${formatPart(shareOf(own, arms))} ${own.name}, of split ${split.name}.`] : [`No calls while split ${split.name} is on.`]
}

const toName = (name: string, { id, aliases }: { id: string; aliases: ReadonlySet<string> }): BranchTarget => ({
  id,
  name,
  ...(aliases.has(name) ? { alias: name } : providerOf(name)),
  notes: aliases.has(name) ? ['an alias'] : [],
  problem: null,
})
const providerOf = (name: string) => {
  const slash = name.indexOf('/')
  return slash > 0 ? { provider: name.slice(0, slash), model: name.slice(slash + 1) } : {}
}

type Shown = { id: string; role: string | undefined; problem: string | null }
const toTarget = (target: Target, { id, role, problem }: Shown): BranchTarget => ({
  id,
  name: `${target.provider}/${target.model}`,
  provider: target.provider,
  model: target.model,
  ...(role !== undefined && { role }),
  notes: [
    ...(target.region ? [target.region] : []),
    ...(target.contextWindow ? [`${target.contextWindow.toLocaleString('en-US')} tokens`] : []),
    ...(target.modalities ? [target.modalities.join(', ')] : []),
  ],
  problem,
})

/** Targets of rules are not marked by the API, as those of the alias are. */
function problemOf(providers: readonly Provider[], { provider }: Target): string | null {
  const found = providers.find(({ name }) => name === provider)
  if (!found) return providers.length === 0 ? null : 'no such provider'
  return found.configured ? null : (found.problem ?? 'not configured')
}

function roleOf(strategy: Strategy, target: Target, { place, all }: { place: number; all: readonly Target[] }): string | undefined {
  if (all.length === 1) return undefined
  if (STRATEGIES[strategy].weighs) return formatPart(shareOf(target, all))
  if (strategy === 'complexity') return target.tier ?? 'any'
  return strategy === 'fallback' || strategy === 'rules' ? ordinal(place) : undefined
}

const ordinal = (place: number): string => ['1st', '2nd', '3rd'][place] ?? `${place + 1}th`

/** `metadata.plan is gold`. */
export function describeCondition({ field, op, value }: Condition): string {
  if (op === 'exists') return `${field} is ${value === false ? 'not set' : 'set'}`
  return `${field} ${OPERATOR_TITLES[op]} ${Array.isArray(value) ? value.join(', ') : String(value)}`
}
