import type { Gate } from '@signalbox/schema/experiment'
import type { Report } from '../../../server/src/experiments/report/build.ts'
import { createClient, type Input } from '../index.ts'
import type { Ran } from './run.ts'

export type Destination = {
  /** Where Signalbox is. `SIGNALBOX_URL` where it is left out; without any, nothing is sent. */
  url?: string
  /** A secret key that may write experiments, `sk-sb-…`. `SIGNALBOX_KEY` where it is left out. */
  key?: string
  fetch?: typeof globalThis.fetch
}

type Run = Ran & {
  report: Report
  gate: Gate | undefined
  repeats: number
  evaluation: { description?: string; metadata?: Record<string, unknown> }
}
type Piece = Input<'experiments.import'>

/** Rows in one request. */
const AT_ONCE = 200

/** Hands the run to the server, in pieces. A server that is not there, or refuses, is said and breaks nothing. */
export async function sendRun(run: Run, destination: Destination): Promise<{ url?: string; sendError?: string }> {
  const environment: Record<string, string | undefined> = globalThis.process?.env ?? {}
  const url = (destination.url ?? environment.SIGNALBOX_URL)?.replace(/\/+$/, '')
  const key = destination.key ?? environment.SIGNALBOX_KEY
  if (!url || !key) return {}
  const client = createClient({ baseUrl: url, apiKey: key, ...(destination.fetch && { fetch: destination.fetch }) })
  const head = headOf(run)
  const places = new Map(Array.from({ length: run.cases.count }, (_, index) => [run.cases.idAt(index), index]))
  try {
    let shown = ''
    for (let from = 0; from === 0 || from < run.results.length; from += AT_ONCE) {
      const results = run.results.slice(from, from + AT_ONCE)
      const answer = await client.experiments.import({
        ...head,
        items: results.filter(({ trial }) => trial === 0).map(({ id }) => itemOf(run, id, places.get(id) ?? 0)),
        rows: results.map((one) => rowOf(one, head.variants[0])),
        finish: from + AT_ONCE >= run.results.length,
      } as Piece)
      shown = answer.url
    }
    return { url: shown.startsWith('/') ? `${url}${shown}` : shown }
  } catch (error) {
    return { sendError: error instanceof Error ? error.message : String(error) }
  }
}

function headOf({ report, gate, repeats, evaluation, cases }: Run) {
  return {
    run: report.run,
    name: report.name,
    description: evaluation.description ?? '',
    startedAt: report.startedAt,
    dataset: { name: report.name, hash: cases.hash, rows: cases.count },
    variants: report.variants,
    repeats,
    metrics: report.metrics
      .filter(({ metric }) => metric !== 'pass')
      .map(({ metric, higherIsBetter }) => ({ metric, version: 'function', higherIsBetter })),
    ...(gate && { gate }),
    metadata: json(evaluation.metadata ?? {}),
  }
}

function itemOf({ cases }: Run, id: string, index: number) {
  const { row, tags, cluster } = cases.at(index)
  return {
    ...{ id, index, tags },
    ...(row.input !== undefined && { input: json(row.input) }),
    ...(row.expected !== undefined && { expected: json(row.expected) }),
    ...(cluster !== undefined && { cluster }),
  }
}

const rowOf = ({ id, trial, output, error, scores, pass, ms, traceId }: Ran['results'][number], variant: string | undefined) => ({
  ...{ itemId: id, variant, repeat: trial, latencyMs: ms, pass },
  ...(error === undefined ? { output: json(output ?? null) } : { error: error.slice(0, 10_000) }),
  ...(traceId !== undefined && { traceId }),
  scores,
})

/** What JSON makes of a value, which is what can be sent. */
const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null')
