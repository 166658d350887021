import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrateEvents } from '../store/events/migrate.ts'
import { openEvents } from '../store/events/open.ts'
import type { Events } from '../store/ports.ts'
import { VERSION_COLUMNS } from './merge/versions.ts'
import { ROLLUP_DIMENSIONS } from './rollup-dimensions.ts'

let folder: string
let events: Events
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dimensions-'))
  events = await openEvents({ folder: join(folder, 'events') })
  await migrateEvents(events)
})
afterAll(async () => {
  await events[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const columnsOf = async (table: string) => {
  const rows = await events.query<{ name: string }>(
    'SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {table:String} ORDER BY position',
    { table },
  )
  return rows.map(({ name }) => name)
}

test.each(['spans_1m', 'spans_1h'])('%s is kept apart by the dimensions that queries know', async (table) => {
  const [found] = await events.query<{ key: string }>(
    'SELECT sorting_key AS key FROM system.tables WHERE database = currentDatabase() AND name = {table:String}',
    { table },
  )
  expect(found?.key.split(', ')).toEqual(['projectId', 'minute', ...ROLLUP_DIMENSIONS])
})

test.each(['spans_1m_view', 'spans_1h_view', 'span_versions_view'])('%s groups by them', async (view) => {
  const [found] = await events.query<{ made: string }>(
    'SELECT as_select AS made FROM system.tables WHERE database = currentDatabase() AND name = {view:String}',
    { view },
  )
  const groups = /GROUP BY\s+([\s\S]+)$/
    .exec(found?.made ?? '')?.[1]
    ?.split(',')
    .map((name) => name.trim())
  expect(groups).toEqual(['projectId', 'minute', ...ROLLUP_DIMENSIONS])
})

test('spans have them, and the log of versions has all that the rollups know of a version', async () => {
  expect(await columnsOf('spans')).toEqual(expect.arrayContaining([...ROLLUP_DIMENSIONS]))
  expect(await columnsOf('span_versions')).toEqual(expect.arrayContaining([...VERSION_COLUMNS, ...ROLLUP_DIMENSIONS]))
})
