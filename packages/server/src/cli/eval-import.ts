import { type Client, createClient, type Input } from '@signalbox/sdk'
import type { EvaluatedFile } from '../app/evaluate-file.ts'
import { reportRows } from '../experiments/report/rows.ts'

type Piece = Input<'experiments.import'>

/** What one request holds, at most: the door takes a megabyte. */
const MOST_CHARACTERS = 700_000
const MOST_ROWS = 500

/** Hands a finished run to a server. Known by its id, so that the same run again changes nothing there. Answers where it is shown. */
export async function importEvaluated(done: EvaluatedFile, { url, key }: { url: string; key: string }): Promise<string> {
  const client: Client = createClient({ baseUrl: url, apiKey: key })
  const { report, loaded, journal, repeats } = done
  const { cases } = loaded.plan
  const head = {
    run: report.run,
    name: report.name
      .replace(/[^\w ./@:+-]/g, '_')
      .replace(/^[^\w]/, '_')
      .slice(0, 100),
    startedAt: report.startedAt,
    dataset: { name: report.name, hash: report.dataset.hash, rows: cases.count },
    variants: report.variants,
    repeats,
    seed: report.seed,
    metrics: [...new Set(report.metrics.map(({ metric }) => metric))].map((metric) => ({
      metric,
      version: loaded.plan.versionOf(metric),
      higherIsBetter: metric === 'pass' || loaded.plan.higherIsBetter(metric),
    })),
    ...(loaded.gate && { gate: loaded.gate }),
    judgeCostUsd: report.judgeCostUsd,
  } satisfies Partial<Piece>
  let items: NonNullable<Piece['items']> = []
  let rows: NonNullable<Piece['rows']> = []
  let characters = 0
  const send = async (finish: boolean): Promise<string> => {
    const answer = await client.experiments.import({ ...head, items, rows, finish })
    items = []
    rows = []
    characters = 0
    return answer.url
  }
  const places = new Map(Array.from({ length: cases.count }, (_, index) => [cases.idAt(index), index]))
  const sent = new Set<string>()
  for (const row of reportRows(loaded.plan, journal, repeats)) {
    const index = places.get(row.id) ?? 0
    const item = sent.has(row.id) ? undefined : itemOf(loaded.plan.cases.at(index), index)
    const made = rowOf(row)
    const size = JSON.stringify([item, made]).length
    if (rows.length >= MOST_ROWS || (rows.length > 0 && characters + size > MOST_CHARACTERS)) await send(false)
    if (item) {
      items.push(item)
      sent.add(row.id)
    }
    rows.push(made)
    characters += size
  }
  return send(true)
}

type Json = NonNullable<NonNullable<Piece['items']>[number]['input']>

function itemOf({ id, row, tags, cluster, vars }: ReturnType<EvaluatedFile['loaded']['plan']['cases']['at']>, index: number) {
  const { input = vars, expected } = row
  return {
    id: id.slice(0, 200),
    index,
    input: input as Json,
    ...(expected !== undefined && { expected: expected as Json }),
    tags: [...tags],
    ...(cluster !== undefined && { cluster }),
  }
}

type ReportRow = ReturnType<typeof reportRows> extends Generator<infer R> ? R : never
const rowOf = ({
  id,
  variant,
  repeat,
  output,
  error,
  scores,
  pass,
  costUsd,
  ms,
  cached,
  traceId,
}: ReportRow): NonNullable<Piece['rows']>[number] => ({
  itemId: id.slice(0, 200),
  variant,
  repeat,
  pass,
  scores,
  ...(error === undefined ? { output: (output ?? null) as Json } : { error: error.slice(0, 10_000) }),
  ...(costUsd !== undefined && { costUsd }),
  ...(ms !== undefined && { latencyMs: ms }),
  ...(cached && { cached }),
  ...(traceId !== undefined && { traceId }),
})
