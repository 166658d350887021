import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@signalbox/schema/errors'
import type { EvalLimits } from '@signalbox/schema/experiment'
import { newId } from '../../lib/ids.ts'
import { type Task, type TaskAnswer, TaskError, type TaskFailure, type TaskRequest } from '../plan.ts'
import { type CacheMode, cacheKey } from './cache.ts'
import type { JudgeFrame, TaskFrame } from './frames.ts'
import { Lane } from './lane.ts'

export type Called =
  | { ok: true; key?: string; answer: TaskAnswer; cached: boolean; attempts: number }
  | { ok: false; key?: string; failure: TaskFailure; attempts: number }
  /** It was not tried: the run stops, or its lane is closed. */
  | { ok: undefined; why: string }

/** Answers of earlier runs: of their journals, or of the database of a server. */
export type KnownAnswers = {
  readonly mode: CacheMode
  /** False where keys are not worth working out. */
  readonly inUse: boolean
  readonly keeps: boolean
  find(key: string): TaskFrame | JudgeFrame | undefined | Promise<TaskFrame | JudgeFrame | undefined>
}

export type CallerOptions = {
  limits: EvalLimits
  cache: KnownAnswers
  epoch: string
  signal: AbortSignal
  /** Keeps the answer of a judge; that of a task is kept with its row. */
  keep: (frame: JudgeFrame) => void
}

type Asking = { kind: 'task' | 'judge'; repeat: number; entered: boolean }

/** Makes all calls of a run, of tasks and of judges: cache, limits, attempts, time and money are here. */
export class Caller {
  readonly #options: CallerOptions
  readonly #lanes = new Map<string, Lane>()
  spentUsd = 0
  /** What a call has cost at most so far: what each that is under way may still cost. */
  #dearest = 0
  #underWay = 0
  calls = 0
  /** Why no further call begins. */
  stopped: string | undefined

  constructor(options: CallerOptions) {
    this.#options = options
    options.signal.addEventListener('abort', () => this.stop(String(options.signal.reason ?? 'stopped')))
  }

