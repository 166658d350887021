import { AppError, type Deletion } from '@signalbox/schema'
import { newId, traceIdOf } from '../../lib/ids.ts'
import type { Blobs, Events, Sql } from '../../store/ports.ts'
import { hiding, tablesOfTraces } from './deleted-rows.ts'
import { addRemoved, type DeletionRow, KNOWN_DAYS, knownOf, readDeletions, toDeletion } from './deletion-rows.ts'
import { countFound, findSpans, type Subject } from './find-spans.ts'
import { type Arrived, divide, type Known, type Late } from './known-deletions.ts'
import { removeElsewhere } from './remove-elsewhere.ts'
import { countNamed, oldFilesLeft, removeRows } from './remove-rows.ts'
import { takeFromRollups } from './take-from-rollups.ts'

export type DeletionRooms = {
  sql: Sql
  events: Events
  blobs: Blobs
  /** Runs work while no batch of an edge is being taken in. */
  quiesce<T>(work: () => Promise<T>): Promise<T>
  warn(details: object, what: string): void
}
export type Deletions = ReturnType<typeof createDeletions>

const DAY = 86_400_000
const HOUR = 3_600_000
const BATCH = 100
const RETRY_MS = 10_000
const FILES_MS = 15_000
/** Other cores ask for deletions as well. */
const REFRESH_MS = 1000

/**
 * Deletions, from the request to the last file. A request writes down which spans it means and hides them, so that when it is
 * answered no read shows them; a job then takes them off every table. What an edge still holds is known when it comes, and
 * not taken in. A core that dies on the way goes on where it was.
 */
