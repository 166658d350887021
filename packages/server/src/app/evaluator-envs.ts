import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@signalbox/schema'
import type { EvaluatorEnv } from '../evaluators/evaluator.ts'
import { openaiModels } from '../evaluators/openai-models.ts'
import type { ServiceKeys } from '../governance/service-keys.ts'
import type { GuardedFetch } from '../lib/guarded-fetch.ts'
import { traceIdOf } from '../lib/ids.ts'
import type { Events, Sql } from '../store/ports.ts'
import { runSql } from '../tracing/queries/sql/run-sql.ts'

type Rooms = {
  sql: Sql
  events: Events
  keys: Pick<ServiceKeys, 'secretFor'>
  guarded: Pick<GuardedFetch, 'fetch'>
  /** Where the gateway of this installation answers. */
  url: string
  /** Services of every project may be at private addresses, not only of those whose owner allows it. */
  allowPrivate: boolean
}
export type EvaluatorWishes = {
  projectId: string
  /** The model that judges where parameters name none. */
  judge?: string | undefined
  embeddings?: string | undefined
  signal?: AbortSignal | undefined
  environment?: string | undefined
}

/** How long an edge may take to hear of a key that was just made. */
const HEARD_MS = 5000
const PAUSE_MS = 50
const TRACE = /\{\s*traceId\s*:\s*String\s*\}/g

/** What evaluators may use on a server: the gateway for models, addresses of others under guard, and SQL over the spans of the project. */
export function createEvaluatorEnvs({ sql, events, keys, guarded, url, allowPrivate }: Rooms) {
  const allows = async (projectId: string): Promise<boolean> => {
    if (allowPrivate) return true
    const [project] = await sql.query<{ allowed: boolean }>('select allow_private_providers as allowed from projects where id = $1', [
      projectId,
    ])
    return project?.allowed ?? false
  }

  /** Calls through the gateway like anybody's: limited, budgeted and traced, told apart by the environment. */
  const gatewayFetch = (projectId: string, environment: string): typeof globalThis.fetch =>
    (async (input: string, init: RequestInit) => {
      const { secret, fresh } = await keys.secretFor(projectId)
      const headers = {
        ...(init.headers as Record<string, string>),
        authorization: `Bearer ${secret}`,
        'x-signalbox-environment': environment,
      }
      const deadline = Date.now() + (fresh ? HEARD_MS : 0)
      for (;;) {
        const answer = await globalThis.fetch(input, { ...init, headers })
        if (answer.status !== 401 || Date.now() >= deadline) return answer
        await answer.body?.cancel()
        await sleep(PAUSE_MS, undefined, init.signal ? { signal: init.signal } : {})
      }
    }) as typeof globalThis.fetch

  return {
    allows,
    envFor({ projectId, judge, embeddings, signal, environment = 'evaluation' }: EvaluatorWishes): EvaluatorEnv {
      const models = openaiModels({
        baseUrl: `${url}/v1`,
        model: judge,
        embeddingModel: embeddings,
        fetch: gatewayFetch(projectId, environment),
      })
      return {
        complete: async (request) => {
          if (request.model === undefined && judge === undefined)
            throw new AppError('invalid-request', 'No model is named that judges.', {
              hint: 'Name one with `judge`: an alias or PROVIDER/MODEL.',
            })
          return (await models.complete?.(request)) as NonNullable<Awaited<ReturnType<NonNullable<EvaluatorEnv['complete']>>>>
        },
        embed: async (texts, options) => {
          if (options.model === undefined && embeddings === undefined)
            throw new AppError('invalid-request', 'No model of embeddings is named.', { hint: 'Name one with `embeddings`.' })
          return (await models.embed?.(texts, options)) ?? []
        },
        // The room of SQL takes no parameters, so the trace, which is hex, stands in its text.
        query: async (text, { traceId }) => {
          const id = traceIdOf(projectId, String(traceId))
          const { columns, rows } = await runSql(events, projectId, text.replace(TRACE, `'${id}'`))
          return rows.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at]])))
        },
        fetch: (async (input: string, init: RequestInit) => guarded.fetch(await allows(projectId))(input, init)) as typeof globalThis.fetch,
        ...(signal && { signal }),
      }
    },
  }
}
