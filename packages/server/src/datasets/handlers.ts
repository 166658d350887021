import { AppError, allows, type Caller, type DatasetChange } from '@signalbox/schema'
import { actorName } from '../lib/actor-name.ts'
import type { HandlersOf } from '../lib/handlers.ts'
import { newId } from '../lib/ids.ts'
import type { Sql, SqlSession } from '../store/ports.ts'
import { diffItems } from './diff.ts'
import { findAlike } from './duplicates.ts'
import { exportItems } from './export-items.ts'
import { importItems } from './import/import-items.ts'
import { listDatasets, listItems, listVersions } from './list.ts'
import { getDataset, ITEM_COLUMNS, readContent, type StoredItem, standsIn, toRow, versionOf } from './rows.ts'
import { itemsOfSpans, type SpanReader } from './spans.ts'
import { type ItemsToWrite, type NewItem, writeItems } from './write-items.ts'

type Wanted = Omit<ItemsToWrite, 'by' | 'now'> & { dryRun?: boolean; create?: boolean }
export type DatasetRooms = { sql: Sql; spans: SpanReader; now?: () => Date }

/** Changes a dataset. A write holds its row: whoever comes second waits, and then sees what the first one did. */
export function datasetWriter({ sql, now = () => new Date() }: Pick<DatasetRooms, 'sql' | 'now'>) {
  return async function write(caller: Caller, name: string, { dryRun = false, create = false, ...wanted }: Wanted): Promise<DatasetChange> {
    try {
      return await sql.transaction(async (session) => {
        if (create) await make(session, caller, { name, description: '', now: now() })
        const dataset = await getDataset(session, caller.projectId, name, true)
        const change = await writeItems(session, dataset, { ...wanted, by: actorOf(caller), now: now() })
        if (dryRun) throw new Rehearsed(change)
        return change
      })
    } catch (error) {
      if (error instanceof Rehearsed) return error.change
      throw error
    }
  }
}

