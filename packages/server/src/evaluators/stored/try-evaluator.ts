import { AppError, allows, type Caller, type EvaluatorRow, type EvaluatorUsage, type Output, type Parsed } from '@signalbox/schema'
import { RowSum } from '../corpus.ts'
import type { EvaluatorEnv } from '../evaluator.ts'
import { failedBy } from '../outcome.ts'
import { prepareScorer } from '../registry.ts'
import { usageOf } from '../usage.ts'

type Wanted = Omit<Parsed<'evaluators.try'>, 'evaluator' | 'params' | 'stored' | 'version'> & {
  evaluator: string
  params: Record<string, unknown>
}
type FromDataset = NonNullable<Wanted['dataset']>
type FromTrace = NonNullable<Wanted['trace']>

/** A row, and what it took to make it. */
export type BenchRow = { row: EvaluatorRow; usage?: EvaluatorUsage | undefined; failed?: string }
export type TryRooms = {
  envFor(wishes: { projectId: string; judge?: string | undefined; embeddings?: string | undefined; signal: AbortSignal }): EvaluatorEnv
  /** Items of a dataset that are not sealed, as rows without an output. */
  itemRows(caller: Caller, wanted: FromDataset): Promise<EvaluatorRow[]>
  traceRow(caller: Caller, wanted: FromTrace): Promise<EvaluatorRow>
}

/** What is tried at once; the rest waits. */
const AT_ONCE = 4
const LONGEST_MS = 120_000

/** Tries an evaluator, and keeps nothing. A row that fails is told as such beside the others. */
export async function tryEvaluator(rooms: TryRooms, caller: Caller, wanted: Wanted): Promise<Output<'evaluators.try'>> {
  const sources = [wanted.rows, wanted.dataset, wanted.trace].filter((one) => one !== undefined)
  if (sources.length !== 1)
    throw new AppError('invalid-request', 'What is it tried on?', { hint: 'Send one of `rows`, `dataset` and `trace`.' })
  const scorer = await prepareScorer(wanted.evaluator, wanted.params)
  try {
    const asksModel = scorer.info.costed && wanted.evaluator !== 'http'
    if ((asksModel || wanted.dataset?.output === 'model') && !allows(caller.permissions, 'gateway:call'))
      throw new AppError('permission-denied', 'This asks a model, and takes `gateway:call`.')
    const signal = AbortSignal.timeout(LONGEST_MS)
    const env = rooms.envFor({ projectId: caller.projectId, judge: wanted.judge, embeddings: wanted.embeddings, signal })
    const rows = await rowsOf(rooms, caller, wanted, env)
    const sum = new RowSum()
    const results = await inTurn(rows, async ({ row, failed }) => {
      const began = performance.now()
      const outcome = failed === undefined ? await scorer.evaluate(row, env) : failedBy(new Error(failed))
      return { row, outcome, ms: Math.round((performance.now() - began) * 10) / 10 }
    })
    for (const { outcome } of results) sum.add(outcome)
    const mean = sum.mean(scorer.info.scale)
    const spent = results.flatMap(({ outcome }) => (outcome.usage ? [outcome.usage] : []))
    const answered = rows.flatMap(({ usage }) => (usage ? [usage] : []))
    return {
      evaluator: wanted.evaluator,
      hash: scorer.version,
      results,
      scored: sum.scored,
      na: sum.na,
      errors: sum.errors,
      mean: mean.status === 'scored' ? mean.score : null,
      usage: spent.length > 0 ? usageOf(spent) : null,
      answers: answered.length > 0 ? usageOf(answered) : null,
    }
  } finally {
    await scorer.close()
  }
}

async function rowsOf(rooms: TryRooms, caller: Caller, wanted: Wanted, env: EvaluatorEnv): Promise<BenchRow[]> {
  if (wanted.rows) return wanted.rows.map((row) => ({ row }))
  if (wanted.trace) return [{ row: await rooms.traceRow(caller, wanted.trace) }]
  const { dataset } = wanted
  if (!dataset) return []
  if (dataset.output === 'model' && dataset.model === undefined)
    throw new AppError('invalid-request', 'Which model answers?', { hint: 'Name it as `dataset.model`: an alias or PROVIDER/MODEL.' })
  const rows = await rooms.itemRows(caller, dataset)
  if (rows.length === 0)
    throw new AppError('invalid-request', 'The dataset has no such rows, or all of them are sealed.', {
      hint: 'Choose another split or tag. Items of the holdout are not tried.',
    })
  if (dataset.output === 'expected') return rows.map((row) => ({ row: { ...row, output: row.expected ?? null } }))
  return await inTurn(rows, (row) => answerOf(row, dataset.model ?? '', env))
}

/** What a model answers to the input of a row. */
async function answerOf(row: EvaluatorRow, model: string, { complete, signal }: EvaluatorEnv): Promise<BenchRow> {
  const began = performance.now()
  try {
    const answer = await complete?.({ model, messages: messagesOf(row.input), signal })
    if (!answer) return { row: { ...row, output: null }, failed: 'No model can be asked here.' }
    const usage = { calls: 1, inputTokens: 0, outputTokens: 0, costUsd: null, ...answer.usage }
    return {
      row: {
        ...row,
        output: answer.text,
        latencyMs: Math.round(performance.now() - began),
        ...(usage.costUsd !== null && { costUsd: usage.costUsd }),
      },
      usage,
    }
  } catch (error) {
    return { row: { ...row, output: null }, failed: `${model} did not answer. ${error instanceof Error ? error.message : error}` }
  }
}

type Message = { role: 'system' | 'user' | 'assistant'; content: string }
function messagesOf(input: unknown): Message[] {
  const isMessage = (one: unknown): one is Message =>
    typeof one === 'object' && one !== null && 'role' in one && 'content' in one && typeof one.content === 'string'
  if (Array.isArray(input) && input.length > 0 && input.every(isMessage)) return input
  return [{ role: 'user', content: typeof input === 'string' ? input : JSON.stringify(input) }]
}

/** All of them, some at a time, in their order. */
async function inTurn<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const done: R[] = []
  let at = 0
  const worker = async () => {
    for (let mine = at++; mine < all.length; mine = at++) done[mine] = await work(all[mine] as T)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return done
}
