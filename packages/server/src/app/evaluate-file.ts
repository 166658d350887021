import { readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { AppError } from '@signalbox/schema/errors'
import type { EvalFile } from '@signalbox/schema/experiment'
import { type Baseline, baselineOf, readBaseline, writeBaseline } from '../experiments/baseline.ts'
import { type Evaluated, evaluate, journalPath, runIdOf } from '../experiments/evaluate.ts'
import type { Plan } from '../experiments/plan.ts'
import { writeReport } from '../experiments/report/files.ts'
import { reportRows } from '../experiments/report/rows.ts'
import { readTable } from '../experiments/report/table.ts'
import { VERSION } from '../lib/version.ts'
import { envFor } from './eval-env.ts'
import type { EvalOptions, Loaded } from './eval-loaded.ts'
import { createEvalTasks } from './eval-tasks.ts'

/** Whose file it is: a name says so, else what stands at its top level. */
const isPromptfoo = (file: string, text: string): boolean =>
  basename(file).includes('promptfoo') ||
  (!/^["']?(evaluators|dataset)["']?\s*:/m.test(text) &&
    /^\s{0,2}["']?(tests|scenarios|targets|defaultTest|redteam|prompts)["']?\s*:/m.test(text))

/** Reads a file and everything that it names. Asks nobody yet. */
export async function loadEval(
  options: Pick<EvalOptions, 'file' | 'variables' | 'concurrency' | 'repeats' | 'first' | 'warn'>,
): Promise<Loaded> {
  const { file, variables } = options
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new AppError('invalid-request', `${file} cannot be read (${cause.code}).`, { hint: 'Name a file with -c.', cause })
  })
  if (isPromptfoo(file, text)) {
    const { loadPromptfoo } = await import('./eval-promptfoo.ts')
    return loadPromptfoo(text, options)
  }
  const [{ parseEvalFile }, { nativePlan }] = await Promise.all([
    import('../experiments/read-config.ts'),
    import('../experiments/native-plan.ts'),
  ])
  const config = parseEvalFile(text, { name: basename(file), variables })
  const limits = { ...config.limits, ...(options.concurrency !== undefined && { concurrency: options.concurrency }) }
  const tasks = createEvalTasks({ ...config, limits, variables })
  const plan = await nativePlan(overridden(config, options), { folder: dirname(resolve(file)), tasks })
  return {
    plan,
    limits,
    gate: config.gate,
    passRate: 1,
    outputs: [],
    envOf: (caller) => envFor(caller, { tasks, judge: config.judge, seed: config.seed }),
    close: async () => {
      await plan.close()
      await tasks.close()
    },
  }
}

function overridden(config: EvalFile, { repeats, first }: Pick<EvalOptions, 'repeats' | 'first'>): EvalFile {
  const { dataset } = config
  const filtered =
    first === undefined
      ? dataset
      : Array.isArray(dataset)
        ? dataset.slice(0, first)
        : typeof dataset === 'string'
          ? { file: dataset, filter: { first } }
          : { ...dataset, filter: { ...dataset.filter, first } }
  return { ...config, dataset: filtered, ...(repeats !== undefined && { repeats }) }
}

export const stateFolder = (file: string, folder: string | undefined): string => folder ?? join(dirname(resolve(file)), '.signalbox-eval')
export const baselineFile = (file: string): string => `${resolve(file).replace(/\.(ya?ml|json)$/, '')}.baseline.json`

export type EvaluatedFile = Evaluated & { loaded: Loaded; write(file: string): void; close(): Promise<void> }

/** Runs a file to its end, or to where it stops. The caller writes what it wants of it, and closes it. */
export async function evaluateFile(options: EvalOptions): Promise<EvaluatedFile> {
  const loaded = await loadEval(options)
  const { plan, limits, gate } = loaded
  try {
    const evaluated = await evaluate({
      ...{ plan, limits, gate, passRate: loaded.passRate, version: VERSION, envOf: loaded.envOf },
      ...{ fresh: options.fresh, retryErrors: options.retryErrors, signal: options.signal, started: options.started },
      cache: options.cache,
      folder: stateFolder(options.file, options.folder),
      baseline: pinnedFor(options.file, loaded),
    })
    return {
      ...evaluated,
      loaded,
      write: (file) => writeReport(file, evaluated.report, () => reportRows(plan, evaluated.journal, evaluated.repeats)),
      close: async () => {
        await evaluated.journal.close()
        await loaded.close()
      },
    }
  } catch (error) {
    await loaded.close()
    throw error
  }
}

/** What `gate.vs` names, unless that is a variant; else what was pinned beside the file. */
function pinnedFor(file: string, { gate, plan }: Loaded): Baseline | undefined {
  const vs = gate?.vs
  if (vs !== undefined && vs !== 'baseline')
    return plan.variants.some(({ id }) => id === vs) ? undefined : readBaseline(resolve(dirname(file), vs), { mustExist: true })
  return readBaseline(baselineFile(file), { mustExist: vs === 'baseline' })
}

/** Writes the scores of one variant of the finished run of a file where later runs are held against them. */
export async function pinBaseline(
  options: Pick<EvalOptions, 'file' | 'variables' | 'folder' | 'warn'> & { variant: string | undefined; to: string | undefined },
): Promise<{ file: string; variant: string; rows: number; run: string }> {
  const loaded = await loadEval({ ...options, concurrency: undefined, repeats: undefined, first: undefined })
  try {
    const { plan } = loaded
    const { id } = runIdOf(plan)
    const names = plan.variants.map((variant) => variant.id)
    const index = options.variant === undefined && names.length === 1 ? 0 : names.indexOf(options.variant ?? '')
    if (index === -1)
      throw new AppError(
        'invalid-request',
        options.variant === undefined ? 'There are several variants.' : `There is no variant "${options.variant}".`,
        {
          hint: `Choose with --variant: ${names.join(', ')}.`,
        },
      )
    const path = journalPath(stateFolder(options.file, options.folder), { name: plan.name, id })
    const table = readTableOf(path, plan)
    if (table.calls.every((call, item) => item % names.length !== index || call === 0))
      throw new AppError('invalid-request', 'This file was not run yet, as it is now.', {
        hint: `Run "signalbox eval -c ${options.file}" first.`,
      })
    const file = options.to ?? baselineFile(options.file)
    const baseline = baselineOf(table, {
      name: plan.name,
      variant: { index, id: names[index] ?? '' },
      run: id,
      idAt: (at) => plan.cases.idAt(at),
      versionOf: (metric) => plan.versionOf(metric),
    })
    writeBaseline(file, baseline)
    return { file, variant: baseline.variant, rows: Object.keys(baseline.metrics.pass?.rows ?? {}).length, run: id }
  } finally {
    await loaded.close()
  }
}

function readTableOf(path: string, plan: Plan) {
  try {
    return readTable(path, { numbers: { cases: plan.cases.count, variants: plan.variants.length }, repeats: plan.repeats })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    throw new AppError('invalid-request', 'This file was not run yet, as it is now.', { hint: 'Run "signalbox eval" first.', cause })
  }
}
