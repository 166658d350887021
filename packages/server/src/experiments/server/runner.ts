import { randomUUID } from 'node:crypto'
import { AppError, type ExperimentState } from '@signalbox/schema'
import { EvalLimits, Gate } from '@signalbox/schema/experiment'
import { completeBy } from '../judge.ts'
import type { Report } from '../report/build.ts'
import type { Caller } from '../run/caller.ts'
import { workOff } from '../work-off.ts'
import { fileCases } from './cases.ts'
import type { ExperimentDeps } from './deps.ts'
import { serverPlan } from './plan.ts'
import { baselineOfExperiment, numbersOf, repeatsOf } from './report.ts'
import { sqlAnswers } from './sql-answers.ts'
import { SqlRows } from './sql-rows.ts'
import { COLUMNS, planOfStored, type StoredExperiment } from './stored.ts'

/** So many at once in one core; the others wait in their order. */
const AT_ONCE = 2
const LEASE_SECONDS = 30
const TICK_MS = 1000

type Running = { caller: Caller | undefined; abort: AbortController; stopped: boolean; done: Promise<void> }

/**
 * Works on experiments: takes one that waits, or whose core is gone, holds it by a lease, and writes down how far it is. What it was in the
 * middle of when it ended is asked again; all else is there.
 */
export function createRunner(deps: ExperimentDeps, { alone }: { alone: boolean }) {
  const { sql, warn, now = () => new Date() } = deps
  const owner = randomUUID()
  const running = new Map<string, Running>()
  let closing = false
  let looking: Promise<void> | undefined

  async function claim(): Promise<StoredExperiment | undefined> {
    return sql.transaction(async (session) => {
      const [next] = await session.query<{ id: string }>(
        `select id from experiments where work and state <> 'stopped' and (lease_until is null or lease_until < $1) and not (id = any($2::text[]))
         order by created_at limit 1 for update skip locked`,
        [now(), [...running.keys()]],
      )
      if (!next) return undefined
      await session.query(
        `update experiments set state = 'running', why = null, lease_owner = $2, lease_until = $3, started_at = coalesce(started_at, $4) where id = $1`,
        [next.id, owner, leaseEnd(), now()],
      )
      const [row] = await session.query<StoredExperiment>(`select ${COLUMNS} from experiments x where x.id = $1`, [next.id])
      return row
    })
  }
  const leaseEnd = () => new Date(now().getTime() + LEASE_SECONDS * 1000)

  async function look(): Promise<void> {
    while (!closing && running.size < AT_ONCE) {
      const next = await claim()
      if (!next) return
      const abort = new AbortController()
      const one: Running = { caller: undefined, abort, stopped: false, done: Promise.resolve() }
      running.set(next.id, one)
      one.done = work(next, one)
        .catch((error: unknown) => warn({ err: error, experiment: next.id }, 'an experiment could not be worked on'))
        .finally(() => {
          running.delete(next.id)
          kick()
        })
    }
  }

  /** Something waits. Looks once more where it is looking already. */
  function kick(): void {
    if (closing) return
    const after = looking ?? Promise.resolve()
    looking = after.then(look).catch((error: unknown) => warn({ err: error }, 'experiments that wait could not be looked for'))
  }

  async function work(experiment: StoredExperiment, one: Running): Promise<void> {
    try {
      const outcome = await runOne(experiment, one)
      if (outcome) await finish(experiment, outcome)
      else await sql.query('update experiments set lease_until = null where id = $1 and lease_owner = $2', [experiment.id, owner])
    } catch (error) {
      if (one.abort.signal.aborted) return
      const told = error instanceof AppError
      if (!told) warn({ err: error, experiment: experiment.id }, 'an experiment failed')
      await finish(experiment, {
        state: 'failed',
        why: told ? error.message : `It failed: ${error instanceof Error ? error.message : String(error)}`,
      })
    }
  }

  /** Nothing where the program ends before it: whoever comes next goes on. */
  async function runOne(experiment: StoredExperiment, one: Running): Promise<Outcome | undefined> {
    const { id, project_id: projectId, source } = experiment
    const stored = planOfStored(experiment)
    const limits = stored.limits ?? EvalLimits.parse({})
    const { signal } = one.abort
    const tasks = await deps.tasksOf({ projectId, experimentId: id, limits, signal })
    let tick: NodeJS.Timeout | undefined
    try {
      const cases = await fileCases(sql, { id, hash: experiment.dataset_hash, folder: deps.folder })
      const plan = await serverPlan(deps, experiment, { cases, tasks })
      try {
        const repeats = await repeatsOf(sql, experiment)
        const numbers = numbersOf(experiment, stored)
        const rows = await SqlRows.open(
          sql,
          { id, projectId },
          {
            numbers,
            items: numbers.cases * numbers.variants * repeats,
            onlySent: source === 'function',
            run: {
              kind: 'run',
              format: 1,
              id,
              name: experiment.name,
              startedAt: (experiment.started_at ?? now()).toISOString(),
              manifest: {},
            },
          },
        )
        const before = rows.progress.done
        const began = Date.now()
        const tell = async () => {
          const { done } = rows.progress
          const total = Math.max(experiment.items * stored.variants.length * experiment.repeats, done)
          const fresh = done - before
          const etaSeconds = fresh === 0 || source === 'function' ? null : Math.ceil(((Date.now() - began) / 1000 / fresh) * (total - done))
          const [held] = await sql.query<{ state: string }>(
            `update experiments set progress = $3, lease_until = $4 where id = $1 and lease_owner = $2 returning state`,
            [id, owner, JSON.stringify({ ...rows.progress, total, etaSeconds }), leaseEnd()],
          )
          if (!held) one.abort.abort('Another core has it now.')
          else if (held.state === 'stopped') stopRunning(one)
        }
        tick = setInterval(
          () => void tell().catch((error: unknown) => warn({ err: error }, 'how far an experiment is could not be written')),
          TICK_MS,
        )
        const { report } = await workOff({
          plan,
          rows,
          cache: sqlAnswers(sql, { projectId, mode: source === 'function' ? 'off' : stored.cache }),
          limits,
          gate: stored.gate === null ? undefined : Gate.parse(stored.gate),
          baseline: await baselineOfExperiment(sql, experiment),
          retryErrors: experiment.retry,
          passRate: 1,
          version: deps.version,
          signal,
          envOf: (caller) => ({
            ...tasks.env,
            seed: experiment.seed,
            signal,
            complete: completeBy(caller, {
              task: (model) => tasks.judge(model ?? stored.judge?.model ?? noJudge()),
              parameters: stored.judge?.parameters ?? {},
            }),
          }),
          started({ caller }) {
            one.caller = caller
            if (one.stopped) caller.stop(STOPPED)
          },
        })
        clearInterval(tick)
        if (signal.aborted) return undefined
        await tell()
        const unsent = source === 'function' && !experiment.sent
        if (one.stopped) return { state: 'stopped', why: STOPPED, report }
        if (unsent) return { state: 'running', why: null, report }
        if (report.stopped !== null && source === 'server') return { state: 'paused', why: report.stopped, report }
        return { state: 'done', why: null, report }
      } finally {
        await plan.close()
      }
    } finally {
      clearInterval(tick)
      await tasks.close()
    }
  }

  /** What it came to. Where something was asked for meanwhile there is still work, and where somebody stopped it that is what it is. */
  async function finish({ id, asked }: StoredExperiment, { state, why, report }: Outcome): Promise<void> {
    await sql.transaction(async (session) => {
      const [held] = await session.query<{ asked: number; state: ExperimentState; why: string | null }>(
        'select asked, state, why from experiments where id = $1 and lease_owner = $2 for update',
        [id, owner],
      )
      if (!held) return
      const isStopped = held.state === 'stopped'
      const more = Number(held.asked) !== Number(asked) && !isStopped
      const over = !more && state !== 'running'
      await session.query(
        `update experiments set state = $2, work = $3, why = $4, report = coalesce($5, report), gate = coalesce($6, gate),
           finished_at = $7, lease_owner = null, lease_until = null where id = $1`,
        [
          id,
          isStopped || more ? held.state : state,
          more,
          isStopped ? held.why : why,
          report ? JSON.stringify(report) : null,
          over ? (report?.gate.outcome ?? null) : null,
          over ? now() : null,
        ],
      )
    })
  }

  function stopRunning(one: Running): void {
    one.stopped = true
    one.caller?.stop(STOPPED)
  }

  return {
    kick,
    /** What is under way here is finished, and nothing more begun. */
    stop(id: string): void {
      const one = running.get(id)
      if (one) stopRunning(one)
    },
    /** At the start: where no other core can be at work, what was under way is taken up at once. */
    async start(): Promise<void> {
      if (alone) await sql.query('update experiments set lease_owner = null, lease_until = null where work')
      kick()
    },
    async idle(): Promise<void> {
      for (;;) {
        await looking
        if (running.size === 0) return
        await Promise.all([...running.values()].map(({ done }) => done))
      }
    },
    async close(): Promise<void> {
      closing = true
      for (const { abort } of running.values()) abort.abort('The program ends.')
      await Promise.all([...running.values()].map(({ done }) => done))
      await sql.query('update experiments set lease_until = null where lease_owner = $1', [owner])
    },
  }
}
export type Runner = ReturnType<typeof createRunner>

type Outcome = { state: ExperimentState; why: string | null; report?: Report }
const STOPPED = 'Somebody stopped it.'

function noJudge(): never {
  throw new Error('No model is named that judges. Write judge: { model }, or name one in the parameters of the evaluator.')
}
