import type { EvalLimits } from '@signalbox/schema/experiment'
import { type Task, TaskError } from '../experiments/plan.ts'
import type { ServerTasks } from '../experiments/server/deps.ts'
import type { ServiceKeys } from '../governance/service-keys.ts'
import { createEvalTasks } from './eval-tasks.ts'
import type { createEvaluatorEnvs } from './evaluator-envs.ts'

type Rooms = {
  /** Where the gateway of this installation answers. */
  url: string
  keys: Pick<ServiceKeys, 'secretFor'>
  envs: Pick<ReturnType<typeof createEvaluatorEnvs>, 'envFor' | 'allows'>
}
type Run = { projectId: string; experimentId: string; limits: EvalLimits; signal: AbortSignal }

/** How long an edge may take to hear of a key or a version that was just made. */
const HEARD_MS = 10_000
const PAUSE_MS = 200

/**
 * Whom an experiment asks: the gateway, with a key of its own, so that limits, budgets and traces are those of all calls. Its calls are told
 * apart by their environment and by the id of the experiment, and get no answer that was kept for others: a repeat is an answer of its own.
 */
export const createExperimentTasks =
  ({ url, keys, envs }: Rooms) =>
  async ({ projectId, experimentId, limits, signal }: Run): Promise<ServerTasks> => {
    const { secret } = await keys.secretFor(projectId)
    const until = Date.now() + HEARD_MS
    const through = (role: 'task' | 'judge') =>
      createEvalTasks({
        providers: {},
        prices: [],
        limits,
        variables: {},
        gateway: {
          baseUrl: `${url}/v1`,
          apiKey: secret,
          headers: {
            'x-signalbox-environment': 'experiment',
            'x-signalbox-cache': 'no-store',
            'x-signalbox-metadata': JSON.stringify({ experiment: experimentId, role }),
          },
        },
      })
    const endpoints = createEvalTasks({ providers: {}, prices: [], limits, variables: {}, publicOnly: !(await envs.allows(projectId)) })
    const [tasks, judges] = [through('task'), through('judge')]
    const ofModel = (all: typeof tasks, name: string): Task => {
      const task = all.model(name)
      return {
        lane: laneOf(name),
        // Not where the gateway is: that is no part of the question.
        identity: { gateway: projectId, model: name },
        call: (request, callSignal) => heard(() => Promise.resolve(task.call(request, callSignal)), until),
      }
    }
    return {
      model: (name) => ofModel(tasks, name),
      judge: (name) => ofModel(judges, name),
      http: (task) => endpoints.http(task),
      env: envs.envFor({ projectId, environment: 'experiment', signal }),
      close: async () => {
        await Promise.all([tasks.close(), judges.close(), endpoints.close()])
      },
    }
  }

/** What shares limits: the provider where it is named, else the alias, or the prompt that names one. */
const laneOf = (name: string): string => (name.startsWith('prompt:') ? name.split('@')[0] : name.split('/')[0]) ?? name

/** What an edge does not know in the first seconds it may only not have heard of. */
async function heard<T>(call: () => Promise<T>, until: number): Promise<T> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      const unheard = error instanceof TaskError && /^(401|404)\b/.test(error.failure.message)
      if (!unheard || Date.now() > until) throw error
      await new Promise((next) => setTimeout(next, PAUSE_MS))
    }
  }
}
