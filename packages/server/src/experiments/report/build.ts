import type { Gate } from '@signalbox/schema/experiment'
import { type Baseline, baselineRows } from '../baseline.ts'
import { adjust, type Facts, type GateResult, judge } from '../gate.ts'
import type { Plan } from '../plan.ts'
import type { RunFrame } from '../run/frames.ts'
import { partsOf } from '../run/journal.ts'
import { type Comparison, compare } from './compare.ts'
import { pairsOf, rowScores } from './pairs.ts'
import { type CallSummary, type MetricSummary, summarise, summariseCalls } from './summarise.ts'
import { CELL, ROW, type Table } from './table.ts'

export type Report = {
  name: string
  run: string
  startedAt: string
  finishedAt: string
  signalbox: string
  dataset: { rows: number; hash: string }
  variants: string[]
  repeats: number
  seed: number
  /** Why the run ended before all rows were reached. */
  stopped: string | null
  rows: { total: number; reached: number; failed: number; errors: number; cached: number; damaged: number }
  metrics: MetricSummary[]
  calls: CallSummary[]
  /** Formulas over the metrics of a variant; null where something of it was not scored. */
  derived: DerivedValue[]
  comparisons: Comparison[]
  gate: GateResult
  costUsd: number | null
  judgeCostUsd: number
  tokens: { input: number; output: number }
}

export type DerivedValue = { name: string; variant: string; value: number | null }

export type BuildOptions = {
  plan: Plan
  table: Table
  run: RunFrame
  repeats: number
  gate: Gate | undefined
  baseline: Baseline | undefined
  stopped: string | undefined
  version: string
  passRate: number
}

/** Everything a report says, worked out from rows. */
export function buildReport(options: BuildOptions): Report {
  const { plan, table, gate, run, repeats } = options
  const metrics = summariesOf(options)
  const calls = plan.variants.map(({ id }, variant) => {
    const row = metrics.find((one) => one.metric === ROW && one.variant === id)
    return summariseCalls(table, { variant, name: id, passed: Math.round((row?.mean ?? 0) * (row?.scored ?? 0)) })
  })
  const found = reachedOf(options)
  const comparisons = comparisonsOf(options, metrics)
  adjust(comparisons, gate?.alpha ?? 0.05)
  const facts: Facts = {
    gate,
    comparisons,
    metrics,
    calls,
    errorRate: found.reached === 0 ? 0 : found.errors / found.reached,
    missing: found.missing,
    stopped: options.stopped,
    critical: criticalOf(options),
    passRate: options.passRate,
    advisory: plan.advisory ?? new Map(),
  }
  const costs = calls.map(({ costUsd }) => costUsd)
  return {
    name: plan.name,
    run: run.id,
    startedAt: run.startedAt,
    finishedAt: new Date().toISOString(),
    signalbox: options.version,
    dataset: { rows: plan.cases.count, hash: plan.cases.hash },
    variants: plan.variants.map(({ id }) => id),
    repeats,
    seed: plan.seed,
    stopped: found.missing > 0 ? (options.stopped ?? 'The run was stopped.') : null,
    rows: {
      total: found.reached + found.missing,
      reached: found.reached,
      failed: found.failed,
      errors: found.errors,
      cached: table.cached,
      damaged: table.damaged,
    },
    metrics,
    calls,
    derived: derivedOf(options, metrics),
    comparisons,
    gate: judge(facts),
    costUsd: costs.includes(null) ? null : costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0) + table.judgeCostUsd,
    judgeCostUsd: table.judgeCostUsd,
    tokens: { input: table.inputTokens, output: table.outputTokens },
  }
}

function summariesOf({ plan, table, repeats }: BuildOptions): MetricSummary[] {
  const clusters = (index: number) => plan.cases.clusterAt(index)
  return [...table.metrics.keys()].flatMap((metric) =>
    plan.variants.map(({ id }, variant) =>
      summarise(
        table,
        { metric, variant, name: id, repeats, seed: plan.seed, higherIsBetter: metric === ROW || plan.higherIsBetter(metric) },
        clusters,
      ),
    ),
  )
}

