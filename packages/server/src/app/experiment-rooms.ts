import { AppError } from '@signalbox/schema'
import { EVALUATOR_IDS } from '../evaluators/registry.ts'
import type { StoredEvaluators } from '../evaluators/stored/stored-evaluators.ts'
import type { ExperimentDeps } from '../experiments/server/deps.ts'
import { experimentHandlers } from '../experiments/server/handlers.ts'
import { createRunner } from '../experiments/server/runner.ts'
import { createServiceKeys } from '../governance/service-keys.ts'
import type { Log } from '../lib/log.ts'
import { VERSION } from '../lib/version.ts'
import { judgeStanding } from '../reviews/judges.ts'
import type { Sql } from '../store/ports.ts'
import type { ClockWork } from './clock-work.ts'
import type { createEvaluatorEnvs } from './evaluator-envs.ts'
import { createExperimentTasks } from './experiment-tasks.ts'

type Rooms = {
  sql: Sql
  masterKey: string
  publicUrl: string
  /** Where the gateway of this installation answers. */
  url: string
  folder: string
  /** No other core works with this database. */
  alone: boolean
  evaluators: { stored: Pick<StoredEvaluators, 'resolve'>; envs: ReturnType<typeof createEvaluatorEnvs> }
  log: Log
  /** A key was made that edges must know. */
  changed(): unknown
}

/** Experiments, and who works on them. */
export function createExperimentRooms({ sql, masterKey, publicUrl, url, folder, alone, evaluators, log, changed }: Rooms) {
  const keys = createServiceKeys({ sql, masterKey, title: 'Experiments', purpose: 'experiments', changed })
  const deps: ExperimentDeps = {
    ...{ sql, folder, masterKey, publicUrl, version: VERSION },
    tasksOf: createExperimentTasks({ url, keys, envs: evaluators.envs }),
    async storedEvaluator(projectId, name, version) {
      if (EVALUATOR_IDS.includes(name)) return undefined
      try {
        return await evaluators.stored.resolve(projectId, name, version)
      } catch (error) {
        if (error instanceof AppError && error.code === 'not-found') return undefined
        throw error
      }
    },
    judgeStanding: (projectId, judge) => judgeStanding(sql, projectId, judge),
    warn: (details, what) => log.warn(details, what),
  }
  const runner = createRunner(deps, { alone })
  return {
    handlers: experimentHandlers(deps, runner),
    start(clock: ClockWork): void {
      void runner.start().catch((err: unknown) => log.warn({ err }, 'experiments that were under way could not be looked for'))
      // Another core may have taken one on and be gone.
      clock.every(5000, async () => runner.kick(), 'experiments that wait could not be looked for')
    },
    stop: () => runner.close(),
  }
}