  stop(why: string): void {
    this.stopped ??= why
    for (const lane of this.#lanes.values()) lane.release()
  }

  lane(name: string): Lane {
    let lane = this.#lanes.get(name)
    if (!lane) {
      lane = new Lane(name, this.#options.limits.concurrency)
      if (this.stopped !== undefined) lane.release()
      this.#lanes.set(name, lane)
    }
    return lane
  }

  /** Why providers are no longer asked that failed too often; undefined where none is. */
  closedLanes(): string | undefined {
    const reasons = [...this.#lanes.values()].flatMap(({ closed }) => closed ?? [])
    return reasons.length > 0 ? reasons.join(' ') : undefined
  }

  /** Money that was spent before this process, by the journal. */
  spent(costUsd: number | null | undefined): void {
    if (typeof costUsd === 'number') this.spentUsd += costUsd
  }

  /** False where one call more could go beyond the budget; then nothing more begins. */
  affords(): boolean {
    const { costUsd } = this.#options.limits
    if (costUsd === undefined) return true
    if (this.spentUsd + this.#dearest * (this.#underWay + 1) <= costUsd && this.spentUsd < costUsd) return true
    this.stop(`The budget of ${costUsd} USD is used up.`)
    return false
  }

  /**
   * Asks, unless an earlier run has the answer. `entered` says that the caller has a place in the lane already, and gives it back itself.
   * What answers at once is answered at once.
   */
  call(task: Task, request: TaskRequest, more: Asking): Called | Promise<Called> {
    const { cache, epoch } = this.#options
    if (!cache.inUse) return this.#ask(task, request, { ...more, key: undefined })
    const key = cacheKey({ kind: more.kind, task: task.identity, request, repeat: more.repeat, epoch })
    const found = cache.find(key)
    const go = (frame: TaskFrame | JudgeFrame | undefined): Called | Promise<Called> => {
      const known = frame && answerOf(frame, more.kind)
      if (!known) return this.#ask(task, request, { ...more, key })
      return { ok: true, ...(cache.keeps && { key }), answer: known, cached: true, attempts: 0 }
    }
    return found instanceof Promise ? found.then(go) : go(found)
  }

  #ask(task: Task, request: TaskRequest, more: Asking & { key: string | undefined }): Called | Promise<Called> {
    const { cache } = this.#options
    const { key } = more
    const named = key !== undefined && cache.keeps ? { key } : {}
    if (cache.mode === 'only')
      return { ok: false, attempts: 0, failure: { kind: 'final', message: 'The cache has no answer, and --cache only asks nobody.' } }
    if (!this.affords()) return { ok: undefined, why: this.stopped ?? '' }
    const lane = this.lane(task.lane)
    const asked =
      more.entered || lane.tryEnter() ? this.#attempt(task, request, lane) : lane.enter().then(() => this.#attempt(task, request, lane))
    const done = (called: Called): Called => {
      if (!more.entered) lane.leave()
      if (called.ok !== true) return called
      // What a judge cost is kept in any case; its answer only where others may find it.
      if (more.kind === 'judge') {
        const found = key !== undefined && cache.keeps
        const { answer } = called
        this.#options.keep({
          kind: 'judge',
          key: found ? key : `once ${newId('judge')}`,
          answer: found ? answer : null,
          ms: answer.ms,
          costUsd: answer.costUsd,
        })
      }
      return { ...called, ...named }
    }
    return asked instanceof Promise ? asked.then(done) : done(asked)
  }

  #attempt(task: Task, request: TaskRequest, lane: Lane): Called | Promise<Called> {
    if (lane.closed !== undefined) return { ok: undefined, why: lane.closed }
    this.calls++
    this.#underWay++
    try {
      const answer = task.call(request, this.#options.signal)
      if (!(answer instanceof Promise)) return this.#answered(answer, lane, 1)
      return answer.then(
        (value) => this.#answered(value, lane, 1),
        (error: unknown) => this.#again(task, request, { lane, error, attempts: 1 }),
      )
    } catch (error) {
      return this.#again(task, request, { lane, error, attempts: 1 })
    }
  }

  async #again(task: Task, request: TaskRequest, tried: { lane: Lane; error: unknown; attempts: number }): Promise<Called> {
    const { lane } = tried
    let failure = failureOf(tried.error, this.#options.limits)
    for (let attempts = tried.attempts; ; attempts++) {
      if (this.#options.signal.aborted) return this.#gaveUp(lane)
      if (failure.kind === 'final' || attempts >= this.#options.limits.attempts) {
        this.#underWay--
        lane.failed(failure.message)
        return { ok: false, failure, attempts }
      }
      const wait = jittered(failure.retryAfterMs ?? Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS))
      if (failure.kind === 'overload') lane.overloaded(wait)
      await sleep(wait, undefined, { signal: this.#options.signal }).catch(() => {})
      if (this.#options.signal.aborted || this.stopped !== undefined) return this.#gaveUp(lane)
      try {
        this.calls++
        return this.#answered(await task.call(request, this.#options.signal), lane, attempts + 1)
      } catch (error) {
        failure = failureOf(error, this.#options.limits)
      }
    }
  }

  #gaveUp(lane: Lane): Called {
    this.#underWay--
    return { ok: undefined, why: this.stopped ?? lane.closed ?? 'The run was stopped.' }
  }

  #answered(answer: TaskAnswer, lane: Lane, attempts: number): Called {
    this.#underWay--
    lane.answered()
    this.spent(answer.costUsd)
    this.#dearest = Math.max(this.#dearest, answer.costUsd ?? 0)
    if (answer.costUsd === null && this.#options.limits.costUsd !== undefined)
      this.stop(`The price of ${lane.name} is not known, so that no budget can be held. Name it under prices, or leave limits.costUsd out.`)
    return { ok: true, answer, cached: false, attempts }
  }
}

function answerOf(found: TaskFrame | JudgeFrame, kind: 'task' | 'judge'): TaskAnswer | undefined {
  if (found.kind === 'judge') return kind === 'judge' ? (found.answer as TaskAnswer) : undefined
  const { output, tokens, costUsd = null, ms = 0, finish, logprobs, spans } = found
  return {
    output,
    costUsd,
    ms,
    ...(tokens && { usage: { inputTokens: tokens[0], outputTokens: tokens[1] } }),
    ...(finish !== undefined && { finishReason: finish }),
    ...(logprobs && { logprobs }),
    ...(spans && { spans }),
  }
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000
const jittered = (ms: number): number => ms * (1 + Math.random() * 0.25)

function failureOf(error: unknown, { timeoutSeconds }: EvalLimits): TaskFailure {
  if (error instanceof TaskError) return error.failure
  if (error instanceof Error && error.name === 'TimeoutError') return { kind: 'timeout', message: `No answer within ${timeoutSeconds} s.` }
  // What this program itself refuses, it refuses again.
  const kind = error instanceof AppError ? 'final' : 'temporary'
  return { kind, message: error instanceof Error ? error.message : String(error) }
}
