import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { AppError } from '@signalbox/schema/errors'
import { z } from 'zod'
import { type RowScore, rowScores } from './report/pairs.ts'
import type { Table } from './report/table.ts'

const Baseline = z.object({
  format: z.literal(1),
  name: z.string(),
  variant: z.string(),
  run: z.string(),
  pinnedAt: z.string(),
  metrics: z.record(
    z.string(),
    z.object({
      version: z.string(),
      /** By the id of the row: its mean, how many repeats, and 1 where they disagree. */
      rows: z.record(z.string(), z.tuple([z.number(), z.int(), z.union([z.literal(0), z.literal(1)])])),
    }),
  ),
})
export type Baseline = z.output<typeof Baseline>

/** What a later run is held against: the scores of one variant, row by row, in a file that is reviewed and kept with the code. */
export function baselineOf(
  table: Table,
  at: {
    name: string
    variant: { index: number; id: string }
    run: string
    idAt: (index: number) => string
    versionOf: (metric: string) => string
  },
): Baseline {
  return {
    format: 1,
    name: at.name,
    variant: at.variant.id,
    run: at.run,
    pinnedAt: new Date().toISOString(),
    metrics: Object.fromEntries(
      [...table.metrics.keys()].map((metric) => [
        metric,
        {
          version: at.versionOf(metric),
          rows: Object.fromEntries(
            [...rowScores(table, metric, at.variant.index)].map(([index, { mean, n, flaky }]) => [
              at.idAt(index),
              [mean, n, flaky ? 1 : 0],
            ]),
          ),
        },
      ]),
    ) as Baseline['metrics'],
  }
}

/** A row per line, so that a review shows which rows changed. */
export function writeBaseline(file: string, { metrics, ...head }: Baseline): void {
  const lines = Object.entries(metrics).map(([metric, { version, rows }]) => {
    const each = Object.entries(rows).map(([id, row]) => `        ${JSON.stringify(id)}: ${JSON.stringify(row)}`)
    return `    ${JSON.stringify(metric)}: {\n      "version": ${JSON.stringify(version)},\n      "rows": {\n${each.join(',\n')}\n      }\n    }`
  })
  const text = `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "metrics": {\n${lines.join(',\n')}\n  }\n}\n`
  writeFileSync(`${file}.new`, text, { flush: true })
  renameSync(`${file}.new`, file)
}

/** Undefined where there is none and none is asked for. */
export function readBaseline(file: string, { mustExist }: { mustExist: boolean }): Baseline | undefined {
  if (!existsSync(file)) {
    if (!mustExist) return undefined
    throw new AppError('invalid-request', `There is no baseline ${file}.`, {
      hint: 'Pin one with "signalbox eval baseline pin", or correct gate.vs.',
    })
  }
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new AppError('invalid-request', `${file} is not JSON: ${(cause as Error).message}`, { cause })
  }
  const parsed = Baseline.safeParse(value)
  if (!parsed.success)
    throw new AppError('invalid-request', `${file} is no baseline: ${z.prettifyError(parsed.error)}`, {
      hint: 'Pin it again with "signalbox eval baseline pin".',
    })
  return parsed.data
}

export const baselineRows = ({ metrics }: Baseline, metric: string): Map<string, RowScore> =>
  new Map(
    Object.entries((Object.hasOwn(metrics, metric) ? metrics[metric] : undefined)?.rows ?? {}).map(([id, [mean, n, flaky]]) => [
      id,
      { mean, n, flaky: flaky === 1 },
    ]),
  )
