import { AppError, type Output, type Parsed } from '@signalbox/schema'
import { actorName } from '../lib/actor-name.ts'
import type { SqlSession } from '../store/ports.ts'
import { DATASET_COLUMNS, ITEM_COLUMNS, type StoredDataset, type StoredItem, standsIn, toItem, toRow } from './rows.ts'

export async function listDatasets(
  session: SqlSession,
  projectId: string,
  { search, archived, limit, cursor }: Parsed<'datasets.list'>,
): Promise<Output<'datasets.list'>> {
  const rows = await session.query<StoredDataset>(
    `select ${DATASET_COLUMNS} from datasets d where d.project_id = $1 and (d.archived_at is not null) = $2
       and ($3::text is null or strpos(lower(d.name collate "default"), lower($3)) > 0 or strpos(lower(d.description), lower($3)) > 0)
       and ($4::text is null or d.name > $4) order by d.name limit $5`,
    [projectId, archived === 'true', search ?? null, cursor === undefined ? null : textOf(cursor), limit + 1],
  )
  return { datasets: rows.slice(0, limit).map(toRow), ...next(rows, limit, ({ name }) => name) }
}

type Wanted = Omit<Parsed<'datasets.items'>, 'name' | 'unseal' | 'version'> & { version: number; open: boolean }

/** What is sealed is neither shown nor found by what it holds. */
export async function listItems(
  session: SqlSession,
  { id }: StoredDataset,
  { version, split, tag, search, limit, cursor, open }: Wanted,
): Promise<Omit<Output<'datasets.items'>, 'version'>> {
  const rows = await session.query<StoredItem>(
    `select ${ITEM_COLUMNS} from dataset_items i where i.dataset_id = $1 and ${standsIn('$2')}
       and ($3::text is null or i.split = $3)
       and ($4::text is null or (i.tags ? $4 and ($6 or i.split is distinct from 'holdout')))
       and ($5::text is null or (strpos(lower(i.content), lower($5)) > 0 and ($6 or i.split is distinct from 'holdout')))
       and i.position > $7 order by i.position limit $8`,
    [id, version, split ?? null, tag ?? null, search ?? null, open, cursor === undefined ? -1 : numberOf(cursor), limit + 1],
  )
  return { items: rows.slice(0, limit).map((row) => toItem(row, open)), ...next(rows, limit, ({ position }) => `${position}`) }
}

type StoredVersion = {
  version: number
  hash: string
  item_count: number
  added: number
  changed: number
  removed: number
  message: string
  created_at: Date
  by: string | null
}

export async function listVersions(
  session: SqlSession,
  { id }: StoredDataset,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<Output<'datasets.versions'>> {
  const rows = await session.query<StoredVersion>(
    `select version, hash, item_count, added, changed, removed, message, created_at, ${actorName('created_by')} as by from dataset_versions
     where dataset_id = $1 and ($2::int is null or version < $2) order by version desc limit $3`,
    [id, cursor === undefined ? null : numberOf(cursor), limit + 1],
  )
  return {
    versions: rows.slice(0, limit).map(({ item_count, created_at, by, ...rest }) => ({
      ...rest,
      itemCount: item_count,
      createdAt: new Date(created_at).toISOString(),
      createdBy: by,
    })),
    ...next(rows, limit, ({ version }) => `${version}`),
  }
}

/** Where the next page begins, where there is one: opaque to clients. */
export function next<T>(rows: readonly T[], limit: number, placeOf: (row: T) => string): { nextCursor?: string } {
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return last === undefined ? {} : { nextCursor: Buffer.from(placeOf(last)).toString('base64url') }
}

const unknown = () =>
  new AppError('invalid-request', 'The cursor is not one that this list gave out.', { hint: 'Start again without `cursor`.' })

export function textOf(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8')
  if (text === '' || text.includes('\uFFFD') || text.includes('\0')) throw unknown()
  return text
}

function numberOf(cursor: string): number {
  const text = textOf(cursor)
  if (!/^\d{1,15}$/.test(text)) throw unknown()
  return Number(text)
}
