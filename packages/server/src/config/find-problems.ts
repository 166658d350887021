import { type Budget, type Dashboard, declaredDashboardId, type ModelEntry, type Split, type Target } from '@signalbox/schema'
import { own } from '../lib/own.ts'
import { write } from '../lib/yaml/explain.ts'
import { didYouMean } from '../lib/yaml/nearest.ts'
import type { Path } from '../lib/yaml/yaml.ts'

/** What of a project refers to each other, wherever it comes from. */
export type ProjectEntries = {
  providers: Readonly<Record<string, { problem: string | null }>>
  models: Readonly<Record<string, ModelEntry>>
  /** Aliases that can be named, but are not looked at. */
  otherModels?: Readonly<Record<string, ModelEntry>>
  splits: readonly Split[]
  budgets: readonly Budget[]
  dashboards?: readonly Dashboard[]
}
/** `path` is within the project, such as `models.support.targets[1]`; `message` goes on from there: `is skipped: …`. */
export type EntryProblem = { path: Path; part: 'key' | 'value'; severity: 'error' | 'warning'; message: string }

/**
 * What a schema cannot say, for file, UI and API alike: names that nothing has, strategies without what they need, settings without effect.
 * `complete` is false where more may be added to the project than is known here, as for the file.
 */
export function findProblems({ otherModels, ...given }: ProjectEntries, { complete }: { complete: boolean }): EntryProblem[] {
  const problems: EntryProblem[] = []
  const report =
    (severity: EntryProblem['severity']) =>
    (path: Path, message: string, part: 'key' | 'value' = 'value') =>
      void problems.push({ path, part, severity, message })
  const entries = { ...given, models: { ...otherModels, ...given.models } }
  const look: Look = { entries, warn: report('warning'), refuse: report('error'), elsewhere: complete ? '' : ELSEWHERE }
  for (const [name, model] of Object.entries(given.models)) modelProblems(['models', name], model, look)
  for (const [index, split] of entries.splits.entries()) splitProblems(['splits', index], split, look)
  for (const [index, { model }] of entries.budgets.entries()) {
    if (model !== undefined && !matchesSomething(model, entries)) look.warn(['budgets', index, 'model'], unknownModel(model, look))
  }
  for (const section of ['splits', 'budgets'] as const) {
    const names = new Map<string, number>()
    for (const [index, { name }] of entries[section].entries()) {
      const first = names.get(name)
      if (first !== undefined) look.refuse([section, index, 'name'], `is the same as ${section}[${first}].name: each needs its own.`)
      else names.set(name, index)
    }
  }
  const addresses = new Map<string, number>()
  for (const [index, { name }] of (entries.dashboards ?? []).entries()) {
    const address = declaredDashboardId(name)
    const first = addresses.get(address)
    if (first !== undefined)
      look.refuse(['dashboards', index, 'name'], `has the same letters and digits as dashboards[${first}].name: each needs its own.`)
    else addresses.set(address, index)
  }
  return problems
}

/** As a sentence, after the place within whatever is named before. */
export const asSentence = (path: Path, message: string): string => (path.length > 0 ? `${write(path)} ${message}` : message)

type Report = (path: Path, message: string, part?: 'key' | 'value') => void
type Look = { entries: ProjectEntries; warn: Report; refuse: Report; elsewhere: string }
const ELSEWHERE = '; it must be added to the project'

function modelProblems(at: Path, model: ModelEntry, look: Look): void {
  const { strategy, targets, rules = [], regions, cache } = model
  for (const [index, target] of targets.entries()) targetProblems([...at, 'targets', index], target, look)
  for (const [index, rule] of rules.entries()) {
    for (const [position, target] of rule.targets.entries()) targetProblems([...at, 'rules', index, 'targets', position], target, look)
  }
  for (const [needed, lacks, message] of NEEDS) {
    if (strategy === needed && lacks(model)) look.warn([...at, 'strategy'], `is ${needed}, but ${message}.`)
  }
  for (const [setting, user] of Object.entries(USED_BY)) {
    if (model[setting as keyof ModelEntry] !== undefined && strategy !== user)
      look.warn([...at, setting], `has no effect: the strategy is ${strategy}, not ${user}.`, 'key')
  }
  const places = new Set([...targets, ...rules.flatMap((rule) => rule.targets)].map(({ region }) => region))
  if (regions && !regions.some((region) => places.has(region)))
    look.warn([...at, 'regions'], `leaves no target: none has the region ${regions.join(' or ')}.`)
  if (cache?.mode === 'semantic' && cache.embeddings === undefined)
    look.warn([...at, 'cache'], 'is semantic, but does not say what embeds questions (`embeddings`): only equal ones are found.')
  if (cache?.embeddings !== undefined && cache.mode !== 'semantic')
    look.warn([...at, 'cache', 'embeddings'], `has no effect: the mode is ${cache.mode}, not semantic.`, 'key')
  if (cache?.embeddings !== undefined && !leadsSomewhere(cache.embeddings, look.entries))
    look.warn([...at, 'cache', 'embeddings'], unknownModel(cache.embeddings, look))
}

