import { statfs } from 'node:fs/promises'
import { allows } from '@signalbox/schema'
import type { Context, Handlers } from '../lib/handlers.ts'
import { type HealthFacts, healthOf } from '../monitoring/health.ts'
import type { Sql } from '../store/ports.ts'
import type { EdgeBeat } from './system-status.ts'

type Rooms = {
  sql: Sql
  data: string
  beats(): readonly EdgeBeat[]
  configVersion(): number
  models: Pick<Handlers, 'models.health'>
  budgets: Pick<Handlers, 'budgets.usage'>
  /** Names of the providers that a project can call. */
  providersOf(projectId: string): Promise<readonly string[]>
}

/** An edge says how it does every second or so. */
const SILENT_AFTER_MS = 10_000
const LOST_AFTER_MS = 60_000
/** What is normal right after a start or a change is told as trouble only from here on. */
const SETTLED_MS = 15_000
const HOUR = 3_600_000
const FIVE_MINUTES = 300_000

/** `GET /api/v1/overview/health`: what every room knows of how it does, of the project of who asks. */
export function healthHandlers(rooms: Rooms): Pick<Handlers, 'overview.health'> {
  const started = Date.now()
  let newest = { version: rooms.configVersion(), since: started }
  return {
    'overview.health': async (_input, context) => {
      const now = Date.now()
      if (rooms.configVersion() !== newest.version) newest = { version: rooms.configVersion(), since: now }
      const facts = await factsOf(rooms, context)
      // An edge is given a change at once, and says so a moment later: only one that stays behind is worth a word.
      const behind = now - newest.since < SETTLED_MS ? 0 : facts.edges.behind
      return { parts: healthOf({ ...facts, edges: { ...facts.edges, behind, starting: now - started < SETTLED_MS } }) }
    },
  }
}

async function factsOf({ sql, data, beats, configVersion, models, budgets, providersOf }: Rooms, context: Context): Promise<HealthFacts> {
  const { projectId, permissions } = context.caller
  const now = Date.now()
  const known = beats().filter(({ at }) => now - at < LOST_AFTER_MS)
  const heard = known.filter(({ at }) => now - at < SILENT_AFTER_MS)
  const [health, usable, [hour], [lag], [letters], disk, used] = await Promise.all([
    models['models.health']({}, context),
    providersOf(projectId),
    sql.query<Sums>(
      'select coalesce(sum(accepted), 0) as accepted, coalesce(sum(rejected), 0) as rejected from ingest_minutes where project_id = $1 and minute >= $2',
      [projectId, new Date(now - HOUR)],
    ),
    sql.query<{ slowest: string | null }>('select max(max_ms) as slowest from ingest_lag where project_id = $1 and minute >= $2', [
      projectId,
      new Date(now - FIVE_MINUTES),
    ]),
    sql.query<{ n: number }>('select count(*)::int as n from dead_letters where project_id = $1', [projectId]),
    allows(permissions, 'system:read') ? statfs(data) : null,
    allows(permissions, 'budgets:read') ? budgets['budgets.usage']({ limit: 20 }, context) : null,
  ])
  const targets = (state: string) => [
    ...new Set(health.breakers.filter((one) => one.state === state).map(({ provider, model }) => `${provider}/${model}`)),
  ]
  const shown = used?.budgets.filter(({ hidden }) => !hidden) ?? []
  const inState = (...states: string[]) =>
    shown.filter(({ subjects }) => subjects.some(({ state }) => states.includes(state))).map(({ name }) => name)
  const blocked = inState('blocked', 'used-up')
  return {
    edges: {
      heard: heard.length,
      silent: known.length - heard.length,
      behind: heard.filter((beat) => beat.configVersion !== undefined && beat.configVersion < configVersion()).length,
    },
    providers: { usable: usable.length, open: targets('open'), trying: targets('half-open') },
    ingest: {
      waitingBytes: heard.reduce((sum, { pendingBytes }) => sum + pendingBytes, 0),
      slowestMs: lag?.slowest === null || lag?.slowest === undefined ? null : Number(lag.slowest),
    },
    rejected: { accepted: Number(hour?.accepted ?? 0), rejected: Number(hour?.rejected ?? 0), deadLetters: letters?.n ?? 0 },
    journal: { full: heard.filter(({ full }) => full).length },
    disk: disk && { freeBytes: disk.bavail * disk.bsize, totalBytes: disk.blocks * disk.bsize },
    budgets: used && { total: shown.length, warned: inState('warned').filter((name) => !blocked.includes(name)), blocked },
  }
}

type Sums = { accepted: string; rejected: string }
