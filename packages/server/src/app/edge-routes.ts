import { AppError, type RunningReport } from '@signalbox/schema'
import { findSpan } from '../compat/find-span.ts'
import type { Environment } from '../environment.ts'
import type { AskedVersion } from '../gateway/prompts/asked-versions.ts'
import { KnownQuery, knownUse } from '../governance/budgets-known.ts'
import { answerLeases } from '../governance/lease-bank.ts'
import { LeaseReport } from '../governance/lease-words.ts'
import type { Internal } from '../http/core-server.ts'
import { readBody } from '../http/read-body.ts'
import { sendJson } from '../http/send.ts'
import type { Log } from '../lib/log.ts'
import { formatMetrics } from '../lib/metrics.ts'
import type { Prompts } from '../prompts/prompts.ts'
import { decodeFrames } from '../store/journal/frame.ts'
import type { Stores } from '../store/ports.ts'
import type { AppliedBatch, applyBatch } from '../tracing/apply-batch.ts'
import type { TraceQueries } from '../tracing/queries/trace-queries.ts'
import type { RunningCalls } from '../tracing/running-calls.ts'
import type { CanarySums } from './canary-sums.ts'
import { sendBackup } from './send-backup.ts'
import type { SnapshotHub } from './snapshot-hub.ts'
import type { EdgeBeat } from './system-status.ts'

const MAX_BATCH_BYTES = 1 << 30
const MAX_BEAT_BYTES = 1 << 20
/** A thousand beginnings of calls, each with as much metadata as headers hold. */
const MAX_RUNNING_BYTES = 64 << 20

type Rooms = {
  stores: Stores
  environment: Environment
  queries: TraceQueries
  hub: SnapshotHub
  /** By edge: what each said last. Filled here. */
  beats: Map<string, EdgeBeat>
  canaries: CanarySums
  running: Pick<RunningCalls, 'hear'>
  prompts: Pick<Prompts, 'versionForEdges'>
  log: Log
  /** Runs work while no batch is being taken in. */
  quiesce<T>(work: () => Promise<T>): Promise<T>
  apply(batch: Parameters<typeof applyBatch>[0]): Promise<AppliedBatch>
}

/** What edges, the supervisor and the command line ask of a core; nobody else reaches it. */
export function edgeRoutes(rooms: Rooms): Record<string, Internal> {
  const { stores, environment, queries, hub, beats, canaries, running, prompts, log, quiesce, apply } = rooms
  const { sql, events } = stores
  const counters = { batches: 0, repeated: 0, spans: 0, refused: 0 }
  return {
    'GET /internal/ready': async (_request, response) => {
      await Promise.all([sql.query('select 1'), events.query('select 1')])
      sendJson(response, 200, { ready: true })
    },
    'GET /internal/snapshot': (_request, response) => hub.follow(response),
    'GET /internal/backup': sendBackup({ stores, environment, quiesce }),
    'GET /internal/metrics': (_request, response) => void response.end(formatMetrics(metricsOf(counters))),
    'POST /internal/trace-of': async (request, response) => {
      const { projectId, spanId } = JSON.parse((await readBody(request, MAX_BEAT_BYTES)).toString('utf8')) as Record<string, string>
      const span = await findSpan(queries, String(projectId), String(spanId))
      sendJson(response, 200, { traceId: span?.traceId ?? null })
    },
    'POST /internal/prompt-version': async (request, response) => {
      const asked = JSON.parse((await readBody(request, MAX_BEAT_BYTES)).toString('utf8')) as AskedVersion
      sendJson(response, 200, { version: await prompts.versionForEdges(asked) })
    },
    'POST /internal/usage': async (request, response) => {
      const query = KnownQuery.parse(JSON.parse((await readBody(request, MAX_BATCH_BYTES)).toString('utf8')))
      sendJson(response, 200, await knownUse(sql, query, new Date()))
    },
    'POST /internal/leases': async (request, response) => {
      const report = LeaseReport.parse(JSON.parse((await readBody(request, MAX_BATCH_BYTES)).toString('utf8')))
      sendJson(response, 200, await answerLeases(sql, report))
    },
    'POST /internal/running': async (request, response) => {
      const report = JSON.parse((await readBody(request, MAX_RUNNING_BYTES)).toString('utf8')) as RunningReport
      sendJson(response, 200, { known: running.hear(report) })
    },
    'POST /internal/heartbeat': async (request, response) => {
      const beat = JSON.parse((await readBody(request, MAX_BEAT_BYTES)).toString('utf8')) as Omit<EdgeBeat, 'at'>
      beats.set(beat.edgeId, { ...beat, at: Date.now() })
      sendJson(response, 200, { ok: true, stopped: canaries.hear(beat.edgeId, beat.canaries) })
    },
    'POST /internal/batches': async (request, response) => {
      const body = await readBody(request, MAX_BATCH_BYTES)
      const id = String(request.headers['x-batch-id'] ?? '')
      if (!id) throw new AppError('invalid-request', 'The batch has no id.')
      const edgeId = String(request.headers['x-edge-id'] ?? '')
      const applied = await quiesce(() => apply({ id, edgeId, frames: decodeFrames(body) }))
      counters.batches++
      counters.repeated += applied.repeated ? 1 : 0
      counters.spans += applied.spans
      counters.refused += applied.refused
      if (applied.refused > 0) log.warn({ batch: id, rows: applied.refused }, 'rows were refused; they are among the dead letters')
      sendJson(response, 200, applied)
    },
  }
}

const HELP = {
  batches: 'Batches taken in.',
  repeated: 'Batches that had been taken in before.',
  spans: 'Spans stored.',
  refused: 'Rows that the store refused.',
}

const metricsOf = (counters: Record<keyof typeof HELP, number>): Parameters<typeof formatMetrics>[0] =>
  (Object.keys(HELP) as (keyof typeof HELP)[]).map((name) => ({
    name: `signalbox_core_${name}_total`,
    help: HELP[name],
    type: 'counter' as const,
    values: [{ value: counters[name] }],
  }))
