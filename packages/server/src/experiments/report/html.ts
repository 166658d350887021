import { textOf } from '../../evaluators/row.ts'
import { round } from '../gate.ts'
import type { Report } from './build.ts'
import { xml } from './junit.ts'
import type { Rows } from './rows.ts'
import { metricLabel, reportText } from './words.ts'

/** One page that needs nothing else: no script, nothing from elsewhere. */
const STYLE = `:root{color-scheme:light dark}body{font:14px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:90rem;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:1rem 0}td,th{border:1px solid #8886;padding:.3rem .5rem;text-align:left;vertical-align:top}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:0}.fail{background:#d33a2c22}.error{background:#d9a40033}.n{text-align:right}`

export function* htmlPieces(report: Report, rows: Rows): Generator<string> {
  yield `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${xml(report.name)}</title><style>${STYLE}</style>`
  yield `<h1>${xml(report.name)}</h1><pre>${xml(reportText(report)).replaceAll('&#10;', '\n')}</pre>`
  yield '<table><tr><th>Row<th>Variant<th>Verdict<th>Output<th>Scores</tr>'
  for (const row of rows()) {
    const state = row.error !== undefined ? 'error' : row.pass === false ? 'fail' : ''
    const verdict = row.error !== undefined ? 'error' : row.pass === null ? '–' : row.pass ? 'pass' : 'fail'
    const scores = row.scores.map(({ key, status, score, reason }) => {
      const value = status === 'scored' ? round(score ?? 0) : status
      return `${xml(metricLabel(key))}: ${xml(value)}${reason ? ` <small>${xml(reason)}</small>` : ''}`
    })
    const output = xml(row.error ?? textOf(row.output).slice(0, 5000)).replaceAll('&#10;', '\n')
    yield `<tr class="${state}"><td>${xml(row.description ?? row.id)}<td>${xml(row.variant)}<td>${verdict}<td><pre>${output}</pre><td>${scores.join('<br>')}</tr>\n`
  }
  yield '</table></html>\n'
}
