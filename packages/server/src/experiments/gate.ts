import type { Gate, GateRule } from '@signalbox/schema/experiment'
import { holm } from '../statistics/many.ts'
import { type Comparison, shown } from './report/compare.ts'
import type { CallSummary, MetricSummary } from './report/summarise.ts'
import { ROW } from './report/table.ts'

export type GateOutcome = 'pass' | 'fail' | 'inconclusive' | 'errors'
export type GateFinding = { name: string; outcome: GateOutcome; message: string }
export type GateResult = { outcome: GateOutcome; exitCode: number; findings: GateFinding[] }

export const EXIT: Record<GateOutcome, number> = { pass: 0, fail: 10, inconclusive: 11, errors: 12 }

export type Facts = {
  /** Absent: no gate was written. */
  gate: Gate | undefined
  comparisons: Comparison[]
  metrics: readonly MetricSummary[]
  calls: readonly CallSummary[]
  errorRate: number
  /** Rows that were not reached. */
  missing: number
  stopped: string | undefined
  /** Rows that must pass and did not, or of which that is not known. */
  critical: { failed: readonly string[]; unknown: readonly string[]; total: number }
  /** Without a gate and a baseline: which share of the rows must pass. */
  passRate: number
  /** Metrics that are told and do not decide, with the reason. */
  advisory: ReadonlyMap<string, string>
}

/** Adjusts the p-values of the hypotheses of a gate for how many there are (Holm), in place. */
export function adjust(comparisons: readonly Comparison[], alpha: number): void {
  const { pValues } = holm({ pValues: comparisons.map(({ pValue }) => pValue), alpha })
  for (const [at, one] of comparisons.entries()) {
    one.adjustedP = pValues[at] ?? one.pValue
    if (one.verdict !== 'not enough data') one.verdict = shown({ ...one, pValue: one.adjustedP, alpha })
  }
}

/** What a run is let through by, rule by rule. Only rows decide; what could not be decided is said, and is no pass. */
export function judge(facts: Facts): GateResult {
  const { gate, missing, stopped } = facts
  const findings: GateFinding[] = [errorsOf(facts)]
  if (missing > 0)
    findings.push({
      name: 'complete',
      outcome: 'inconclusive',
      message: `${missing} rows were not reached${stopped ? `: ${stopped}` : '.'}`,
    })
  const { failed, unknown, total } = facts.critical
  if (total > 0) {
    if (failed.length > 0)
      findings.push({
        name: 'critical',
        outcome: 'fail',
        message: `${failed.length} of ${total} rows that must pass did not: ${some(failed)}.`,
      })
    else if (unknown.length > 0)
      findings.push({
        name: 'critical',
        outcome: 'inconclusive',
        message: `${unknown.length} of ${total} rows that must pass have no verdict: ${some(unknown)}.`,
      })
    else findings.push({ name: 'critical', outcome: 'pass', message: `All ${total} rows that must pass did.` })
  }
  if (gate) {
    findings.push(
      ...gate.rules
        .filter(({ rule }) => rule === 'min')
        .flatMap((rule) => minimum(rule, facts, gate).map((found) => counted(found, rule, facts))),
    )
    findings.push(...budgetsOf(gate, facts))
  }
  const { alpha = 0.05, minN = 1 } = gate ?? {}
  for (const one of facts.comparisons) findings.push(counted(decide(ruleFor(one, gate), one, { alpha, minN }), one, facts))
  if (facts.comparisons.length === 0 && (gate?.rules.length ?? 0) === 0) findings.push(...everyRow(facts))
  const outcome = worst(findings)
  return { outcome, exitCode: exitCodeOf(outcome, gate), findings }
}

/** What a metric shows that does not decide stops nothing, and says so. */
function counted(found: GateFinding, { metric }: { metric: string }, { advisory }: Facts): GateFinding {
  const why = advisory.get(metric)
  if (why === undefined || found.outcome === 'pass') return found
  return { ...found, outcome: 'pass', message: `${found.message} It does not count, as this judge is below its bar: ${why}` }
}

export const ruleFor = ({ metric, variant }: { metric: string; variant: string }, gate: Gate | undefined): GateRule =>
  gate?.rules.find((rule) => rule.rule !== 'min' && rule.metric === metric && (rule.variant ?? variant) === variant) ?? {
    metric,
    rule: 'noninferior',
    bound: 'mean',
  }

/**
 * `noninferior`: passes when the interval leaves no room for being worse by the margin, fails when it is shown to be worse, and is
 * inconclusive between the two. `better`: passes when that is shown, fails when worse is.
 */
