import { AppError, type Retention } from '@signalbox/schema'
import type { HandlersOf } from '../../lib/handlers.ts'
import type { Events, Sql } from '../../store/ports.ts'
import { applyRetention, type Kept } from './retention.ts'

export type RetentionRooms = {
  sql: Sql
  events: Events
  projectIds(): Promise<readonly string[]>
  /** What signalbox.yaml says of a project; undefined where it says nothing. */
  declared(projectId: string): Retention | undefined
  quiesce<T>(work: () => Promise<T>): Promise<T>
  log: { info(details: object, what: string): void; warn(details: object, what: string): void }
}

const EVERY_MS = 3_600_000
const FIRST_MS = 60_000

/** For how long projects keep what they were sent: the file says so, or the project itself; and once an hour it is so. */
export function createRetention({ sql, events, projectIds, declared, quiesce, log }: RetentionRooms) {
  let timer: NodeJS.Timeout | undefined
  let nextRunAt: Date | null = null
  let running: Promise<void> = Promise.resolve()
  const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

  async function of(projectId: string): Promise<Kept & { from: 'file' | 'project' | 'default' }> {
    const file = declared(projectId)
    if (file) return { projectId, ...file, from: 'file' }
    const [row] = await sql.query<{ payload_days: number | null; metadata_days: number | null }>(
      'select payload_days, metadata_days from retention where project_id = $1',
      [projectId],
    )
    return {
      projectId,
      payloadDays: row?.payload_days ?? null,
      metadataDays: row?.metadata_days ?? null,
      from: row ? 'project' : 'default',
    }
  }

  /** One run at a time. */
  const run = (): Promise<void> => {
    const next = running.then(async () => {
      const kept = await Promise.all((await projectIds()).map(of))
      const expired = await applyRetention(kept, { events, quiesce, wait, now: Date.now() })
      if (expired.length > 0) log.info({ expired }, 'what was kept for long enough is gone')
    })
    running = next.catch(() => {})
    return next
  }

  function plan(ms: number): void {
    clearTimeout(timer)
    nextRunAt = new Date(Date.now() + ms)
    timer = setTimeout(() => {
      plan(EVERY_MS)
      run().catch((error: unknown) => log.warn({ err: error }, 'what was kept for long enough could not be removed; it is tried again'))
    }, ms).unref()
  }

  const handlers: HandlersOf<'retention'> = {
    'retention.get': async (_input, { caller }) => {
      const { payloadDays, metadataDays, from } = await of(caller.projectId)
      return { payloadDays, metadataDays, from, nextRunAt: nextRunAt?.toISOString() ?? null }
    },
    'retention.set': async ({ payloadDays, metadataDays }, { caller }) => {
      if (declared(caller.projectId))
        throw new AppError('conflict', 'signalbox.yaml says for how long this project keeps its data.', {
          hint: 'Change `retention` there, or take it out.',
        })
      await sql.query(
        `insert into retention (project_id, payload_days, metadata_days, changed_by) values ($1, $2, $3, $4)
         on conflict (project_id) do update set payload_days = excluded.payload_days, metadata_days = excluded.metadata_days,
           changed_by = excluded.changed_by, changed_at = now()`,
        [caller.projectId, payloadDays, metadataDays, caller.userId ?? caller.keyId ?? ''],
      )
      plan(FIRST_MS)
      return { payloadDays, metadataDays }
    },
  }
  return { handlers, run, of, start: () => plan(FIRST_MS), stop: () => clearTimeout(timer) }
}
