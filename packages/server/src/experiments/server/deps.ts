import type { EvalLimits, HttpTask } from '@signalbox/schema/experiment'
import type { EvaluatorEnv } from '../../evaluators/evaluator.ts'
import type { Sql } from '../../store/ports.ts'
import type { Task } from '../plan.ts'

/** Who is asked by an experiment; made by the program, which knows the gateway. */
export type ServerTasks = {
  model(name: string): Task
  judge(name: string): Task
  http(task: HttpTask): Task
  /** All that evaluators may use beside the judge, whose calls go through the run. */
  env: Omit<EvaluatorEnv, 'complete'>
  close(): Promise<void>
}

export type ExperimentDeps = {
  sql: Sql
  /** Where items are written while they are worked on. */
  folder: string
  masterKey: string
  version: string
  publicUrl: string
  tasksOf(run: { projectId: string; experimentId: string; limits: EvalLimits; signal: AbortSignal }): Promise<ServerTasks>
  /** An evaluator that is kept under a name. */
  storedEvaluator(
    projectId: string,
    name: string,
    version?: number,
  ): Promise<{ version: number; evaluator: string; params: Record<string, unknown> } | undefined>
  /** Whether people have found a judge good enough to stop a release. */
  judgeStanding(projectId: string, judge: string): Promise<{ mayBlock: boolean; why: string }>
  warn(details: object, what: string): void
  now?: () => Date
}
