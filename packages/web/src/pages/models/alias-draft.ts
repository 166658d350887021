import {
  type Condition,
  FALLBACK_ON,
  type FailureClass,
  type Model,
  ModelChange,
  type ModelEntry,
  NewModel,
  type Strategy,
} from '@signalbox/schema'
import type { z } from 'zod'
import { type Problems, problemsOf } from '../../ui/save-form.tsx'

/** A part of a form as it was typed: numbers that are none yet are text. */
export type Fields = Record<string, unknown>
export type TargetDraft = { key: number; provider: string; model: string } & Fields
export type ConditionDraft = { key: number; field: string; op: Condition['op']; value: string }
export type RuleDraft = { key: number; name: string; if: ConditionDraft[]; targets: TargetDraft[] }
/** An alias on its way through the form. */
export type AliasDraft = {
  name: string
  strategy: Strategy
  targets: TargetDraft[]
  rules: RuleDraft[]
  stickyBy: string
  latency: Fields
  cost: Fields
  complexity: Fields
  retries: Fields
  breaker: Fields | false
  timeouts: Fields
  cache: Fields
  fallbackOn: readonly FailureClass[]
  regions: string
}

let count = 0
/** Tells rows of a list apart while they are moved and changed. */
export const newKey = (): number => ++count

export const newTarget = (provider = ''): TargetDraft => ({ key: newKey(), provider, model: '' })
export const newRule = (provider = ''): RuleDraft => ({
  key: newKey(),
  name: '',
  if: [{ key: newKey(), field: 'metadata.plan', op: 'eq', value: '' }],
  targets: [newTarget(provider)],
})

/** What the form begins with: nothing yet, or what is there. */
export function toDraft(model: Model | null, provider: string): AliasDraft {
  const toTarget = ({
    usable: _,
    problem: __,
    ...target
  }: ModelEntry['targets'][number] & { usable?: boolean; problem?: string | null }): TargetDraft => ({
    ...target,
    key: newKey(),
  })
  return {
    name: model?.name ?? '',
    strategy: model?.strategy ?? 'fallback',
    targets: model ? model.targets.map(toTarget) : [newTarget(provider)],
    rules: (model?.rules ?? []).map((rule) => ({
      key: newKey(),
      name: rule.name ?? '',
      if: rule.if.map(({ field, op, value }) => ({ key: newKey(), field, op, value: writeValue(value) })),
      targets: rule.targets.map(toTarget),
    })),
    stickyBy: model?.stickyBy ?? '',
    latency: model?.latency ?? {},
    cost: model?.cost ?? {},
    complexity: model?.complexity ?? {},
    retries: model?.retries ?? {},
    breaker: model?.breaker ?? {},
    timeouts: model?.timeouts ?? {},
    cache: model?.cache ?? {},
    fallbackOn: model?.fallbackOn ?? FALLBACK_ON,
    regions: (model?.regions ?? []).join(', '),
  }
}

export type Read<T> = { value: T; problems: null } | { value: null; problems: Problems }

/** The alias that was typed, or what is wrong by its place: `targets.0.model`. */
export const readNew = (draft: AliasDraft): Read<z.output<typeof NewModel>> =>
  read(NewModel, { name: draft.name.trim(), ...entryOf(draft) })

/** What replaces the alias that is there: what was emptied is taken away. */
export function readChange(draft: AliasDraft): Read<z.output<typeof ModelChange>> {
  const entry = entryOf(draft)
  const emptied = Object.keys(ModelChange.shape).filter((name) => !(name in entry))
  return read(ModelChange, { ...Object.fromEntries(emptied.map((name) => [name, null])), ...entry })
}

function read<S extends z.ZodType>(schema: S, value: unknown): Read<z.output<S>> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return { value: parsed.data, problems: null }
  return { value: null, problems: problemsOf(parsed.error) }
}

/** Only what belongs to the strategy is sent. */
function entryOf(draft: AliasDraft): Fields {
  const { strategy } = draft
  const regions = draft.regions.split(',').flatMap((region) => (region.trim() ? [region.trim()] : []))
  const usual = draft.fallbackOn.length === FALLBACK_ON.length && FALLBACK_ON.every((name) => draft.fallbackOn.includes(name))
  return {
    strategy,
    targets: draft.targets.map(targetOf),
    ...(strategy === 'rules' && {
      rules: draft.rules.map((rule) => ({
        ...(rule.name.trim() && { name: rule.name.trim() }),
        if: rule.if.map(conditionOf),
        targets: rule.targets.map(targetOf),
      })),
    }),
    ...(strategy === 'sticky' && draft.stickyBy && { stickyBy: draft.stickyBy }),
    ...(strategy === 'latency' && given('latency', draft.latency)),
    ...(strategy === 'cost' && given('cost', draft.cost)),
    ...(strategy === 'complexity' && given('complexity', draft.complexity)),
    ...given('retries', draft.retries),
    ...(draft.breaker === false ? { breaker: false } : given('breaker', draft.breaker)),
    ...given('timeouts', draft.timeouts),
    ...given('cache', draft.cache),
    ...(!usual && { fallbackOn: draft.fallbackOn }),
    ...(regions.length > 0 && { regions }),
  }
}

const given = (name: string, fields: Fields): Fields => (Object.keys(fields).length > 0 ? { [name]: fields } : {})

const targetOf = ({ key: _, ...target }: TargetDraft): Fields => ({ ...target, model: target.model.trim() })

const NUMBERS = new Set(['inputTokens', 'maxTokens', 'tools', 'budgetLeft', 'hour'])
function conditionOf({ field, op, value }: ConditionDraft): Fields {
  const scalar = (text: string) => (NUMBERS.has(field) && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text.trim())
  const isYes = /^(true|yes)$/i.test(value.trim())
  if (op === 'exists') return { field: field.trim(), op, ...(/^(false|no)$/i.test(value.trim()) && { value: false }) }
  if (op === 'in') return { field: field.trim(), op, value: value.split(',').map(scalar) }
  return { field: field.trim(), op, value: field === 'stream' ? isYes : scalar(value) }
}

const writeValue = (value: Condition['value']): string =>
  Array.isArray(value) ? value.join(', ') : value === undefined ? '' : String(value)
