import { closeSync, openSync, writeSync } from 'node:fs'
import { textOf } from '../../evaluators/row.ts'
import { csvLine } from '../../lib/csv.ts'
import type { Report } from './build.ts'
import { htmlPieces } from './html.ts'
import { junitPieces } from './junit.ts'
import { markdown } from './markdown.ts'
import type { Rows } from './rows.ts'

type Writer = (report: Report, rows: Rows) => Iterable<string>

/** By what the name of a file ends in; the first that fits. Written piece by piece, since rows may be many. */
const WRITERS: readonly (readonly [ending: string, write: Writer])[] = [
  ['.jsonl', jsonLines],
  ['.json', json],
  ['.xml', junitPieces],
  ['.md', (report) => [markdown(report)]],
  ['.html', htmlPieces],
  ['.csv', csv],
  ['.txt', textLines],
]

export const isReportFile = (file: string): boolean => WRITERS.some(([ending]) => file.endsWith(ending))

export function writeReport(file: string, report: Report, rows: Rows): void {
  const write = WRITERS.find(([ending]) => file.endsWith(ending))?.[1] ?? json
  const fd = openSync(file, 'w')
  try {
    let pending = ''
    for (const piece of write(report, rows)) {
      pending += piece
      if (pending.length > 65_536) {
        writeAll(fd, pending)
        pending = ''
      }
    }
    writeAll(fd, pending)
  } finally {
    closeSync(fd)
  }
}

/** The same, whole, by what the name of the file would end in. */
export function reportAs(ending: string, report: Report, rows: Rows): string {
  const write = WRITERS.find(([known]) => known === ending)?.[1] ?? json
  return [...write(report, rows)].join('')
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
}

function* json(report: Report, rows: Rows): Generator<string> {
  yield `${JSON.stringify(report, null, 2).slice(0, -2)},\n  "results": [`
  let first = true
  for (const row of rows()) {
    yield `${first ? '' : ','}\n    ${JSON.stringify(row)}`
    first = false
  }
  yield '\n  ]\n}\n'
}

function* jsonLines(_: Report, rows: Rows): Generator<string> {
  for (const row of rows()) yield `${JSON.stringify(row)}\n`
}

function* csv(_: Report, rows: Rows): Generator<string> {
  yield csvLine(['id', 'variant', 'repeat', 'pass', 'score', 'output', 'error', 'scores', 'costUsd', 'ms'])
  for (const row of rows()) {
    const scores = Object.fromEntries(row.scores.map(({ key, status, score }) => [key, status === 'scored' ? score : status]))
    yield csvLine([row.id, row.variant, row.repeat, row.pass, row.score, textOf(row.output), row.error, scores, row.costUsd, row.ms])
  }
}

function* textLines(report: Report): Generator<string> {
  yield `${markdown(report)}\n`
}