export function decide(rule: GateRule, one: Comparison, { alpha, minN }: { alpha: number; minN: number }): GateFinding {
  const name = `${one.metric} of ${one.variant} against ${one.baseline}`
  const sign = one.higherIsBetter ? 1 : -1
  const low = sign === 1 ? one.ci.low : -one.ci.high
  const gain = sign * one.difference
  const verdict = one.verdict === 'not enough data' ? one.verdict : shown({ ...one, pValue: one.adjustedP, alpha })
  const told = `${signed(gain)} (95 % interval ${signed(low)} to ${signed(sign === 1 ? one.ci.high : -one.ci.low)}, p ${shortP(one.adjustedP)}, n ${one.n})`
  if (one.n < minN || verdict === 'not enough data')
    return { name, outcome: 'inconclusive', message: `${one.n} rows that both have are too few to say anything.` }
  if (rule.rule === 'better') {
    if (verdict === 'better') return { name, outcome: 'pass', message: `Better: ${told}.` }
    return verdict === 'worse'
      ? { name, outcome: 'fail', message: `Worse: ${told}.` }
      : { name, outcome: 'inconclusive', message: `Not shown to be better: ${told}.` }
  }
  const margin = marginOf(rule, one)
  if (low > -margin) return { name, outcome: 'pass', message: `Not worse by ${round(margin)} or more: ${told}.` }
  if (verdict === 'worse') return { name, outcome: 'fail', message: `Worse: ${told}.` }
  return {
    name,
    outcome: 'inconclusive',
    message: `It may be worse by ${round(margin)} or more, which these rows can neither show nor rule out: ${told}. With them a difference of ${round(one.detectable)} would show.`,
  }
}

export const marginOf = ({ margin }: GateRule, { baselineMean, candidateMean }: Comparison): number =>
  margin ?? 0.02 * Math.max(1, Math.max(Math.abs(baselineMean), Math.abs(candidateMean)) > 1 ? Math.abs(baselineMean) : 1)

function minimum({ metric, value = 1, bound, variant }: GateRule, { metrics }: Facts, { minN }: Gate): GateFinding[] {
  const found = metrics.filter((one) => one.metric === metric && (variant === undefined || one.variant === variant))
  if (found.length === 0)
    return [{ name: `${metric} at least ${value}`, outcome: 'inconclusive', message: `Nothing was scored by "${metric}".` }]
  return found.map(({ variant: of, mean, ci, scored, higherIsBetter }) => {
    const name = `${metric} of ${of} ${higherIsBetter ? 'at least' : 'at most'} ${value}`
    if (mean === null || scored < minN) return { name, outcome: 'inconclusive' as const, message: `${scored} scored rows are too few.` }
    const told = `${round(mean)}${ci ? ` (${round(ci.low)} to ${round(ci.high)})` : ''}, n ${scored}`
    const holds = (number: number) => (higherIsBetter ? number >= value : number <= value)
    if (bound === 'mean' || !ci) return { name, outcome: holds(mean) ? ('pass' as const) : ('fail' as const), message: told }
    const [near, far] = higherIsBetter ? [ci.low, ci.high] : [ci.high, ci.low]
    return { name, outcome: holds(near) ? ('pass' as const) : holds(far) ? ('inconclusive' as const) : ('fail' as const), message: told }
  })
}

function budgetsOf({ budget }: Gate, { calls }: Facts): GateFinding[] {
  const limits = [
    { name: 'cost', limit: budget.costUsd, of: (one: CallSummary) => one.costUsd, unit: 'USD' },
    { name: 'p95', limit: budget.p95Ms, of: (one: CallSummary) => one.p95Ms, unit: 'ms' },
  ]
  return limits.flatMap(({ name, limit, of, unit }) =>
    limit === undefined
      ? []
      : calls.map((one): GateFinding => {
          const value = of(one)
          const outcome = value === null ? 'inconclusive' : value <= limit ? 'pass' : 'fail'
          return {
            name: `${name} of ${one.variant}`,
            outcome,
            message: `${value === null ? 'not known' : round(value)} of ${limit} ${unit}`,
          }
        }),
  )
}

function errorsOf({ gate, errorRate, comparisons }: Facts): GateFinding {
  const most = gate?.maxErrorRate ?? (comparisons.length > 0 ? 0.02 : 0)
  const outcome = errorRate > most ? 'errors' : 'pass'
  return { name: 'errors', outcome, message: `${percent(errorRate)} of the rows failed to be asked or scored; ${percent(most)} may.` }
}

/** Without a gate and without a baseline a row that fails is a failure, as people expect of tests. */
function everyRow({ metrics, passRate }: Facts): GateFinding[] {
  return metrics
    .filter(({ metric, scored }) => metric === ROW && scored > 0)
    .map(({ variant, mean, scored, errors }) => {
      // What failed to be asked did not pass.
      const share = ((mean ?? 0) * scored) / (scored + errors)
      const failed = Math.round(scored * (1 - (mean ?? 0)))
      const outcome = share >= passRate || failed === 0 ? 'pass' : 'fail'
      return { name: `rows of ${variant}`, outcome, message: failed === 0 ? `All ${scored} passed.` : `${failed} of ${scored} failed.` }
    })
}

const ORDER: GateOutcome[] = ['errors', 'fail', 'inconclusive', 'pass']
const worst = (findings: readonly GateFinding[]): GateOutcome =>
  ORDER.find((outcome) => findings.some((one) => one.outcome === outcome)) ?? 'pass'

function exitCodeOf(outcome: GateOutcome, gate: Gate | undefined): number {
  if (outcome !== 'inconclusive') return EXIT[outcome]
  return gate?.inconclusive === 'warn' ? EXIT.pass : gate?.inconclusive === 'fail' ? EXIT.fail : EXIT.inconclusive
}

const some = (ids: readonly string[]): string => `${ids.slice(0, 10).join(', ')}${ids.length > 10 ? ` and ${ids.length - 10} more` : ''}`
export const round = (value: number): string => String(Number(value.toPrecision(4)))
const signed = (value: number): string => `${value > 0 ? '+' : ''}${round(value)}`
const percent = (share: number): string => `${round(share * 100)} %`
export const shortP = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3))
