import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ExperimentDetail, type ExperimentSummary, NewExperiment } from '@signalbox/schema'
import { AppError } from '@signalbox/schema/errors'
import { explain } from '../lib/yaml/explain.ts'
import { refusal } from '../lib/yaml/refusal.ts'
import { readYaml } from '../lib/yaml/yaml.ts'
import { type ConnectionOptions, connect } from './connection.ts'
import { printJson, printTable } from './print.ts'
import { writeWhole } from './write-whole.ts'

const LOOK_MS = 1000
const EXIT = { pass: 0, fail: 10, inconclusive: 11, errors: 12 } as const

export async function listExperiments({
  search,
  dataset,
  limit,
  ...options
}: ConnectionOptions & { search?: string; dataset?: string; limit: string }): Promise<number> {
  const { experiments } = await connect(options).client.experiments.list({
    limit: Number(limit),
    ...(search && { search }),
    ...(dataset && { dataset }),
  })
  if (options.json) printJson({ experiments })
  else printTable(experiments.map(lineOf), ['experiment', 'name', 'state', 'gate', 'dataset', 'rows', 'made'])
  return 0
}

const lineOf = ({ id, name, state, gate, dataset, progress, createdAt }: ExperimentSummary) => ({
  experiment: id,
  name,
  state,
  gate: gate ?? '',
  dataset: dataset.version === null ? dataset.name : `${dataset.name}@${dataset.version}`,
  rows: `${progress.done}/${progress.total}`,
  made: createdAt,
})

export async function showExperiment(id: string, options: ConnectionOptions): Promise<number> {
  const { client } = connect(options)
  const found = await client.experiments.get({ id })
  if (options.json) printJson(found)
  else await tell(client, found)
  return 0
}

async function tell(client: ReturnType<typeof connect>['client'], found: ExperimentDetail): Promise<void> {
  if (found.report) console.log((await client.experiments.export({ id: found.id, format: 'markdown' })).text)
  else printTable([lineOf(found)], ['experiment', 'name', 'state', 'gate', 'dataset', 'rows', 'made'])
  if (found.why) console.log(`It is ${found.state}: ${found.why}`)
}

/** The definition of the API, in YAML or JSON. The exit code is the outcome of the gate. */
export async function runExperiment({ config, wait, ...options }: ConnectionOptions & { config: string; wait: boolean }): Promise<number> {
  const { client } = connect(options)
  const made = await client.experiments.create(definitionOf(config))
  if (!wait) {
    if (options.json) printJson(made)
    else console.log(made.id)
    return 0
  }
  let now = made
  while (now.state === 'queued' || now.state === 'running') {
    await sleep(LOOK_MS)
    now = await client.experiments.get({ id: made.id })
    if (!options.json && process.stderr.isTTY) process.stderr.write(`\r${now.progress.done} of ${now.progress.total} rows`)
  }
  if (options.json) printJson(now)
  else await tell(client, now)
  return now.state === 'done' && now.gate ? EXIT[now.gate] : EXIT.inconclusive
}

function definitionOf(file: string): NewExperiment {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new AppError('invalid-request', `${file} cannot be read (${(cause as NodeJS.ErrnoException).code}).`, { cause })
  }
  const read = readYaml(text, process.env)
  if (read.problems.length > 0) throw refusal(file, read.problems)
  const parsed = NewExperiment.safeParse(read.value)
  if (parsed.success) return parsed.data
  throw refusal(file, explain(parsed.error.issues, read, NewExperiment))
}

export async function stopExperiment(id: string, { why, ...options }: ConnectionOptions & { why?: string }): Promise<number> {
  const stopped = await connect(options).client.experiments.stop({ id, ...(why && { why }) })
  if (options.json) printJson(stopped)
  else console.log(`Stopped at ${stopped.progress.done} of ${stopped.progress.total} rows.`)
  return 0
}

/** Exit code 1 where something is worse. */
export async function compareExperiments(
  id: string,
  baseline: string | undefined,
  { variant, against, metric, ...options }: ConnectionOptions & { variant?: string; against?: string; metric?: string },
): Promise<number> {
  const compared = await connect(options).client.experiments.compare({
    id,
    ...(baseline && { baseline }),
    ...(variant && { variant }),
    ...(against && { baselineVariant: against }),
    ...(metric && { metric }),
  })
  if (options.json) printJson(compared)
  else console.log(compared.comparisons.map(({ words }) => words.join('\n')).join('\n\n') || 'They have no metric in common.')
  return compared.comparisons.some(({ verdict }) => verdict === 'worse') ? 1 : 0
}

export async function exportExperiment(
  id: string,
  { format, output, ...options }: ConnectionOptions & { format: 'json' | 'jsonl' | 'csv' | 'junit' | 'markdown' | 'html'; output?: string },
): Promise<number> {
  const { text } = await connect(options).client.experiments.export({ id, format })
  await writeWhole(output, (write) => write(text))
  return 0
}

export async function pinExperiment(
  id: string,
  { variant, name, why, ...options }: ConnectionOptions & { variant?: string; name?: string; why?: string },
): Promise<number> {
  const pinned = await connect(options).client.experiments.pin({
    id,
    ...(variant && { variant }),
    ...(name && { name }),
    ...(why && { why }),
  })
  if (options.json) printJson(pinned)
  else console.log(`${pinned.variant} of ${pinned.experimentId} is what ${pinned.name} is held against.`)
  return 0
}
