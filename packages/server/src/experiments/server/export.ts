import { AppError, type Output, type Parsed } from '@signalbox/schema'
import type { Sql } from '../../store/ports.ts'
import type { Report } from '../report/build.ts'
import { reportAs } from '../report/files.ts'
import type { ReportRow } from '../report/rows.ts'
import { partsOf } from '../run/journal.ts'
import { reportNow } from './report.ts'
import { storedRows } from './sql-rows.ts'
import { getExperiment, planOfStored, reportOf } from './stored.ts'

const FORMATS = {
  json: ['.json', 'application/json'],
  jsonl: ['.jsonl', 'application/jsonl'],
  csv: ['.csv', 'text/csv'],
  junit: ['.xml', 'application/xml'],
  markdown: ['.md', 'text/markdown'],
  html: ['.html', 'text/html'],
} as const
/** What is larger is read row by row. */
const MOST_CHARACTERS = 100_000_000

/** The files that `signalbox eval -o` writes, of an experiment. What is sealed stays so. */
export async function exportReport(
  sql: Sql,
  projectId: string,
  { id, format, version }: Parsed<'experiments.export'> & { version: string },
): Promise<Output<'experiments.export'>> {
  const experiment = await getExperiment(sql, projectId, id)
  const report: Report = reportOf(experiment) ?? (await reportNow(sql, experiment, { version }))
  const [ending, mediaType] = FORMATS[format]
  const rows = format === 'markdown' ? [] : await rowsOf(sql, experiment)
  const text = reportAs(ending, report, () => rows)
  return { fileName: `${experiment.name.replace(/[^\w.-]+/g, '-')}-${id}${ending}`, mediaType, text }
}

async function rowsOf(sql: Sql, experiment: Awaited<ReturnType<typeof getExperiment>>): Promise<ReportRow[]> {
  const { variants } = planOfStored(experiment)
  const numbers = { cases: experiment.items, variants: variants.length }
  const items = new Map(
    (
      await sql.query<{ place: number; item_id: string; content: string; split: string | null }>(
        'select place, item_id, content, split from experiment_items where experiment_id = $1',
        [experiment.id],
      )
    ).map((item) => [item.place, item]),
  )
  const rows: (ReportRow & { at: number })[] = []
  let characters = 0
  for await (const { item, task, scores } of storedRows(sql, experiment.id)) {
    const at = partsOf(numbers, item)
    const found = items.get(at.case)
    const sealed = found?.split === 'holdout'
    characters += JSON.stringify(task.output ?? '').length + (found?.content.length ?? 0)
    if (characters > MOST_CHARACTERS)
      throw new AppError('invalid-request', 'This experiment is too large for one file.', {
        hint: 'Read its rows with GET /api/v1/experiments/{id}/rows.',
      })
    const { input, expected } = JSON.parse(found?.content ?? '{}') as { input?: unknown; expected?: unknown }
    rows.push({
      at: at.case,
      id: found?.item_id ?? task.case,
      variant: variants[at.variant]?.id ?? '',
      repeat: at.repeat,
      vars: sealed ? {} : { input, ...(expected !== undefined && { expected }) },
      ...(task.ok
        ? { output: sealed ? '(sealed)' : task.output }
        : { error: sealed ? 'It failed.' : (task.error?.message ?? 'It failed.') }),
      pass: scores.pass ?? null,
      score: scores.score ?? null,
      scores: sealed ? scores.scores.map(({ reason: _reason, evidence: _evidence, ...score }) => score) : scores.scores,
      ...(task.costUsd !== undefined && { costUsd: task.costUsd }),
      ...(task.ms !== undefined && { ms: task.ms }),
      ...(task.cached && { cached: true as const }),
      ...(task.traceId !== undefined && { traceId: task.traceId }),
    })
  }
  return rows.sort((a, b) => a.at - b.at || a.repeat - b.repeat).map(({ at: _, ...row }) => row)
}
