import { round, shortP } from '../gate.ts'
import type { Report } from './build.ts'
import type { Comparison, Named } from './compare.ts'
import type { MetricSummary } from './summarise.ts'
import { ROW } from './table.ts'

const OUTCOMES = {
  pass: 'passed',
  fail: 'failed',
  inconclusive: 'is inconclusive',
  errors: 'could not be judged: too many errors',
} as const

/** A report as people read it on a terminal. */
export function reportText(report: Report): string {
  const { rows, metrics, comparisons, gate, calls } = report
  const lines = [
    `${report.name}: ${rows.reached} of ${rows.total} rows, ${rows.failed} failed, ${rows.errors} errors${rows.cached > 0 ? `, ${rows.cached} from the cache` : ''} (run ${report.run})`,
  ]
  if (rows.damaged > 0) lines.push(`${rows.damaged} lines of the journal are damaged and were left out.`)
  for (const one of metrics) if (one.scored + one.errors + one.na > 0) lines.push(`  ${metricLine(one)}`)
  for (const { name, variant, value } of report.derived)
    lines.push(`  ${variant} · ${name} = ${value === null ? 'no value' : round(value)}`)
  for (const { variant, costUsd, costPerPassUsd, p50Ms, p95Ms } of calls)
    lines.push(
      `  ${variant}: ${money(costUsd)}${costPerPassUsd === null ? '' : ` (${money(costPerPassUsd)} per row that passed)`}, p50 ${ms(p50Ms)}, p95 ${ms(p95Ms)}`,
    )
  if (report.judgeCostUsd > 0) lines.push(`  judges: ${money(report.judgeCostUsd)}`)
  for (const one of comparisons) lines.push('', ...comparisonLines(one))
  lines.push(
    '',
    `The gate ${OUTCOMES[gate.outcome]}.`,
    ...gate.findings.map(({ name, outcome, message }) => `  ${MARK[outcome]} ${name}: ${message}`),
  )
  return lines.join('\n')
}

const MARK = { pass: 'ok  ', fail: 'FAIL', inconclusive: '?   ', errors: 'ERR ' } as const

export const metricLabel = (metric: string): string => (metric === ROW ? 'rows that pass' : metric)

function metricLine({ metric, variant, scored, errors, na, mean, ci }: MetricSummary): string {
  const value = mean === null ? 'no score' : `${round(mean)}${ci ? ` [${round(ci.low)}, ${round(ci.high)}] ${ci.method}` : ''}`
  const rest = [`n ${scored}`, ...(errors > 0 ? [`${errors} errors`] : []), ...(na > 0 ? [`${na} not applicable`] : [])]
  return `${variant} · ${metricLabel(metric)}: ${value} (${rest.join(', ')})`
}

export function comparisonLines(one: Comparison): string[] {
  const { counts } = one
  const lines = [
    `${metricLabel(one.metric)}: ${one.variant} against ${one.baseline}: ${one.verdict}`,
    `  ${round(one.baselineMean)} → ${round(one.candidateMean)}, difference ${round(one.difference)} [${round(one.ci.low)}, ${round(one.ci.high)}] ${one.ci.method}, p ${shortP(one.adjustedP)} (${one.test}), n ${one.n}${one.unpaired > 0 ? `, ${one.unpaired} rows that only one side has` : ''}`,
  ]
  if (counts)
    lines.push(
      `  both pass ${counts.bothPass}, only before ${counts.onlyBaseline}, only now ${counts.onlyCandidate}, neither ${counts.bothFail}`,
    )
  lines.push(`  ${powerLine(one)}`)
  if (one.worse.count > 0) lines.push(`  worse: ${names(one.worse)}`)
  if (one.flaky.count > 0) lines.push(`  flaky, and no proof of anything: ${names(one.flaky)}`)
  return lines
}

/** The smallest effect that so many rows show. */
export const powerLine = ({ n, detectable }: Comparison): string =>
  `With ${n} rows that differ as much as these, a difference of ${round(detectable)} would show in four runs of five.`

const names = ({ count, ids }: Named): string => `${ids.slice(0, 8).join(', ')}${count > 8 ? `, and ${count - 8} more` : ''}`
export const money = (usd: number | null): string => (usd === null ? 'cost not known' : `${usd.toFixed(usd < 0.01 ? 6 : 4)} USD`)
export const ms = (value: number | null): string => (value === null ? '–' : `${Math.round(value)} ms`)
