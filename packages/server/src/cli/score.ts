import { AppError } from '@signalbox/schema/errors'
import type { Outcome } from '@signalbox/schema/evaluator'
import type { EvaluatorEnv } from '../evaluators/evaluator.ts'
import { listEvaluators, prepareScorer, type Scorer } from '../evaluators/registry.ts'
import { LineWriter } from './line-writer.ts'
import { printJson } from './print.ts'
import { type ScoreLine, scoreLines } from './score-lines.ts'

export type ScoreOptions = {
  evaluator?: string
  params?: string
  corpus?: boolean
  list?: boolean
  baseUrl?: string
  model?: string
  embeddingModel?: string
  concurrency?: string
}

/** `signalbox score --evaluator ID < rows.jsonl`: needs no server, no data folder and, but for judges, no network. */
export async function score(options: ScoreOptions): Promise<number> {
  if (options.list) {
    printJson(await listEvaluators())
    return 0
  }
  if (options.evaluator === undefined)
    throw new AppError('invalid-request', 'Which evaluator?', { hint: 'Say it with --evaluator ID; --list prints all of them.' })
  if (process.stdin.isTTY)
    throw new AppError('invalid-request', 'There are no rows.', {
      hint: 'Send them on standard input, one JSON object on each line: signalbox score --evaluator bleu < rows.jsonl',
    })
  const concurrency = Number(options.concurrency ?? 8)
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new AppError('invalid-request', `--concurrency is ${options.concurrency}.`, { hint: 'Give a whole number from 1 on.' })
  const scorer = await prepareScorer(options.evaluator, paramsOf(options.params))
  try {
    const env = scorer.info.costed ? await modelsOf(options) : {}
    const lines = scoreLines(process.stdin.setEncoding('utf8'))
    return await (options.corpus ? scoreAll(scorer, lines, env, concurrency) : scoreEach(scorer, lines, env, concurrency))
  } finally {
    await scorer.close()
  }
}

function paramsOf(text: string | undefined): unknown {
  if (text === undefined) return {}
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('invalid-json', '--params is not JSON.', { cause, hint: 'Send one JSON object, such as \'{"lowercase": true}\'.' })
  }
}

/** What judges need is loaded only for them. */
async function modelsOf(options: ScoreOptions): Promise<EvaluatorEnv> {
  const { modelEnv } = await import('./score-models.ts')
  return modelEnv(options)
}

/** Answers in the order of the rows, also where several are waited for at once. */
async function scoreEach(scorer: Scorer, lines: AsyncIterable<ScoreLine>, env: EvaluatorEnv, concurrency: number): Promise<number> {
  const out = new LineWriter(process.stdout)
  const waiting: { line: ScoreLine; outcome: Promise<Outcome> }[] = []
  let errors = 0
  const write = (line: ScoreLine, outcome: Outcome) => {
    if (outcome.status === 'error') errors++
    return out.write(said(line, outcome))
  }
  const writeFirst = async () => {
    const first = waiting.shift()
    if (first) await write(first.line, await first.outcome)
  }
  for await (const line of lines) {
    if (out.closed) break
    const outcome: Outcome | Promise<Outcome> = line.row ? scorer.evaluate(line.row, env) : { status: 'error', reason: line.reason }
    if (!(outcome instanceof Promise) && waiting.length === 0) {
      const written = write(line, outcome)
      if (written) await written
      continue
    }
    waiting.push({ line, outcome: Promise.resolve(outcome) })
    if (waiting.length >= concurrency) await writeFirst()
  }
  while (waiting.length > 0) await writeFirst()
  await out.end()
  return errors > 0 ? 1 : 0
}

/** One answer for all rows. What became of those that do not count in it is said on standard error. */
async function scoreAll(scorer: Scorer, lines: AsyncIterable<ScoreLine>, env: EvaluatorEnv, concurrency: number): Promise<number> {
  const corpus = scorer.corpus(env)
  const waiting = new Set<Promise<void>>()
  let unread = 0
  let errors = 0
  const tell = (line: number, outcome: Outcome | undefined) => {
    if (outcome === undefined) return
    if (outcome.status === 'error') errors++
    console.error(`signalbox: line ${line}: ${outcome.status}: ${outcome.reason}`)
  }
  for await (const { line, row, reason } of lines) {
    if (!row) {
      unread++
      console.error(`signalbox: ${reason}`)
      continue
    }
    const added = corpus.add(row)
    if (!(added instanceof Promise)) {
      tell(line, added)
      continue
    }
    const told: Promise<void> = added.then((outcome) => {
      tell(line, outcome)
      waiting.delete(told)
    })
    waiting.add(told)
    if (waiting.size >= concurrency) await Promise.race(waiting)
  }
  await Promise.all(waiting)
  const { status, reason, ...more } = corpus.result()
  const result = { id: 'corpus', status, score: null, ...more, ...(reason === undefined ? {} : { reason }) }
  console.log(JSON.stringify(unread > 0 ? { ...result, sub: { ...result.sub, unread } } : result))
  return unread + errors > 0 ? 1 : 0
}

function said({ line, row }: ScoreLine, { status, ...more }: Outcome): string {
  const place = row ? { id: row.id ?? line } : { id: line, line }
  return JSON.stringify({ ...place, status, score: null, ...more })
}
