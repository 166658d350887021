import { evaluatorHandlers } from '../evaluators/stored/handlers.ts'
import { createStoredEvaluators } from '../evaluators/stored/stored-evaluators.ts'
import { createServiceKeys } from '../governance/service-keys.ts'
import { createGuardedFetch } from '../lib/guarded-fetch.ts'
import type { HandlersOf } from '../lib/handlers.ts'
import type { Events, Sql } from '../store/ports.ts'
import type { TraceQueries } from '../tracing/queries/trace-queries.ts'
import { benchRows } from './bench-rows.ts'
import { createEvaluatorEnvs } from './evaluator-envs.ts'

type Rooms = {
  sql: Sql
  events: Events
  masterKey: string
  /** Where the gateway of this installation answers. */
  url: string
  allowPrivate: boolean
  datasets: HandlersOf<'datasets'>
  queries: TraceQueries
  /** A key was made that edges must know. */
  changed(): unknown
}

/** Evaluators of projects, what they may use, and the bench on which one is tried. */
export function createEvaluatorRooms({ sql, events, masterKey, url, allowPrivate, datasets, queries, changed }: Rooms) {
  const keys = createServiceKeys({ sql, masterKey, title: 'Evaluation', purpose: 'evaluation', changed })
  const guarded = createGuardedFetch()
  const envs = createEvaluatorEnvs({ sql, events, keys, guarded, url, allowPrivate })
  const stored = createStoredEvaluators({ sql, masterKey })
  return {
    /** For experiments: what a stored name stands for, and what evaluators may use. */
    stored,
    envs,
    handlers: evaluatorHandlers({ stored, allowsPrivate: envs.allows, envFor: envs.envFor, ...benchRows(datasets, queries) }),
    stop: () => guarded.close(),
  }
}
