import type { Output, Parsed } from '@signalbox/schema'
import type { SqlSession } from '../store/ports.ts'
import { next, textOf } from './list.ts'
import { ITEM_COLUMNS, type StoredDataset, type StoredItem, standsIn, toItem, versionOf } from './rows.ts'

/** Items by id that are not the same in both versions. What is sealed stays so. */
export async function diffItems(
  session: SqlSession,
  dataset: StoredDataset,
  { from, to, limit, cursor }: Omit<Parsed<'datasets.diff'>, 'name'>,
): Promise<Output<'datasets.diff'>> {
  const versions = [versionOf(dataset, from), versionOf(dataset, to)]
  const ids = await session.query<{ id: string }>(
    `select item_id as id from (
       select i.item_id, 1 as side, i.hash from dataset_items i where i.dataset_id = $1 and ${standsIn('$2')}
       union all select i.item_id, 2, i.hash from dataset_items i where i.dataset_id = $1 and ${standsIn('$3')}
     ) as both_sides where ($4::text is null or item_id > $4)
     group by item_id having count(*) = 1 or min(hash) <> max(hash) order by item_id limit $5`,
    [dataset.id, ...versions, cursor === undefined ? null : textOf(cursor), limit + 1],
  )
  const shown = ids.slice(0, limit).map(({ id }) => id)
  const [before, after] = await Promise.all(versions.map((version) => itemsIn(session, dataset, version, shown)))
  return {
    changes: shown.map((id) => {
      const [old, fresh] = [before?.get(id), after?.get(id)]
      return {
        id,
        kind: old && fresh ? 'changed' : fresh ? 'added' : 'removed',
        before: old ? toItem(old, false) : null,
        after: fresh ? toItem(fresh, false) : null,
      }
    }),
    ...next(ids, limit, ({ id }) => id),
  }
}

async function itemsIn(
  session: SqlSession,
  { id }: StoredDataset,
  version: number,
  ids: readonly string[],
): Promise<Map<string, StoredItem>> {
  const rows = await session.query<StoredItem>(
    `select ${ITEM_COLUMNS} from dataset_items i where i.dataset_id = $1 and ${standsIn('$2')}
     and i.item_id in (select jsonb_array_elements_text($3::text::jsonb))`,
    [id, version, JSON.stringify(ids)],
  )
  return new Map(rows.map((row) => [row.item_id, row]))
}
