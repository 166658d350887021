import {
  AppError,
  type DatasetItem,
  type DatasetItemContent,
  type DatasetRow,
  type DatasetSource,
  type DatasetSplit,
} from '@signalbox/schema'
import { actorName } from '../lib/actor-name.ts'
import type { SqlSession } from '../store/ports.ts'

export type StoredDataset = {
  id: string
  name: string
  description: string
  version: number
  hash: string
  item_count: number
  next_position: number
  archived_at: Date | null
  created_at: Date
  updated_at: Date
  by: string | null
}
export type StoredItem = {
  item_id: string
  position: number
  from_version: number
  hash: string
  content: string
  split: DatasetSplit | null
  tags: string[]
  source: DatasetSource | null
}

export const DATASET_COLUMNS = `d.id, d.name, d.description, d.version, d.hash, d.item_count, d.next_position, d.archived_at, d.created_at,
  d.updated_at, ${actorName('d.created_by')} as by`
export const ITEM_COLUMNS = 'i.item_id, i.position, i.from_version, i.hash, i.content, i.split, i.tags, i.source'
/** Of the items `i`: those that stand in a version. */
export const standsIn = (version: string): string => `i.from_version <= ${version} and (i.to_version is null or i.to_version > ${version})`

export async function getDataset(session: SqlSession, projectId: string, name: string, lock = false): Promise<StoredDataset> {
  const [found] = await session.query<StoredDataset>(
    `select ${DATASET_COLUMNS} from datasets d where d.project_id = $1 and d.name = $2${lock ? ' for update' : ''}`,
    [projectId, name],
  )
  if (!found)
    throw new AppError('not-found', `There is no dataset ${JSON.stringify(name)}.`, {
      hint: 'List them with GET /api/v1/datasets, or make it with POST /api/v1/datasets.',
    })
  return found
}

/** The version that is meant; the newest where none is said. */
export function versionOf(dataset: StoredDataset, wanted: number | undefined): number {
  if (wanted === undefined) return dataset.version
  if (wanted > dataset.version)
    throw new AppError('not-found', `${JSON.stringify(dataset.name)} has no version ${wanted}.`, {
      hint: `The newest one is ${dataset.version}.`,
    })
  return wanted
}

/** What is in the database was checked on its way in. */
export const readContent = (stored: string): DatasetItemContent => JSON.parse(stored) as DatasetItemContent

export const toRow = (dataset: StoredDataset): DatasetRow => ({
  name: dataset.name,
  description: dataset.description,
  version: dataset.version,
  hash: dataset.hash,
  itemCount: dataset.item_count,
  createdAt: new Date(dataset.created_at).toISOString(),
  updatedAt: new Date(dataset.updated_at).toISOString(),
  createdBy: dataset.by,
  archivedAt: dataset.archived_at && new Date(dataset.archived_at).toISOString(),
})

/** `open`: the holdout too. */
export function toItem(item: StoredItem, open: boolean): DatasetItem {
  const sealed = item.split === 'holdout' && !open
  return {
    id: item.item_id,
    hash: item.hash,
    since: item.from_version,
    split: item.split,
    tags: sealed ? [] : item.tags,
    sealed,
    content: sealed ? null : readContent(item.content),
    source: sealed ? null : item.source,
  }
}
