import { AppError, type Caller, type CreatedKey, type Deletion, type Demo, type NewDemo, type NewKey } from '@signalbox/schema'
import { createClient } from '@signalbox/sdk'
import type { HandlersOf } from '../lib/handlers.ts'
import type { Events, Sql } from '../store/ports.ts'
import { DEMO_ALIASES } from './aliases.ts'
import { DEMO_DASHBOARD } from './dashboard.ts'
import { makeReviews, type ReviewHandlers } from './reviews/make-reviews.ts'
import { RELEASES } from './story.ts'
import type { Server } from './write-demo.ts'
import { writeDemo } from './write-demo.ts'

export type DemoRooms = {
  sql: Sql
  events: Events
  /** Where the gateway and the ingest endpoints of this installation answer. */
  url: string
  createKey(caller: Caller, key: NewKey): Promise<CreatedKey>
  revokeKey(caller: Caller, id: string): Promise<unknown>
  /** Deletes what came in with a key. */
  deleteOfKey(caller: Caller, keyId: string): Promise<Deletion>
  removeAlias(of: { projectId: string; name: string }): Promise<void>
  /** Takes away the dashboards that a key made. */
  removeDashboards(projectId: string, keyId: string): Promise<void>
  /** Takes away the prompts that a key made. */
  removePrompts(caller: Caller, keyId: string): Promise<void>
  /** Review by people, as this installation answers it: those of the demo are no accounts. */
  reviews(): ReviewHandlers
  /** Takes away what was marked with a key, and these releases. */
  removeMarkers(projectId: string, of: { keyId: string; releases: readonly string[]; since: Date }): Promise<void>
  warn(details: object, what: string): void
  now?: () => Date
}

type Row = {
  project_id: string
  key_id: string
  state: Exclude<Demo['state'], 'none'>
  days: number
  scale: number
  seed: string
  started_at: Date
  traces: number
  sent: number
  models: string[]
  worth_seeing: Demo['worthSeeing']
  problem: string | null
}

const KEY: NewKey = {
  name: 'Demo data',
  scopes: [
    'gateway:call',
    'traces:write',
    'traces:read',
    'scores:write',
    'models:read',
    'models:write',
    'dashboards:read',
    'dashboards:write',
    'prompts:read',
    'prompts:write',
    'prompts:promote',
  ],
}

/**
 * Demo data in a project. It comes in with a key of its own, through the same doors as anybody's: so everything it brought is
 * known by that key, and can be removed without touching anything else.
 */
