import { api, type Caller, type Input, type Output, PERMISSIONS_OF, type RouteId } from '@signalbox/schema'
import { datasetHandlers } from '../../datasets/handlers.ts'
import type { Context } from '../../lib/handlers.ts'
import { createPrompts } from '../../prompts/prompts.ts'
import type { Sql } from '../../store/ports.ts'
import { migrate } from '../../store/sql/migrate.ts'
import { type TaskAnswer, TaskError, type TaskRequest } from '../plan.ts'
import type { ExperimentDeps } from './deps.ts'
import { experimentHandlers } from './handlers.ts'
import { assertTested } from './prompt-tests.ts'
import { createRunner, type Runner } from './runner.ts'

export type Asked = { model: string; request: TaskRequest; kind: 'task' | 'judge' }
export type Answering = (asked: Asked, count: number) => TaskAnswer | Promise<TaskAnswer>

/** The room over a database, with people and a gateway that answers as a test says. */
export async function experimentWorld(sql: Sql, projectId: string, folder: string) {
  await migrate(sql)
  await sql.query('insert into projects (id, name, created_at) values ($1, $1, now())', [projectId])
  await sql.query(
    `insert into accounts (id, email, role, source, created_at) values ('acc_ann', 'ann@example.test', 'member', 'api', now()) on conflict do nothing`,
  )
  const asked: Asked[] = []
  const warnings: object[] = []
  let answer: Answering = () => ({ output: 'nothing', costUsd: 0.001, ms: 5 })
  const ask = (kind: Asked['kind'], model: string) => ({
    lane: model.split('/')[0] ?? model,
    identity: { model },
    call: (request: TaskRequest, signal: AbortSignal) => {
      asked.push({ kind, model, request })
      // A call ends with its run.
      return new Promise<TaskAnswer>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new TaskError({ kind: 'final', message: 'gone' })))
        Promise.resolve()
          .then(() => answer({ kind, model, request }, asked.length))
          .then(resolve, reject)
      })
    },
  })
  const deps: ExperimentDeps = {
    sql,
    folder,
    masterKey: 'master',
    version: 'test',
    publicUrl: 'http://signalbox.test',
    tasksOf: async () => ({
      model: (name) => ask('task', name),
      judge: (name) => ask('judge', name),
      http: (task) => ask('task', task.url),
      env: {},
      close: async () => {},
    }),
    storedEvaluator: async (_, name) =>
      name === 'kind words' ? { version: 3, evaluator: 'contains', params: { value: 'please' } } : undefined,
    judgeStanding: async (_, judge) => ({ mayBlock: judge !== 'poor judge', why: 'kappa 0.2, wanted 0.4.' }),
    warn: (details) => void warnings.push(details),
  }
  const runners: Runner[] = []
  const begin = () => {
    const made = createRunner(deps, { alone: true })
    runners.push(made)
    return made
  }
  let runner = begin()
  const current = { kick: () => runner.kick(), stop: (id: string) => runner.stop(id) }
  const handlers = experimentHandlers(deps, current)
  const prompts = createPrompts({
    sql,
    changed: () => {},
    alongside: (session, of, moves) => assertTested(session, of, moves, deps.publicUrl),
    warn: () => {},
  } as Parameters<typeof createPrompts>[0])
  const datasets = datasetHandlers({ sql, spans: { read: async () => undefined, find: async () => ({ spans: [] }) } })
  const as = (given: Partial<Caller> = {}): Context =>
    ({ caller: { projectId, permissions: PERMISSIONS_OF.admin, userId: 'acc_ann', ...given } }) as Context
  const all = { ...handlers, ...datasets, ...prompts.handlers } as Record<string, (input: unknown, context: Context) => Promise<unknown>>

  return {
    sql,
    asked,
    warnings,
    as,
    answers(next: Answering): void {
      answer = next
    },
    /** As through the door: checked on its way in and out. */
    async call<R extends RouteId>(id: R, input: Input<R>, context = as()): Promise<Output<R>> {
      const { input: takes, output } = api[id]
      return output.parse(await all[id]?.(takes.parse(input), context)) as Output<R>
    },
    idle: () => runner.idle(),
    /** As after `kill -9`: the old one is never heard of again. */
    async afterKill(): Promise<void> {
      runner = begin()
      await runner.start()
    },
    async close(): Promise<void> {
      for (const one of runners) await one.close()
    },
  }
}
export type ExperimentWorld = Awaited<ReturnType<typeof experimentWorld>>