/** Datasets of a project. */
export function datasetHandlers({ sql, spans, now = () => new Date() }: DatasetRooms): HandlersOf<'datasets'> {
  const write = datasetWriter({ sql, now })
  const get = (caller: Caller, name: string) => getDataset(sql, caller.projectId, name)

  const noteOpened = async (
    caller: Caller,
    { name, version, why, items }: { name: string; version: number; why: string | undefined; items: number },
  ) => {
    if (why === undefined || items === 0) return
    await sql.query(
      'insert into dataset_unsealed (id, project_id, dataset, version, items, at, by_id, why) values ($1, $2, $3, $4, $5, $6, $7, $8)',
      [newId('dsu'), caller.projectId, name, version, items, now(), actorOf(caller), why],
    )
  }

  return {
    'datasets.list': (wanted, { caller }) => listDatasets(sql, caller.projectId, wanted),
    'datasets.get': async ({ name, version }, { caller }) => {
      const dataset = await get(caller, name)
      const at = versionOf(dataset, version)
      const counts = (from: string, column: string) =>
        sql.query<{ value: string; count: number }>(
          `select ${column} as value, count(*) as count from ${from} where i.dataset_id = $1 and ${standsIn('$2')} group by 1 order by 2 desc, 1 limit 200`,
          [dataset.id, at],
        )
      return {
        dataset: toRow(dataset),
        version: at,
        splits: await counts('dataset_items i', `coalesce(i.split, '')`),
        tags: await counts('dataset_items i, jsonb_array_elements_text(i.tags) as t (tag)', 't.tag'),
      }
    },
    'datasets.create': async ({ name, description }, { caller }) => {
      if (!(await make(sql, caller, { name, description, now: now() }))) throw taken(name)
      return toRow(await get(caller, name))
    },
    'datasets.change': async ({ name, newName = name, description, archived }, { caller }) => {
      await sql.transaction(async (session) => {
        const dataset = await getDataset(session, caller.projectId, name, true)
        if (newName !== name) {
          const [other] = await session.query('select 1 from datasets where project_id = $1 and name = $2', [caller.projectId, newName])
          if (other) throw taken(newName)
        }
        const archivedAt = archived === undefined ? dataset.archived_at : archived ? (dataset.archived_at ?? now()) : null
        await session.query('update datasets set name = $2, description = $3, archived_at = $4, updated_at = $5 where id = $1', [
          dataset.id,
          newName,
          description ?? dataset.description,
          archivedAt,
          now(),
        ])
      })
      return toRow(await get(caller, newName))
    },
    'datasets.remove': async ({ name }, { caller }) => {
      await sql.query('delete from datasets where id = $1', [(await get(caller, name)).id])
      return { ok: true }
    },
    'datasets.items': async ({ name, unseal, ...wanted }, { caller }) => {
      const dataset = await get(caller, name)
      const version = versionOf(dataset, wanted.version)
      mayOpen(caller, unseal)
      const answer = await listItems(sql, dataset, { ...wanted, version, open: unseal !== undefined })
      await noteOpened(caller, { name, version, why: unseal, items: answer.items.filter(({ split }) => split === 'holdout').length })
      return { version, ...answer }
    },
    'datasets.duplicates': async ({ name }, { caller }) => findAlike(sql, await get(caller, name)),
    'datasets.export': async ({ name, version: wanted, format, unseal }, { caller }) => {
      const dataset = await get(caller, name)
      const version = versionOf(dataset, wanted)
      mayOpen(caller, unseal)
      const [held] = await sql.query<{ items: number }>(
        `select count(*)::int as items from dataset_items i where i.dataset_id = $1 and i.split = 'holdout' and ${standsIn('$2')}`,
        [dataset.id, version],
      )
      await noteOpened(caller, { name, version, why: unseal, items: held?.items ?? 0 })
      return exportItems(sql, dataset, { version, format, open: unseal !== undefined })
    },
    'datasets.write': ({ name, items, ...wanted }, { caller }) =>
      write(caller, name, { ...wanted, items: items.map(({ id, source, ...content }) => ({ id, source, content })) }),
    'datasets.import': async ({ name, dryRun, ...wanted }, { caller }) => {
      const { items, columns } = await importItems(wanted)
      const { replace, duplicates, message, expectedVersion, format, create } = wanted
      const change = await write(caller, name, {
        items,
        remove: [],
        replace,
        duplicates,
        message: message || `Imported from ${format}`,
        expectedVersion,
        create,
        dryRun,
      })
      return { ...change, rows: items.length, columns, preview: previewOf(items) }
    },
    'datasets.addSpans': async ({ name, duplicates, message, dryRun, ...wanted }, { caller }) => {
      await get(caller, name)
      const { items, missing } = await itemsOfSpans(spans, caller.projectId, wanted)
      const change = await write(caller, name, { items, remove: [], duplicates, message: message || 'Added from traces', dryRun })
      return { ...change, preview: previewOf(items), missing }
    },
    'datasets.versions': async ({ name, ...wanted }, { caller }) => listVersions(sql, await get(caller, name), wanted),
    'datasets.diff': async ({ name, ...wanted }, { caller }) => diffItems(sql, await get(caller, name), wanted),
    'datasets.restore': async ({ name, version, message, expectedVersion }, { caller }) =>
      sql.transaction(async (session) => {
        const dataset = await getDataset(session, caller.projectId, name, true)
        const rows = await session.query<StoredItem>(
          `select ${ITEM_COLUMNS} from dataset_items i where i.dataset_id = $1 and ${standsIn('$2')} order by i.position`,
          [dataset.id, versionOf(dataset, version)],
        )
        return await writeItems(session, dataset, {
          items: rows.map(({ item_id, content, source }) => ({ id: item_id, content: readContent(content), source: source ?? undefined })),
          remove: [],
          replace: true,
          duplicates: 'add',
          message: message || `Version ${version} again`,
          expectedVersion,
          by: actorOf(caller),
          now: now(),
        })
      }),
    'datasets.unsealed': async ({ name, limit }, { caller }) => ({
      opened: (
        await sql.query<{ dataset: string; version: number; items: number; at: Date; by: string | null; why: string }>(
          `select dataset, version, items, at, ${actorName('by_id')} as by, why from dataset_unsealed
           where project_id = $1 and ($2::text is null or dataset = $2) order by at desc limit $3`,
          [caller.projectId, name ?? null, limit],
        )
      ).map(({ dataset, at, ...rest }) => ({ name: dataset, at: new Date(at).toISOString(), ...rest })),
    }),
  }
}

/** False where there is one already. */
async function make(
  session: SqlSession,
  caller: Caller,
  { name, description, now }: { name: string; description: string; now: Date },
): Promise<boolean> {
  const made = await session.query(
    `insert into datasets (id, project_id, name, description, version, hash, item_count, next_position, created_at, updated_at, created_by)
     values ($1, $2, $3, $4, 0, '', 0, 0, $5, $5, $6) on conflict do nothing returning 1`,
    [newId('ds'), caller.projectId, name, description, now, actorOf(caller)],
  )
  return made.length > 0
}

const previewOf = (items: readonly NewItem[]) => items.slice(0, 10).map(({ id, content }) => ({ id: id ?? null, content }))

function mayOpen(caller: Caller, why: string | undefined): void {
  if (why !== undefined && !allows(caller.permissions, 'datasets:unseal'))
    throw new AppError('permission-denied', 'The holdout may not be opened with this access.', {
      hint: 'It takes `datasets:unseal`. Leave `unseal` out to read the rest.',
    })
}

const actorOf = ({ userId, keyId }: Caller): string => userId ?? keyId ?? ''

const taken = (name: string) =>
  new AppError('conflict', `There is a dataset ${JSON.stringify(name)} already.`, { hint: 'Choose another name, or write to that one.' })

/** Takes a transaction back, and carries out of it what it would have done. */
class Rehearsed extends Error {
  readonly change: DatasetChange
  constructor(change: DatasetChange) {
    super('rehearsed')
    this.change = change
  }
}
