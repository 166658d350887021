import type { EvaluatorRow, Outcome } from '@signalbox/schema/evaluator'
import type { EvaluatorEnv } from '../../evaluators/evaluator.ts'
import type { Check, EvalCase, Plan, Score, TaskRequest, Variant } from '../plan.ts'
import type { Called, Caller } from './caller.ts'
import type { ScoresFrame, TaskFrame } from './frames.ts'
import { ANSWERED, DONE, itemOf, type Journal } from './journal.ts'
import { shuffled } from './order.ts'

export type RunOptions = {
  plan: Plan
  journal: Journal
  caller: Caller
  env: EvaluatorEnv
  repeats: number
  /** Items whose call failed are asked again. */
  retryErrors: boolean
  done: (cached: boolean) => void
}

/** Rows whose scoring waits for judges, at most: the rest waits on the disk. */
const MOST_SCORING = 64
/** Answers that come at once leave the rest of the program its turn after so many. */
const TURN = 32

/**
 * Works off every (case, repeat, variant) that the journal does not have. Each provider goes at its own pace through the same shuffled
 * order, the variants that it answers in turn. Ends when all is done or nothing more may begin.
 */
export async function runItems(options: RunOptions): Promise<void> {
  const { plan } = options
  const order = shuffled(plan.cases.count, plan.seed)
  const lanes = new Map<string, number[]>()
  for (const [index, { task }] of plan.variants.entries()) lanes.set(task.lane, [...(lanes.get(task.lane) ?? []), index])
  const worker = new Worker(options)
  await Promise.all([...lanes].map(([lane, variants]) => worker.lane(lane, variants, order)))
  await worker.idle()
}

class Worker {
  readonly #o: RunOptions
  readonly #underWay = new Set<Promise<void>>()
  #scoring = 0
  #scored: (() => void)[] = []
  #broken: unknown

  constructor(options: RunOptions) {
    this.#o = options
  }

  async lane(name: string, variants: readonly number[], order: Uint32Array): Promise<void> {
    const { plan, journal, caller, repeats, retryErrors } = this.#o
    const lane = caller.lane(name)
    const numbers = { cases: plan.cases.count, variants: plan.variants.length }
    let turn = 0
    for (const [place, index] of order.entries()) {
      let one: EvalCase | undefined
      for (let repeat = 0; repeat < repeats; repeat++) {
        for (let step = 0; step < variants.length; step++) {
          const number = variants[(place + step) % variants.length] ?? 0
          const variant = plan.variants[number] as Variant
          const item = itemOf(numbers, { case: index, variant: number, repeat })
          const state = journal.stateOf(item)
          if (state === DONE && !(retryErrors && journal.read(item).task?.ok === false)) continue
          one ??= plan.cases.at(index)
          if (variant.takes && !variant.takes(one)) continue
          if (this.#broken !== undefined) throw this.#broken
          if (state === ANSWERED) {
            await this.#room()
            this.#watch(this.#scoreAgain(item, one, variant))
            continue
          }
          // Room first: who waits for it while holding a place would keep judges from theirs.
          if (this.#scoring >= MOST_SCORING) await this.#room()
          if (!lane.tryEnter()) await lane.enter()
          if (caller.stopped !== undefined || lane.closed !== undefined) return
          const working = this.#ask({ item, one, variant, repeat, leave: () => lane.leave() })
          if (working) this.#watch(working)
          else if (++turn % TURN === 0) await new Promise((next) => setImmediate(next))
        }
      }
    }
  }

  /** All that was begun is written down. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
    if (this.#broken !== undefined) throw this.#broken
  }

  #watch(work: Promise<void>): void {
    const watched: Promise<void> = work
      .catch((error: unknown) => {
        this.#broken ??= error
        this.#o.caller.stop('The run failed.')
      })
      .finally(() => this.#underWay.delete(watched))
    this.#underWay.add(watched)
  }

  async #room(): Promise<void> {
    while (this.#scoring >= MOST_SCORING) await new Promise<void>((done) => this.#scored.push(done))
  }

  /** Nothing to wait for where the answer and its scores come at once. */
  #ask(at: { item: number; one: EvalCase; variant: Variant; repeat: number; leave: () => void }): Promise<void> | undefined {
    const { one, variant, repeat, leave } = at
    let request: TaskRequest
    try {
      request = variant.request(one)
    } catch (error) {
      leave()
      const message = error instanceof Error ? error.message : String(error)
      return this.#taken(at, { ok: false, attempts: 0, failure: { kind: 'final', message } })
    }
    const called = this.#o.caller.call(variant.task, request, { kind: 'task', repeat, entered: true })
    if (!(called instanceof Promise)) {
      leave()
      return this.#taken(at, called)
    }
    return called.finally(leave).then((value) => this.#taken(at, value))
  }

  #taken(
    { item, one, variant, repeat }: { item: number; one: EvalCase; variant: Variant; repeat: number },
    called: Called,
  ): Promise<void> | undefined {
    if (called.ok === undefined) return undefined
    const frame = frameOf({ item, one, variant, repeat }, called)
    // What comes from the cache was transformed when it came.
    if (frame.ok && variant.transform && called.ok && !called.cached) transformOutput(frame, variant.transform, one)
    this.#o.journal.add(frame)
    return this.#score(frame, one, [])
  }

  async #scoreAgain(item: number, one: EvalCase, variant: Variant): Promise<void> {
    const { task, scores } = this.#o.journal.read(item)
    if (task)
      await this.#score(
        task,
        one,
        scores.flatMap((frame) => frame.scores),
      )
    else throw new Error(`The answer of ${one.id} for ${variant.id} is not in the journal.`)
  }

  #score(task: TaskFrame, one: EvalCase, there: readonly Score[]): Promise<void> | undefined {
    const { plan, journal, done } = this.#o
    const { item } = task
    const finish = (scores: readonly Score[], fresh: Score[]) => {
      const verdict = task.ok ? plan.verdict(one, scores) : { pass: null, score: null }
      journal.add({ kind: 'scores', item, scores: fresh, ...verdict })
      done(task.cached === true)
    }
    if (!task.ok) {
      finish([], [])
      return undefined
    }
    const checks = plan.checks(one).filter(({ key }) => !there.some((score) => score.key === key))
    const row = rowOf(task, one)
    const fresh: Score[] = []
    const waiting: Promise<Score>[] = []
    for (const check of checks) {
      const outcome = check.run(row, this.#o.env)
      if (outcome instanceof Promise) waiting.push(this.#kept(item, check, outcome))
      else fresh.push(scoreOf(check, outcome))
    }
    if (waiting.length === 0) {
      finish([...there, ...fresh], fresh)
      return undefined
    }
    if (fresh.length > 0) journal.add({ kind: 'scores', item, scores: fresh })
    this.#scoring++
    return Promise.all(waiting)
      .then((late) => {
        // What nobody may ask for any more is left open, and asked for when the run goes on.
        if (late.some(({ key }) => key === '')) return
        finish([...there, ...fresh, ...late], [])
      })
      .finally(() => {
        this.#scoring--
        this.#scored.shift()?.()
      })
  }

  /** What is paid for is written down as soon as it is there. */
  async #kept(item: number, check: Check, outcome: Promise<Outcome>): Promise<Score> {
    const score = scoreOf(check, await outcome)
    if (score.status === 'error' && this.#o.caller.stopped !== undefined) return { ...score, key: '' }
    this.#o.journal.add({ kind: 'scores', item, scores: [score] } satisfies ScoresFrame)
    return score
  }
}

