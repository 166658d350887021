import type { Outcome } from '@signalbox/schema/evaluator'
import type { EvaluatorEnv } from '../../evaluators/evaluator.ts'
import type { Check, EvalCase, Kept, Plan, Score, TaskRequest, Variant } from '../plan.ts'
import type { Called, Caller } from './caller.ts'
import { compareAll } from './compare-answers.ts'
import type { ScoresFrame, TaskFrame } from './frames.ts'
import { ANSWERED, DONE, itemOf } from './journal.ts'
import { frameOf, rowOf, scoreOf, transformOutput } from './lines-of.ts'
import { shuffled } from './order.ts'
import type { RunRows } from './rows.ts'

export type RunOptions = {
  plan: Plan
  journal: Pick<RunRows, 'stateOf' | 'read' | 'add'>
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
  await Promise.all(
    [...lanes].map(([lane, variants]) => (plan.carrying ? worker.inOrder(lane, variants) : worker.lane(lane, variants, order))),
  )
  await worker.idle()
  if (plan.compares) await compareAll({ ...options, compares: plan.compares })
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

  /** Rows that build on each other: one after the other, and what was answered before goes into what is asked now. */
  async inOrder(name: string, variants: readonly number[]): Promise<void> {
    const { plan, journal, caller, repeats, retryErrors } = this.#o
    const lane = caller.lane(name)
    const numbers = { cases: plan.cases.count, variants: plan.variants.length }
    for (const number of variants) {
      const variant = plan.variants[number] as Variant
      for (let repeat = 0; repeat < repeats; repeat++) {
        const kept: Kept = new Map()
        for (let index = 0; index < numbers.cases; index++) {
          const plain = plan.cases.at(index)
          if (variant.takes && !variant.takes(plain)) continue
          const one = plan.carrying?.into(plain, kept) ?? plain
          const item = itemOf(numbers, { case: index, variant: number, repeat })
          const state = journal.stateOf(item)
          if (state === ANSWERED) await this.#scoreAgain(item, one, variant)
          else if (state !== DONE || (retryErrors && journal.read(item).task?.ok === false)) {
            await lane.enter()
            if (caller.stopped !== undefined || lane.closed !== undefined) return lane.leave()
            await this.#ask({ item, one, variant, repeat, leave: () => lane.leave() })
          }
          const { task } = journal.read(item)
          if (!task) return
          if (task.ok) plan.carrying?.keep(one, task.output, kept)
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
    // What is compared with other answers waits for them without a verdict.
    const waits = task.ok && (plan.compares?.(one).length ?? 0) > 0
    const finish = (scores: readonly Score[], fresh: Score[]) => {
      const verdict = task.ok ? plan.verdict(one, scores) : { pass: null, score: null }
      if (!waits || fresh.length > 0) journal.add({ kind: 'scores', item, scores: fresh, ...(!waits && verdict) })
      if (!waits) done(task.cached === true)
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
