import { round, shortP } from '../gate.ts'
import type { Report } from './build.ts'
import type { Named } from './compare.ts'
import { metricLabel, money, ms, powerLine } from './words.ts'

/** By this line a comment is found again and replaced, so that a pull request has one. */
export const marker = (name: string): string => `<!-- signalbox-eval: ${name.replaceAll('--', '-')} -->`

const TITLES = { pass: '✅ passed', fail: '❌ failed', inconclusive: '❔ inconclusive', errors: '⚠️ could not be judged' } as const
const MARKS = { pass: '✅', fail: '❌', inconclusive: '❔', errors: '⚠️' } as const

/** A comment for a pull request. */
export function markdown(report: Report): string {
  const { rows, gate, metrics, comparisons, calls } = report
  const parts = [
    marker(report.name),
    `### ${cell(report.name)}: ${TITLES[gate.outcome]}`,
    `${rows.reached} of ${rows.total} rows · ${rows.failed} failed · ${rows.errors} errors · ${money(report.costUsd)}${report.stopped ? `\n\n**Not complete:** ${cell(report.stopped)}` : ''}`,
    table(
      ['', 'Rule', ''],
      gate.findings.map(({ name, outcome, message }) => [MARKS[outcome], name, message]),
    ),
  ]
  for (const one of comparisons) {
    parts.push(
      `**${cell(metricLabel(one.metric))}**, ${cell(one.variant)} against ${cell(one.baseline)}: **${one.verdict}**`,
      `${round(one.baselineMean)} → ${round(one.candidateMean)}, difference ${round(one.difference)} (95 % interval ${round(one.ci.low)} to ${round(one.ci.high)}, p ${shortP(one.adjustedP)}, n ${one.n}). ${powerLine(one)}`,
    )
    if (one.worse.count > 0) parts.push(details(`${one.worse.count} rows got worse`, one.worse))
    if (one.improved.count > 0) parts.push(details(`${one.improved.count} rows got better`, one.improved))
    if (one.flaky.count > 0) parts.push(details(`${one.flaky.count} rows are flaky`, one.flaky))
  }
  parts.push(
    table(
      ['Variant', 'Metric', 'Mean', '95 % interval', 'n', 'Errors', 'n/a'],
      metrics
        .filter((one) => one.scored + one.errors + one.na > 0)
        .map((one) => [
          one.variant,
          metricLabel(one.metric),
          one.mean === null ? '–' : round(one.mean),
          one.ci ? `${round(one.ci.low)} – ${round(one.ci.high)}` : '–',
          String(one.scored),
          String(one.errors),
          String(one.na),
        ]),
    ),
    table(
      ['Variant', 'Cost', 'Per row that passed', 'p50', 'p95'],
      calls.map((one) => [
        one.variant,
        money(one.costUsd),
        one.costPerPassUsd === null ? '–' : money(one.costPerPassUsd),
        ms(one.p50Ms),
        ms(one.p95Ms),
      ]),
    ),
    ...(report.derived.length > 0
      ? [
          table(
            ['Variant', 'Worked out', 'Value'],
            report.derived.map(({ variant, name, value }) => [variant, name, value === null ? '–' : round(value)]),
          ),
        ]
      : []),
    `<sub>run ${report.run} · dataset ${report.dataset.hash.slice(0, 12)} · seed ${report.seed} · Signalbox ${report.signalbox}</sub>`,
  )
  return `${parts.join('\n\n')}\n`
}

/** Text of users must not become markup, or a mention of somebody. */
const cell = (text: string): string => text.replace(/[\\`*_{}[\]<>|#@]/g, (character) => `\\${character}`).replace(/\s+/g, ' ')

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [`| ${head.join(' | ')} |`, `| ${head.map(() => '---').join(' | ')} |`, ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`)].join(
    '\n',
  )

const details = (title: string, { count, ids }: Named): string => {
  const shown = ids.slice(0, MOST_SHOWN).map((id) => `- ${cell(id)}`)
  if (count > shown.length) shown.push(`- and ${count - shown.length} more`)
  return `<details><summary>${title}</summary>\n\n${shown.join('\n')}\n\n</details>`
}
const MOST_SHOWN = 50
