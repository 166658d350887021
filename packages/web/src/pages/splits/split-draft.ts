import type { ShownSplit } from '@signalbox/schema'

export type Kind = ShownSplit['kind']
export type Arm = { key: number; name: string; model: string; weight: unknown }
export type Step = { key: number; percent: unknown; minutes: unknown }
/** A split on its way through the form: numbers that are none yet are text. */
export type SplitDraft = {
  name: string
  kind: Kind
  model: string
  to: string
  by: string
  startsAt: string
  arms: Arm[]
  steps: Step[]
  fields: Record<string, unknown>
}

let count = 0
/** Tells rows of a list apart while they are changed. */
export const nextKey = () => ++count

/** What the form begins with: nothing yet, or what is there. */
export function toDraft(split: ShownSplit | null): SplitDraft {
  return {
    name: split?.name ?? '',
    kind: split?.kind ?? 'weights',
    model: split?.model ?? '',
    to: split?.to ?? '',
    by: split?.by ?? 'user',
    startsAt: localTime(split?.startsAt ? new Date(split.startsAt) : new Date()),
    arms: (
      split?.arms ?? [
        { name: 'before', model: '', weight: 50 },
        { name: 'after', model: '', weight: 50 },
      ]
    ).map((arm) => ({ key: nextKey(), ...arm })),
    steps: (split?.steps ?? [{ percent: 5, minutes: 60 }, { percent: 25, minutes: 240 }, { percent: 100 }]).map((step) => ({
      key: nextKey(),
      percent: step.percent,
      minutes: step.minutes ?? 60,
    })),
    fields: {
      ...(split?.sample !== undefined && { sample: split.sample }),
      ...(split?.budgetUsdPerDay !== undefined && { budgetUsdPerDay: split.budgetUsdPerDay }),
      ...(split?.stopAtErrorRate !== undefined && { stopAtErrorRate: split.stopAtErrorRate }),
    },
  }
}

/** As a field for a moment wants it: local, without seconds. */
const localTime = (date: Date): string => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)

/** Only what belongs to the kind. */
export function valuesOf({ kind, model, to, by, startsAt, arms, steps, fields }: SplitDraft): Record<string, unknown> {
  const begins = new Date(startsAt)
  const pick = (...names: string[]) => Object.fromEntries(names.flatMap((name) => (name in fields ? [[name, fields[name]]] : [])))
  const own: Record<Kind, () => Record<string, unknown>> = {
    weights: () => ({ by, arms: arms.map(({ name, model: to, weight }) => ({ name: name.trim(), model: to.trim(), weight })) }),
    shadow: () => ({ to: to.trim(), ...pick('sample', 'budgetUsdPerDay') }),
    canary: () => ({
      to: to.trim(),
      by,
      startsAt: Number.isNaN(begins.getTime()) ? startsAt : begins.toISOString(),
      steps: steps.map(({ percent, minutes }, at) => ({ percent, ...(at < steps.length - 1 && { minutes }) })),
      ...pick('stopAtErrorRate'),
    }),
  }
  return { model: model.trim(), ...own[kind]() }
}

/** What was there and is not any more is taken away. */
export const emptied = (split: ShownSplit, given: Record<string, unknown>): Record<string, null> =>
  Object.fromEntries(
    (['sample', 'budgetUsdPerDay', 'stopAtErrorRate'] as const).flatMap((name) =>
      split[name] !== undefined && !(name in given) ? [[name, null]] : [],
    ),
  )
