import { textOf } from '../../evaluators/row.ts'
import type { Report } from './build.ts'
import type { Rows } from './rows.ts'

/**
 * JUnit: a suite per variant would have to be counted before it is written, so there is one, and a test case per row and evaluator. What
 * could not be asked or scored is an `<error>`, never a `<failure>`; what does not apply is skipped.
 */
export function* junitPieces(report: Report, rows: Rows): Generator<string> {
  const counts = { tests: 0, failures: 0, errors: 0, skipped: 0 }
  for (const row of rows()) {
    if (row.error !== undefined) {
      counts.tests++
      counts.errors++
    }
    for (const { status, pass } of row.scores) {
      counts.tests++
      if (status === 'error') counts.errors++
      else if (status === 'na') counts.skipped++
      else if (pass === false) counts.failures++
    }
  }
  counts.tests += report.gate.findings.length
  for (const { outcome } of report.gate.findings) {
    if (outcome === 'fail') counts.failures++
    else if (outcome === 'errors') counts.errors++
    else if (outcome === 'inconclusive') counts.skipped++
  }
  const attributes = Object.entries(counts)
    .map(([name, count]) => `${name}="${count}"`)
    .join(' ')
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xml(report.name)}" ${attributes}>\n<testsuite name="${xml(report.name)}" ${attributes} timestamp="${report.startedAt}">\n`
  for (const row of rows()) {
    const place = `classname="${xml(`${row.variant}`)}"`
    const name = `${row.description ?? row.id}${row.repeat > 0 ? ` (repeat ${row.repeat + 1})` : ''}`
    const time = row.ms === undefined ? '' : ` time="${(row.ms / 1000).toFixed(3)}"`
    if (row.error !== undefined) yield `<testcase ${place} name="${xml(name)}"${time}><error message="${xml(row.error)}"/></testcase>\n`
    for (const { key, status, score, pass, reason = '' } of row.scores) {
      const head = `<testcase ${place} name="${xml(`${name} · ${key}`)}"${time}`
      if (status === 'error') yield `${head}><error message="${xml(reason)}"/></testcase>\n`
      else if (status === 'na') yield `${head}><skipped message="${xml(reason)}"/></testcase>\n`
      else if (pass === false)
        yield `${head}><failure message="${xml(reason || `score ${score}`)}">${xml(textOf(row.output).slice(0, 2000))}</failure></testcase>\n`
      else yield `${head}/>\n`
    }
  }
  for (const { name, outcome, message } of report.gate.findings) {
    const head = `<testcase classname="gate" name="${xml(name)}"`
    const tag = { fail: 'failure', errors: 'error', inconclusive: 'skipped', pass: '' }[outcome]
    yield tag === '' ? `${head}/>\n` : `${head}><${tag} message="${xml(message)}"/></testcase>\n`
  }
  yield '</testsuite>\n</testsuites>\n'
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\t': '&#9;',
}
/** XML 1.0 has no place for other control characters, escaped or not. */
const FORBIDDEN = /[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu

export const xml = (text: string): string =>
  text
    .toWellFormed()
    .replace(FORBIDDEN, '\ufffd')
    .replace(/[&<>"'\n\t]/g, (character) => ENTITIES[character] ?? character)