export function createDeletions(rooms: DeletionRooms) {
  const { sql, events, quiesce, warn } = rooms
  let known: Known[] = []
  let hidden = ''
  /** Deletions of which a late part has told of more traces. */
  const lateOf = new Set<string>()
  let stopped = false
  let running = false
  let refreshed: Promise<void> = Promise.resolve()
  let woken = Promise.withResolvers<void>()
  const timers = new Set<NodeJS.Timeout>()
  const wait = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer)
        resolve()
      }, ms)
      timers.add(timer)
    })

  /** What is known and what is hidden, as the table has it now. One at a time: what was read first must not be applied last. */
  function refresh(): Promise<void> {
    refreshed = refreshed.catch(() => {}).then(readAndHide)
    return refreshed
  }

  async function readAndHide(): Promise<void> {
    const since = (Date.now() - KNOWN_DAYS * DAY) * 1000
    const rows = await readDeletions(sql, `requested_us > $1 or status in ('requested', 'hidden')`, [since])
    known = rows.map(knownOf)
    const open = rows.filter(({ status }) => status === 'requested' || status === 'hidden').map(knownOf)
    const now = open.map(({ id }) => id).join()
    if (now === hidden) return
    await events.hide(open.length === 0 ? {} : hiding(await tablesOfTraces(events), open))
    hidden = now
  }

  /** Finds the spans of a deletion, hides them, and takes them out of the counts. Safe to begin again. */
  async function hide(row: DeletionRow, what: Subject | { subject: 'late' } = knownOf(row)): Promise<DeletionRow> {
    const part = row.part + 1
    const named = { id: row.id, requestedUs: Number(row.requested_us), part }
    const open = await readDeletions(sql, `status in ('requested', 'hidden') and id <> $1`, [row.id])
    await quiesce(async () => {
      await findSpans(events, { ...named, projectId: row.project_id, open: open.map(({ id }) => id) }, what)
      await takeFromRollups(events, { ...named, projectId: row.project_id })
    })
    const { spans, traces } = await countFound(events, row.id)
    const removed = addRemoved(row.removed, await countNamed(events, named))
    const [next] = await sql.query<DeletionRow>(
      `update deletions set part = $2, spans = $3, traces = $4, removed = $5::text::jsonb, hidden_at = coalesce(hidden_at, now()),
        status = 'hidden' where id = $1 and part < $2 returning *`,
      [row.id, part, spans, traces, JSON.stringify(removed)],
    )
    await refresh()
    // The job may have been quicker; then what it wrote stands.
    return next ?? (await readDeletions(sql, 'id = $1', [row.id]))[0] ?? row
  }

  async function request(projectId: string, what: Subject, by: string): Promise<DeletionRow> {
    const time = what.subject === 'time' ? what : undefined
    const [row] = await sql.query<DeletionRow>(
      `insert into deletions (id, project_id, subject, value, from_us, to_us, requested_us, requested_by, status)
       values ($1, $2, $3, $4, $5, $6, $7, $8, 'requested') returning *`,
      [
        newId('del'),
        projectId,
        what.subject,
        time ? '' : (what as { value: string }).value,
        time?.fromUs ?? null,
        time?.toUs ?? null,
        Date.now() * 1000,
        by,
      ],
    )
    if (!row) throw new AppError('unavailable', 'The deletion could not be written down.')
    await refresh()
    const done = await hide(row)
    wake()
    return done
  }

  function wake(): void {
    woken.resolve()
    if (!running && !stopped) void run()
  }

  /** One job at a time, until nothing is open. */
  async function run(): Promise<void> {
    running = true
    try {
      while (!stopped) {
        woken = Promise.withResolvers()
        const next = await step().catch((error: unknown) => {
          if (!stopped) warn({ err: error }, 'a deletion is not through yet; it is tried again')
          return RETRY_MS
        })
        if (next === undefined) return
        if (next > 0) await Promise.race([wait(next), woken.promise])
      }
    } finally {
      running = false
    }
  }

  /** Does what there is to do; says after how many milliseconds there is more, undefined when nothing is open. */
  async function step(): Promise<number | undefined> {
    for (const row of await readDeletions(sql, `status = 'requested' order by requested_us`)) await hide(row)
    for (const id of lateOf) {
      const [row] = await readDeletions(sql, 'id = $1', [id])
      lateOf.delete(id)
      if (row) await hide(row, { subject: 'late' })
    }
    const due = await readDeletions(sql, `status = 'hidden' order by requested_us limit ${BATCH}`)
    if (due.length > 0) {
      await remove(due).catch(async (error: unknown) => {
        const problem = error instanceof Error ? error.message : String(error)
        await sql.query('update deletions set problem = $2 where id = any($1::text[])', [due.map(({ id }) => id), problem.slice(0, 1000)])
        throw error
      })
      return 0
    }
    const removed = await readDeletions(sql, `status = 'removed'`)
    for (const { id, removed_at } of removed) {
      if (removed_at && (await oldFilesLeft(events, removed_at))) continue
      await sql.query(`update deletions set status = 'erased', erased_at = now() where id = $1 and status = 'removed'`, [id])
    }
    const [open] = await sql.query<{ open: boolean }>(`select exists (select 1 from deletions where status <> 'erased') as open`)
    return open?.open ? FILES_MS : undefined
  }

  async function remove(due: readonly DeletionRow[]): Promise<void> {
    const others = await removeRows(events, due, wait)
    for (const { id, project_id: projectId, value, requested_us } of due) {
      const elsewhere = [
        ...others.filter((other) => other.id === id).map(({ rows }) => ({ where: 'scores', rows, bytes: null })),
        ...(await removeElsewhere(rooms, { id, projectId, value, requestedUs: Number(requested_us) })),
      ]
      const [now] = await readDeletions(sql, 'id = $1', [id])
      await sql.query(
        `update deletions set removed = $2::text::jsonb, problem = null, removed_at = now(), status = 'removed' where id = $1`,
        [id, JSON.stringify(addRemoved(now?.removed ?? [], elsewhere))],
      )
    }
    await refresh()
  }

  /** Notes what came too late, and deletes what of the same traces is in the store already. */
  async function noteLate(late: readonly Late[]): Promise<void> {
    for (const [id, ofOne] of Map.groupBy(late, ({ deletion }) => deletion.id)) {
      await sql.query('update deletions set late = late + $2 where id = $1', [id, ofOne.length])
      const traceIds = [...new Set(ofOne.filter(({ spread, item }) => spread && item.traceId).map(({ item }) => item.traceId))]
      if (traceIds.length === 0) continue
      const lines = ofOne
        .filter(({ item }) => item.traceId)
        .map(({ deletion: { projectId, requestedUs }, item: { traceId, spanId, sessionId } }) =>
          JSON.stringify({ projectId, deletionId: id, part: 0, traceId, spanId, sessionId: sessionId ?? '', requestedAt: requestedUs }),
        )
      await events.insert('deleted_spans', lines, `${id}:late:${traceIds.join()}`.slice(0, 500))
      // Not here: it waits for the batch that this is part of.
      lateOf.add(id)
      wake()
    }
  }

  const findTraces = (projectId: string, traceIds: readonly string[]) =>
    events.query<{ traceId: string; deletionId: string }>(
      'SELECT DISTINCT traceId, deletionId FROM deleted_spans WHERE projectId = {project:String} AND traceId IN {traces:Array(String)}',
      { project: projectId, traces: traceIds },
    )

  const refreshing = setInterval(
    () => void refresh().catch((error: unknown) => stopped || warn({ err: error }, 'deletions could not be looked up')),
    REFRESH_MS,
  )
  refreshing.unref()
  const forgetting = setInterval(
    () => void forget(sql, events).catch((error: unknown) => stopped || warn({ err: error }, 'old deletions could not be forgotten')),
    HOUR,
  )
  forgetting.unref()

  return {
    /** Before the first read: hides what was being deleted when the last process ended, and goes on with it. */
    async start(): Promise<void> {
      await refresh()
      for (const { id } of await readDeletions(sql, 'late > 0 and requested_us > $1', [(Date.now() - KNOWN_DAYS * DAY) * 1000]))
        lateOf.add(id)
      wake()
    },
    async stop(): Promise<void> {
      stopped = true
      clearInterval(refreshing)
      clearInterval(forgetting)
      woken.resolve()
    },
    request: async (projectId: string, what: Subject, by: string): Promise<Deletion> => toDeletion(await request(projectId, what, by)),
    /** The trace, if there is one: who mistypes an id should hear of it. */
    async requestTrace(projectId: string, traceRef: string, by: string): Promise<Deletion> {
      const value = traceIdOf(projectId, traceRef)
      const [found] = await events.query('SELECT 1 FROM spans WHERE projectId = {project:String} AND traceId = {trace:String} LIMIT 1', {
        project: projectId,
        trace: value,
      })
      if (!found)
        throw new AppError('not-found', `There is no trace "${traceRef}" in this project.`, { hint: 'Check the id and the project.' })
      return toDeletion(await request(projectId, { subject: 'trace', value }, by))
    },
    /** What of a batch is taken in: all but what was deleted before it came. */
    async withoutDeleted<A extends Arrived>(arrived: A): Promise<A> {
      if (known.length === 0) return arrived
      const { kept, late } = await divide(arrived, known, findTraces)
      if (late.length > 0) await noteLate(late)
      return kept
    },
  }
}

/**
 * When no edge can bring anything of it any more, a receipt needs the name of nobody: a hash of it still tells whether it was a
 * given one. The list of its spans goes as well.
 */
export async function forget(sql: Sql, events: Events, now = Date.now()): Promise<void> {
  const before = (now - KNOWN_DAYS * DAY) * 1000
  const old = await sql.query<{ id: string }>(
    `update deletions set value = 'sha256:' || encode(sha256(convert_to(value, 'UTF8')), 'hex')
     where status = 'erased' and requested_us < $1 and value not like 'sha256:%' returning id`,
    [before],
  )
  if (old.length === 0) return
  await events.command(
    'ALTER TABLE deleted_spans DELETE WHERE requestedAt < fromUnixTimestamp64Micro({before:Int64}) AND deletionId IN {ids:Array(String)} SETTINGS mutations_sync = 0',
    { before, ids: old.map(({ id }) => id) },
  )
}