/** What a strategy cannot do without. It still goes through the targets in their order. */
const NEEDS: readonly [ModelEntry['strategy'], lacks: (model: ModelEntry) => boolean, message: string][] = [
  ['rules', ({ rules = [] }) => rules.length === 0, 'there are no rules: targets are taken in their order'],
  ['weighted', ({ targets }) => targets.every(({ weight }) => weight === undefined), 'no target has a weight: all count the same'],
  [
    'weighted',
    ({ targets }) => targets.every(({ weight }) => weight === 0),
    'every weight is 0: none is chosen but in the order of the targets',
  ],
  [
    'complexity',
    ({ targets }) => !['easy', 'hard'].every((tier) => targets.some((target) => target.tier === tier)),
    'it needs a target of tier easy and one of tier hard: targets are taken in their order',
  ],
]
const USED_BY: Partial<Record<keyof ModelEntry, ModelEntry['strategy']>> = {
  rules: 'rules',
  stickyBy: 'sticky',
  latency: 'latency',
  cost: 'cost',
  complexity: 'complexity',
}

function targetProblems(at: Path, target: Target, { entries: { providers }, warn, elsewhere }: Look): void {
  const provider = own(providers, target.provider)
  if (!provider) {
    const known = Object.keys(providers)
    const where = elsewhere ? 'in the file or the environment' : 'in this project'
    const hint = didYouMean(target.provider, known) || ` Known: ${known.join(', ')}.`
    warn([...at, 'provider'], `is "${target.provider}": no provider of this name ${where}${elsewhere}.${hint}`)
  } else if (provider.problem) warn(at, `is skipped: ${target.provider} is not configured (${provider.problem}).`)
}

function splitProblems(at: Path, split: Split, look: Look): void {
  const { entries, warn, refuse, elsewhere } = look
  if (!own(entries.models, split.model)) {
    const hint = didYouMean(split.model, Object.keys(entries.models))
    warn([...at, 'model'], `is "${split.model}": no alias of this name in ${elsewhere ? 'the file' : 'this project'}${elsewhere}.${hint}`)
  }
  const arms: [Path, string][] =
    split.kind === 'weights' ? split.arms.map(({ model }, index) => [['arms', index, 'model'], model]) : [[['to'], split.to]]
  for (const [path, model] of arms) if (!leadsSomewhere(model, entries)) warn([...at, ...path], unknownModel(model, look))
  if (split.kind === 'weights') {
    if (split.arms.every(({ weight }) => weight === 0)) refuse([...at, 'arms'], 'have no weight: give at least one of them more than 0.')
    const twice = split.arms.findIndex(({ name }, index) => split.arms.findIndex((arm) => arm.name === name) < index)
    if (twice !== -1) refuse([...at, 'arms', twice, 'name'], `is "${split.arms[twice]?.name}" for a second time: each arm needs its own.`)
    return
  }
  if (split.to === split.model) warn([...at, 'to'], `is ${split.model} itself: nothing changes.`)
  if (split.kind !== 'canary') return
  const endless = split.steps.findIndex(({ minutes }, index) => minutes === undefined && index < split.steps.length - 1)
  if (endless !== -1) refuse([...at, 'steps', endless], 'has no minutes, so the steps after it never come. Only the last one stays.')
  if (split.steps.at(-1)?.minutes !== undefined)
    warn([...at, 'steps', split.steps.length - 1, 'minutes'], 'has no effect: the last step stays.')
}

/** Vendors whose names for models need no provider before them; any other bare name goes to `openai`. */
const VENDORS: readonly [RegExp, string][] = [
  [/^claude-/, 'anthropic'],
  [/^gemini-/, 'google'],
]

/** Whether a call that asks for this name goes anywhere. */
function leadsSomewhere(name: string, { models, providers }: ProjectEntries): boolean {
  if (own(models, name)) return true
  const slash = name.indexOf('/')
  if (slash > 0) return own(providers, name.slice(0, slash)) !== undefined
  const vendor = VENDORS.find(([pattern]) => pattern.test(name))?.[1]
  return own(providers, vendor ?? 'openai') !== undefined || own(providers, 'openai') !== undefined
}

function matchesSomething(pattern: string, entries: ProjectEntries): boolean {
  if (!pattern.endsWith('*')) return leadsSomewhere(pattern, entries)
  const prefix = pattern.slice(0, -1)
  const starts = Object.keys(entries.providers).map((name) => `${name}/`)
  return (
    Object.keys(entries.models).some((name) => name.startsWith(prefix)) ||
    starts.some((start) => start.startsWith(prefix) || prefix.startsWith(start)) ||
    !prefix.includes('/')
  )
}

function unknownModel(name: string, { entries: { models, providers }, elsewhere }: Look): string {
  const slash = name.indexOf('/')
  const hint = didYouMean(name, Object.keys(models)) || (slash > 0 ? didYouMean(name.slice(0, slash), Object.keys(providers)) : '')
  return `is "${name}": no alias of this name, and no provider/model${elsewhere}.${hint}`
}