export function createDemos(rooms: DemoRooms) {
  const {
    sql,
    events,
    url,
    createKey,
    revokeKey,
    deleteOfKey,
    removeAlias,
    removeDashboards,
    removePrompts,
    removeMarkers,
    reviews,
    warn,
    now = () => new Date(),
  } = rooms
  const find = async (projectId: string) => (await sql.query<Row>('SELECT * FROM demos WHERE project_id = $1', [projectId]))[0]

  async function write(server: Server, projectId: string, demo: NewDemo, endsAt: number): Promise<void> {
    const update = (set: string, values: unknown[]) => sql.query(`UPDATE demos SET ${set} WHERE project_id = $1`, [projectId, ...values])
    try {
      await makeAliases(server, (name) => update('models = models || $2::text::jsonb', [JSON.stringify([name])]))
      await createClient({ baseUrl: server.url, apiKey: server.key }).dashboards.create(DEMO_DASHBOARD)
      let written: Promise<unknown> = Promise.resolve()
      const { traces, worthSeeing } = await writeDemo(server, { ...demo, endsAt }, (progress) => {
        written = written.then(() => update('traces = $2, sent = $3', [progress.traces, progress.sent])).catch(() => undefined)
      })
      await written
      const row = await find(projectId)
      if (row) await makeReviews(reviews(), { projectId, keyId: row.key_id })
      await update(`state = 'ready', traces = $2, sent = $2, worth_seeing = $3::text::jsonb`, [traces, JSON.stringify(worthSeeing)])
    } catch (error) {
      warn({ err: error, projectId }, 'the demo data could not be written')
      await update(`state = 'failed', problem = $2`, [error instanceof Error ? error.message : String(error)]).catch(() => undefined)
    }
  }

  const handlers: HandlersOf<'demo'> = {
    'demo.get': async (_, { caller }) => toDemo(await find(caller.projectId)),

    'demo.load': async (demo, { caller }) => {
      const { projectId } = caller
      if (await find(projectId))
        throw new AppError('conflict', 'This project holds demo data already.', { hint: 'Remove it first: DELETE /api/v1/demo.' })
      const [used] = await events.query('SELECT 1 FROM spans WHERE projectId = {project:String} LIMIT 1', { project: projectId })
      if (used && !demo.beside)
        throw new AppError('conflict', 'This project has traces of its own; demo data would stand between them.', {
          hint: 'Create a project for the demo and load it there, or send `beside: true`.',
        })
      const key = await createKey(caller, KEY)
      const startedAt = new Date(Math.floor(now().getTime() / 1000) * 1000)
      const rows = await sql.query<Row>(
        `INSERT INTO demos (project_id, key_id, state, days, scale, seed, started_at) VALUES ($1, $2, 'loading', $3, $4, $5, $6)
         ON CONFLICT DO NOTHING RETURNING *`,
        [projectId, key.id, demo.days, demo.scale, demo.seed, startedAt],
      )
      if (rows.length === 0) {
        await revokeKey(caller, key.id)
        throw new AppError('conflict', 'Somebody else is loading demo data into this project.')
      }
      void write({ url, key: key.secretKey }, projectId, demo, startedAt.getTime())
      return toDemo(rows[0])
    },

    'demo.remove': async (_, { caller }) => {
      const { projectId } = caller
      const row = await find(projectId)
      if (!row) throw new AppError('not-found', 'This project holds no demo data.')
      if (row.state === 'loading')
        throw new AppError('conflict', 'The demo data is still being written.', { hint: 'Wait until it is there, then remove it.' })
      await revokeKey(caller, row.key_id)
      const deletion = await deleteOfKey(caller, row.key_id)
      for (const name of row.models)
        await removeAlias({ projectId, name }).catch((error: unknown) => {
          // Somebody was quicker.
          if (!(error instanceof AppError && error.code === 'not-found')) throw error
        })
      await removeDashboards(projectId, row.key_id)
      await removePrompts(caller, row.key_id)
      await sql.query(
        'DELETE FROM review_calibrations WHERE queue_id IN (SELECT id FROM review_queues WHERE project_id = $1 AND created_by = $2)',
        [projectId, row.key_id],
      )
      await sql.query('DELETE FROM review_queues WHERE project_id = $1 AND created_by = $2', [projectId, row.key_id])
      await removeMarkers(projectId, { keyId: row.key_id, releases: Object.values(RELEASES), since: row.started_at })
      await sql.query('DELETE FROM demos WHERE project_id = $1', [projectId])
      return { traces: deletion.traces, deletionId: deletion.id }
    },
  }

  return {
    handlers,
    /** What was being written when the last process ended stays as far as it came. */
    async start(): Promise<void> {
      await sql.query(
        `UPDATE demos SET state = 'failed', problem = 'The program ended while it was written. Remove it, and load it again.' WHERE state = 'loading'`,
      )
    },
  }
}

/** Aliases that the project has already stay as they are. */
async function makeAliases({ url, key }: Server, made: (name: string) => Promise<unknown>): Promise<void> {
  const { models } = createClient({ baseUrl: url, apiKey: key })
  const known = new Set((await models.list()).models.map(({ name }) => name))
  for (const alias of DEMO_ALIASES) {
    if (known.has(alias.name)) continue
    await models.create(alias)
    await made(alias.name)
  }
}

const toDemo = (row: Row | undefined): Demo =>
  row
    ? {
        state: row.state,
        days: row.days,
        scale: row.scale,
        seed: row.seed,
        startedAt: row.started_at.toISOString(),
        traces: row.traces,
        sent: row.sent,
        problem: row.problem,
        worthSeeing: row.worth_seeing,
      }
    : { state: 'none', days: null, scale: null, seed: null, startedAt: null, traces: 0, sent: 0, problem: null, worthSeeing: [] }