/** One formula may build on those before it. */
function derivedOf({ plan }: BuildOptions, metrics: readonly MetricSummary[]): DerivedValue[] {
  const { derived = [] } = plan
  if (derived.length === 0) return []
  return plan.variants.flatMap(({ id: variant }) => {
    const own = metrics.filter((one) => one.variant === variant && one.scored > 0)
    const values: Record<string, number> = Object.fromEntries(own.map(({ metric, mean, scored }) => [metric, (mean ?? 0) * scored]))
    const row = metrics.find((one) => one.variant === variant && one.metric === ROW)
    values.__count = row ? row.scored + row.errors + row.na : plan.cases.count
    return derived.map(({ name, value: formula }) => {
      const value = formula(values)
      values[name] = value
      return { name, variant, value: Number.isFinite(value) ? value : null }
    })
  })
}

function reachedOf({ plan, table }: BuildOptions) {
  const rows = table.metrics.get(ROW)
  const counts = { reached: 0, missing: 0, failed: 0, errors: 0 }
  for (let item = 0; item < table.items; item++) {
    const call = table.calls[item] ?? 0
    const state = rows?.states[item] ?? CELL.none
    if (call === 0 || state === CELL.none) {
      const at = partsOf(table.numbers, item)
      const { takes } = plan.variants[at.variant] ?? {}
      if (!takes || takes(plan.cases.at(at.case))) counts.missing++
      continue
    }
    counts.reached++
    if (state === CELL.error) counts.errors++
    else if (state === CELL.scored && rows?.scores[item] === 0) counts.failed++
  }
  return counts
}

/** Against a variant of the run, or against what was pinned. None where there is nothing to hold it against. */
function comparisonsOf(options: BuildOptions, metrics: readonly MetricSummary[]): Comparison[] {
  const { plan, table, gate, baseline } = options
  const against = plan.variants.findIndex(({ id }) => id === gate?.vs)
  if (against === -1 && !baseline) return []
  const named = [...new Set((gate?.rules ?? []).filter(({ rule }) => rule !== 'min').map(({ metric }) => metric))]
  const onlyMinimum = (gate?.rules.length ?? 0) > 0 && named.length === 0
  if (onlyMinimum) return []
  const gated = named.length > 0 ? named : metricsToGate(metrics)
  const clusters = (index: number) => plan.cases.clusterAt(index)
  return gated.flatMap((metric) =>
    plan.variants.flatMap(({ id }, variant) => {
      const rules = gate?.rules.filter((rule) => rule.rule !== 'min' && rule.metric === metric) ?? []
      if (variant === against || (rules.length > 0 && !rules.some((rule) => (rule.variant ?? id) === id))) return []
      const candidate = rowScores(table, metric, variant)
      const idOf = (index: number) => plan.cases.idAt(index)
      const { pairs, unpaired } =
        against === -1 && baseline
          ? pairsOf(baselineRows(baseline, metric), candidate, { keyOf: idOf, idOf, clusterOf: clusters })
          : pairsOf(rowScores(table, metric, against), candidate, { keyOf: (index) => index, idOf, clusterOf: clusters })
      return compare(pairs, {
        metric,
        variant: id,
        baseline: against === -1 ? `the baseline ${baseline?.variant ?? ''}`.trim() : (plan.variants[against]?.id ?? ''),
        unpaired,
        higherIsBetter: metric === ROW || plan.higherIsBetter(metric),
        seed: plan.seed,
        alpha: gate?.alpha ?? 0.05,
      })
    }),
  )
}

/** Whether rows pass, where anything says so; else every metric. */
function metricsToGate(metrics: readonly MetricSummary[]): string[] {
  const scored = [...new Set(metrics.filter((one) => one.scored > 0).map(({ metric }) => metric))]
  return scored.includes(ROW) ? [ROW] : scored.filter((metric) => metric !== ROW)
}

function criticalOf({ plan, table, gate, repeats }: BuildOptions): Facts['critical'] {
  const tag = gate?.critical ?? 'critical'
  const rows = table.metrics.get(ROW)
  const [failed, unknown] = [new Set<string>(), new Set<string>()]
  let total = 0
  for (let index = 0; index < plan.cases.count; index++) {
    if (!plan.cases.tagsAt(index).includes(tag)) continue
    const one = plan.cases.at(index)
    total++
    for (const [variant, { id, takes }] of plan.variants.entries()) {
      if (id === gate?.vs || (takes && !takes(one))) continue
      for (let repeat = 0; repeat < repeats; repeat++) {
        const item = (repeat * table.numbers.cases + index) * table.numbers.variants + variant
        if (rows?.states[item] !== CELL.scored) unknown.add(one.id)
        else if (rows.scores[item] === 0) failed.add(one.id)
      }
    }
  }
  return { failed: [...failed], unknown: [...unknown].filter((id) => !failed.has(id)), total }
}
