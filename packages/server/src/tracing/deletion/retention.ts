import type { Events } from '../../store/ports.ts'
import { UNHIDDEN } from './deleted-rows.ts'
import { type Pace, removeWhere, untilDone } from './remove-rows.ts'

/** For how long one project keeps what; null is for ever. */
export type Kept = { projectId: string; payloadDays: number | null; metadataDays: number | null }
type Table = { name: string; time: string }
type Rooms = { events: Events; quiesce<T>(work: () => Promise<T>): Promise<T>; wait: Pace; now: number }
/** What went, for the log. */
export type Expired = { where: string; rows: number; dropped: boolean }

const DAY = 86_400_000
/** Where content is. Previews of it stand in the spans themselves. */
const PAYLOAD_TABLES = ['payloads', 'patches']

/**
 * Removes what is older than its project keeps it, by days of UTC, so that a week that is cut is cut once a day. A week in which
 * everything has expired is dropped as a whole, which costs nothing; else the rows of the projects in question are deleted.
 */
export async function applyRetention(projects: readonly Kept[], rooms: Rooms): Promise<Expired[]> {
  const expired: Expired[] = []
  const bordersOf = (days: (kept: Kept) => number | null) =>
    projects.flatMap((kept) => {
      const number = days(kept)
      return number === null ? [] : [{ projectId: kept.projectId, before: Math.floor((rooms.now - number * DAY) / DAY) * DAY }]
    })
  const metadata = bordersOf(({ metadataDays }) => metadataDays)
  const payload = bordersOf(({ payloadDays }) => payloadDays)
  if (metadata.length === 0 && payload.length === 0) return expired
  const tables = await datedTables(rooms.events)
  for (const table of tables) {
    const borders = PAYLOAD_TABLES.includes(table.name) ? earliest([...metadata, ...payload]) : metadata
    expired.push(...(await expire(table, borders, rooms)))
  }
  await clearPreviews(payload, rooms)
  return expired
}

type Border = { projectId: string; before: number }

/** Of two borders of a project the one that removes more. */
function earliest(borders: readonly Border[]): Border[] {
  const latest = new Map<string, number>()
  for (const { projectId, before } of borders) latest.set(projectId, Math.max(latest.get(projectId) ?? 0, before))
  return [...latest].map(([projectId, before]) => ({ projectId, before }))
}

/** Every table with rows of projects, and the column that says how old one is. A later table is among them without being listed. */
async function datedTables(events: Events): Promise<Table[]> {
  const rows = await events.query<{ table: string; columns: string[] }>(
    `SELECT table, groupArray(name) AS columns FROM system.columns
WHERE database = currentDatabase() AND table != 'deleted_spans' AND (startsWith(type, 'Date') OR name = 'projectId')
  AND table IN (SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree')
GROUP BY table HAVING has(columns, 'projectId') ORDER BY table = 'spans', table`,
  )
  return rows.flatMap(({ table, columns }) => {
    const time = TIMES.find((column) => columns.includes(column))
    return time === undefined ? [] : [{ name: table, time }]
  })
}

/** What says how old a row is, the first of those that it has. */
const TIMES = ['startedAt', 'minute', 'at', 'receivedAt']

const older = (time: string, borders: readonly Border[], values: Record<string, unknown>): string =>
  `(${borders
    .map(({ projectId, before }, index) => {
      values[`project${index}`] = projectId
      return `(projectId = {project${index}:String} AND ${time} < fromUnixTimestamp(${Math.floor(before / 1000)}))`
    })
    .join(' OR ')})`

async function expire({ name, time }: Table, borders: readonly Border[], { events, quiesce, wait }: Rooms): Promise<Expired[]> {
  if (borders.length === 0) return []
  const values: Record<string, unknown> = {}
  const where = older(time, borders, values)
  const partitions = () =>
    events.query<{ partition: string; rows: number }>(
      `SELECT _partition_id AS partition, count() AS rows FROM ${name} WHERE ${where} GROUP BY partition ${UNHIDDEN}`,
      values,
    )
  const expired: Expired[] = []
  // Nothing is taken in meanwhile: what is not expired must not come into a week between the look and the drop.
  await quiesce(async () => {
    const totals = await events.query<{ partition: string; rows: number }>(
      `SELECT partition_id AS partition, sum(rows) AS rows FROM system.parts
WHERE database = currentDatabase() AND table = {table:String} AND active GROUP BY partition`,
      { table: name },
    )
    for (const { partition, rows } of await partitions()) {
      if (totals.find((one) => one.partition === partition)?.rows !== rows || !/^[\w-]+$/.test(partition)) continue
      await events.command(`ALTER TABLE ${name} DROP PARTITION ID '${partition}'`)
      expired.push({ where: name, rows, dropped: true })
    }
  })
  const rest = (await partitions()).reduce((sum, { rows }) => sum + rows, 0)
  if (rest === 0) return expired
  const mark = `retention-${Date.now()}`
  await removeWhere(events, { name }, { where: `${where} AND '${mark}' != ''`, mark, values }, wait)
  return [...expired, { where: name, rows: rest, dropped: false }]
}

/** The first words of a text are content like the rest of it. */
async function clearPreviews(borders: readonly Border[], { events, wait }: Rooms): Promise<void> {
  if (borders.length === 0) return
  const values: Record<string, unknown> = {}
  const mark = `previews-${Date.now()}`
  const where = `${older('startedAt', borders, values)} AND (inputPreview != '' OR outputPreview != '')`
  const [found] = await events.query<{ rows: number }>(`SELECT count() AS rows FROM spans WHERE ${where} ${UNHIDDEN}`, values)
  if (!found || found.rows === 0) return
  await events.command(
    `ALTER TABLE spans UPDATE inputPreview = '', outputPreview = '' WHERE ${where} AND '${mark}' != '' SETTINGS mutations_sync = 0`,
    values,
  )
  await untilDone(events, 'spans', mark, wait)
}
