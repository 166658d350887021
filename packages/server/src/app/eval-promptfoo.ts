import { basename, dirname, resolve } from 'node:path'
import { AppError } from '@signalbox/schema/errors'
import type { EvalFile, EvalLimits } from '@signalbox/schema/experiment'
import { Files, parseData } from '../experiments/promptfoo/files.ts'
import { modelName } from '../experiments/promptfoo/models.ts'
import { promptfooPlan } from '../experiments/promptfoo/plan.ts'
import { isRecord, type Json } from '../experiments/promptfoo/types.ts'
import { isReportFile } from '../experiments/report/files.ts'
import { envFor } from './eval-env.ts'
import type { EvalOptions, Loaded } from './eval-loaded.ts'
import { createEvalTasks, type EvalTasks } from './eval-tasks.ts'

const MOST_AT_ONCE = 16

/** Reads `promptfooconfig.yaml` and all that it names. */
export async function loadPromptfoo(
  text: string,
  options: Pick<EvalOptions, 'file' | 'variables' | 'concurrency' | 'repeats' | 'first' | 'warn'>,
): Promise<Loaded> {
  const { file, variables, warn } = options
  const name = basename(file)
  const config = parseData(text, name)
  if (!isRecord(config)) throw new AppError('invalid-request', `${name} is not a mapping.`)
  const given = isRecord(config.evaluateOptions) ? config.evaluateOptions : {}
  const limits: EvalLimits = {
    concurrency: options.concurrency ?? positive(given.maxConcurrency) ?? MOST_AT_ONCE,
    attempts: 3,
    timeoutSeconds: (positive(given.timeoutMs) ?? 120_000) / 1000,
    ...(positive(given.maxEvalTimeMs) !== undefined && { deadlineMinutes: (positive(given.maxEvalTimeMs) ?? 0) / 60_000 }),
  }
  const tasks = createEvalTasks({ providers: {}, prices: [], limits, variables })
  try {
    const plan = await promptfooPlan(config, {
      name:
        typeof config.description === 'string' && config.description.trim() !== ''
          ? config.description.trim().slice(0, 80)
          : name.replace(/\.(ya?ml|json)$/, ''),
      files: new Files(dirname(resolve(file))),
      tasks,
      env: variables,
      ...{ repeats: options.repeats, first: options.first, warn },
    })
    const judge = judgeOf(config) ?? usualJudge(variables)
    return {
      plan,
      limits,
      gate: undefined,
      passRate: passRateOf(variables),
      outputs: outputsOf(config, { folder: dirname(resolve(file)), warn }),
      ...(given.cache === false && { cache: 'off' as const }),
      envOf: (caller) => envFor(caller, { tasks: judging(tasks, variables), judge, seed: plan.seed }),
      close: async () => {
        await plan.close()
        await tasks.close()
      },
    }
  } catch (error) {
    await tasks.close()
    throw error instanceof AppError && error.code === 'invalid-request' && !error.message.startsWith(name)
      ? new AppError('invalid-request', `${name}: ${error.message}`, { hint: error.hint, cause: error })
      : error
  }
}

const positive = (value: unknown): number | undefined => (typeof value === 'number' && value > 0 ? value : undefined)

/** Who judges: as promptfoo has it, the provider of the tests' options. */
function judgeOf({ defaultTest }: Json): EvalFile['judge'] {
  const options = isRecord(defaultTest) && isRecord(defaultTest.options) ? defaultTest.options : {}
  const provider = isRecord(options.provider) ? options.provider.id : options.provider
  if (typeof provider !== 'string') return undefined
  return { model: modelName(provider), parameters: {} }
}

/** Where the file names nobody: as promptfoo has it, a model of whom there is a key for. */
function usualJudge({ OPENAI_API_KEY, ANTHROPIC_API_KEY }: Record<string, string | undefined>): EvalFile['judge'] {
  if (OPENAI_API_KEY) return { model: 'openai/gpt-4.1', parameters: {} }
  if (ANTHROPIC_API_KEY) return { model: 'anthropic/claude-sonnet-4-5', parameters: {} }
  return undefined
}

/** Judges are asked where the providers of the file are. */
function judging(tasks: EvalTasks, variables: Record<string, string | undefined>): EvalTasks {
  const baseUrl = variables.OPENAI_BASE_URL ?? variables.OPENAI_API_BASE_URL
  const apiKey = variables.OPENAI_API_KEY
  if (!baseUrl) return tasks
  return {
    ...tasks,
    model: (name) =>
      name.startsWith('openai/')
        ? tasks.at({ dialect: 'openai', baseUrl, apiKey, model: name.slice('openai/'.length) })
        : tasks.model(name),
  }
}

/** In percent, as PROMPTFOO_PASS_RATE_THRESHOLD has it. */
function passRateOf({ PROMPTFOO_PASS_RATE_THRESHOLD: said }: Record<string, string | undefined>): number {
  if (said === undefined || said.trim() === '') return 1
  const percent = Number(said)
  if (!Number.isFinite(percent)) throw new AppError('invalid-request', `PROMPTFOO_PASS_RATE_THRESHOLD is "${said}", and not a number.`)
  return percent / 100
}

function outputsOf({ outputPath }: Json, { folder, warn }: { folder: string; warn: (message: string) => void }): string[] {
  const all =
    outputPath === undefined || outputPath === null ? [] : Array.isArray(outputPath) ? outputPath.map(String) : [String(outputPath)]
  return all.flatMap((path) => {
    if (isReportFile(path)) return [resolve(folder, path)]
    warn(`outputPath ${path} is not written: its ending is not known.`)
    return []
  })
}
