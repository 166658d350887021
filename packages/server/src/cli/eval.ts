import { mkdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { AppError } from '@signalbox/schema/errors'
import { type EvaluatedFile, evaluateFile, pinBaseline, stateFolder } from '../app/evaluate-file.ts'
import { isReportFile } from '../experiments/report/files.ts'
import { reportText } from '../experiments/report/words.ts'
import { CACHE_MODES, type CacheMode } from '../experiments/run/cache.ts'
import { watchProgress } from './eval-progress.ts'
import { takeLock } from './lock.ts'
import { printJson } from './print.ts'

export type EvalCommand = {
  config?: string
  output?: string[]
  cache?: string | boolean
  fresh?: boolean
  retryErrors?: boolean
  maxConcurrency?: string
  repeat?: string
  filterFirstN?: string
  promptfooExitCodes?: boolean
  progress?: boolean
  import?: boolean
  json?: boolean
}

const DEFAULTS = ['signalbox.eval.yaml', 'promptfooconfig.yaml', 'promptfooconfig.yml', 'promptfooconfig.json']

/** `signalbox eval -c FILE`. The exit code is the outcome of the gate. */
export async function evaluateCommand(options: EvalCommand): Promise<number> {
  // Rows come and go by the hundred thousand: what is young is better thrown away often than kept in 60 MB.
  setFlagsFromString('--semi-space-growth-factor=1')
  const file = configFile(options.config)
  const outputs = (options.output ?? []).map((path) => resolve(path))
  const folders = outputs.filter((path) => !isReportFile(path))
  for (const folder of folders) mkdirSync(folder, { recursive: true })
  const folder = folders[0]
  const state = stateFolder(file, folder)
  const lock = takeLock(join(state, 'eval.lock'), { what: 'eval' })
  if ('holder' in lock)
    throw new AppError('conflict', `Another evaluation (process ${lock.holder.pid}) is at work in ${state}.`, {
      hint: 'Wait for it, or write somewhere else with -o FOLDER.',
    })
  const aborting = new AbortController()
  const progress = watchProgress({ shown: options.progress !== false && !options.json })
  try {
    const done = await evaluateFile({
      file,
      folder,
      cache: cacheMode(options.cache),
      fresh: options.fresh ?? false,
      retryErrors: options.retryErrors ?? false,
      concurrency: count(options.maxConcurrency, '--max-concurrency'),
      repeats: count(options.repeat, '--repeat'),
      first: count(options.filterFirstN, '--filter-first-n'),
      variables: process.env,
      signal: aborting.signal,
      warn: (message) => console.error(`warning: ${message}`),
      started: (run) => {
        progress.begin(run)
        stopOnSignal(run.caller, aborting)
      },
    })
    progress.end()
    try {
      writeAll(done, outputs)
      if (options.json) printJson(done.report)
      else console.log(reportText(done.report))
      if (options.import !== false) await handOn(done)
      return exitCode(done, options.promptfooExitCodes ?? false)
    } finally {
      await done.close()
    }
  } finally {
    progress.end()
    lock.release()
  }
}

/** `signalbox eval baseline pin`: a named act, and its file is reviewed with the code. */
export async function pinCommand(options: {
  config?: string
  variant?: string
  output?: string
  from?: string
  json?: boolean
}): Promise<number> {
  const pinned = await pinBaseline({
    file: configFile(options.config),
    folder: options.from,
    variables: process.env,
    variant: options.variant,
    to: options.output === undefined ? undefined : resolve(options.output),
    warn: (message) => console.error(`warning: ${message}`),
  })
  if (options.json) printJson(pinned)
  else console.log(`Pinned ${pinned.variant} of run ${pinned.run}, ${pinned.rows} rows: ${pinned.file}`)
  return 0
}

/** To the server that the environment names. One that is not there, or refuses, changes nothing of the outcome. */
async function handOn(done: EvaluatedFile): Promise<void> {
  const { SIGNALBOX_URL: url, SIGNALBOX_KEY: key } = process.env
  if (!url || !key) return
  try {
    const { importEvaluated } = await import('./eval-import.ts')
    console.error(await importEvaluated(done, { url: url.replace(/\/$/, ''), key }))
  } catch (error) {
    console.error(`warning: The run was not handed to ${url}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function configFile(named: string | undefined): string {
  const exists = (file: string) => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false
  if (named !== undefined) {
    const inside = DEFAULTS.map((name) => join(named, name)).find(exists)
    return inside ?? named
  }
  const found = DEFAULTS.find(exists)
  if (found) return found
  throw new AppError('invalid-request', 'There is no evaluation here.', { hint: `Name a file with -c, or write ${DEFAULTS[0]}.` })
}

function cacheMode(said: string | boolean | undefined): CacheMode {
  if (said === undefined || said === true) return 'on'
  if (said === false) return 'off'
  const mode = CACHE_MODES.find((one) => one === said)
  if (!mode) throw new AppError('invalid-request', `--cache ${said} is not known.`, { hint: `Choose from ${CACHE_MODES.join(', ')}.` })
  return mode
}

function count(said: string | undefined, option: string): number | undefined {
  if (said === undefined) return undefined
  const number = Number(said)
  if (!Number.isInteger(number) || number < 1)
    throw new AppError('invalid-request', `${option} must be a whole number from 1 on, not "${said}".`)
  return number
}

/** The first signal lets what is under way come to its end; the second does not. */
function stopOnSignal(caller: { stop(why: string): void }, aborting: AbortController): void {
  let signals = 0
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (signals++ === 0) {
        console.error('\nStopping: what is under way is finished and kept. The same command goes on from here.')
        caller.stop(`Stopped by ${signal}.`)
      } else aborting.abort(`Stopped by ${signal}.`)
    })
  }
}

/** A folder gets one of each. */
const FOLDER_FILES = ['report.json', 'junit.xml', 'comment.md', 'report.html']

function writeAll(done: EvaluatedFile, outputs: readonly string[]): void {
  for (const path of [...outputs, ...done.loaded.outputs]) {
    if (isReportFile(path)) done.write(path)
    else for (const name of FOLDER_FILES) done.write(join(path, name))
  }
}

/** promptfoo knows 0, 100 (or PROMPTFOO_FAILED_TEST_EXIT_CODE) and 1. */
function exitCode({ report }: EvaluatedFile, asPromptfoo: boolean): number {
  const { exitCode: code } = report.gate
  if (!asPromptfoo || code === 0) return code
  const own = Number(process.env.PROMPTFOO_FAILED_TEST_EXIT_CODE)
  return Number.isInteger(own) &&
    process.env.PROMPTFOO_FAILED_TEST_EXIT_CODE !== '' &&
    process.env.PROMPTFOO_FAILED_TEST_EXIT_CODE !== undefined
    ? own
    : 100
}