function frameOf(
  { item, one, variant, repeat }: { item: number; one: EvalCase; variant: Variant; repeat: number },
  called: Exclude<Called, { ok: undefined }>,
): TaskFrame {
  const at = { item, case: one.id, variant: variant.id, repeat }
  const attempts = called.attempts > 1 ? { attempts: called.attempts } : {}
  const key = called.key === undefined ? {} : { key: called.key }
  if (!called.ok)
    return { kind: 'task', ...at, ok: false, error: { kind: called.failure.kind, message: called.failure.message }, ...attempts }
  const { answer } = called
  return {
    kind: 'task',
    ...key,
    ...at,
    ok: true,
    output: answer.output,
    costUsd: answer.costUsd,
    ms: answer.ms,
    ...(answer.usage && { tokens: [answer.usage.inputTokens, answer.usage.outputTokens] }),
    ...(answer.finishReason !== undefined && { finish: answer.finishReason }),
    ...(answer.traceId !== undefined && { traceId: answer.traceId }),
    ...(answer.logprobs && { logprobs: answer.logprobs }),
    ...(called.cached && { cached: true }),
    ...attempts,
  }
}

function transformOutput(frame: TaskFrame, transform: NonNullable<Variant['transform']>, one: EvalCase): void {
  try {
    frame.output = transform(frame.output, one)
  } catch (error) {
    frame.ok = false
    frame.error = { kind: 'final', message: `The transform failed: ${error instanceof Error ? error.message : String(error)}` }
  }
}

const rowOf = (task: TaskFrame, one: EvalCase): EvaluatorRow => ({
  ...one.row,
  id: one.id,
  output: task.output,
  ...(task.ms !== undefined && { latencyMs: task.ms }),
  ...(typeof task.costUsd === 'number' && { costUsd: task.costUsd }),
  ...(task.cached && { cached: true }),
  ...(task.finish !== undefined && { finishReason: task.finish }),
  ...(task.logprobs && { logprobs: task.logprobs }),
})

function scoreOf(check: Check, outcome: Outcome): Score {
  const { metric, key, weight } = check
  const base = { key, ...(metric !== key && { metric }), ...(weight !== 1 && { weight }) } as Pick<Score, 'key' | 'metric'>
  const spent = outcome.usage ? { costUsd: outcome.usage.costUsd } : {}
  if (outcome.status !== 'scored') return { ...base, metric, status: outcome.status, reason: outcome.reason, ...spent }
  const { score, pass, reason } = outcome
  return {
    ...base,
    metric,
    status: 'scored',
    score,
    ...(pass !== undefined && { pass }),
    ...(reason !== undefined && { reason }),
    ...spent,
  }
}
