import { AppError, api, type Caller, type DatasetItem, type DatasetRow, type Input, type Output, type RouteId } from '@signalbox/schema'
import type { Context, HandlersOf } from '../../lib/handlers.ts'
import type { Sql } from '../../store/ports.ts'
import { uuidForName } from '../uuids.ts'

type Handlers = HandlersOf<'datasets' | 'experiments'>
export type DatasetRooms = { sql: Sql; handlers: Handlers }

/** An item of a dataset as clients of other tools know it. */
export type ForeignItem = { id: string; dataset: string; item: DatasetItem; content: NonNullable<DatasetItem['content']> }

/** Calls a row of the API table for the caller of another tool's API: the same checks, the same errors. */
export function callApi<R extends RouteId & keyof Handlers>(
  { handlers }: DatasetRooms,
  caller: Caller,
  id: R,
  input: Input<R>,
): Promise<Output<R>> {
  const parsed = api[id].input.safeParse(input)
  if (!parsed.success)
    throw new AppError('invalid-request', parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
  const context: Context = { caller, ip: '', sessionToken: undefined, setSession: () => {} }
  return (handlers[id] as (given: unknown, context: Context) => Promise<Output<R>>)(parsed.data, context)
}

/** The id of a dataset for clients that know it by one. */
export const datasetIdOf = (projectId: string, name: string): string => uuidForName('dataset', projectId, name)

/** All datasets that are not archived; a project has few of them. */
export async function allDatasets(rooms: DatasetRooms, caller: Caller): Promise<DatasetRow[]> {
  const found: DatasetRow[] = []
  let cursor: string | undefined
  do {
    const page: Output<'datasets.list'> = await callApi(rooms, caller, 'datasets.list', {
      limit: 500,
      ...(cursor !== undefined && { cursor }),
    })
    found.push(...page.datasets)
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return found
}

export async function datasetById(rooms: DatasetRooms, caller: Caller, id: string): Promise<DatasetRow> {
  const found = (await allDatasets(rooms, caller)).find(({ name }) => datasetIdOf(caller.projectId, name) === id.toLowerCase())
  if (!found) throw new AppError('not-found', `There is no dataset with the id ${id}.`)
  return found
}

export const datasetNamed = async (rooms: DatasetRooms, caller: Caller, name: string): Promise<DatasetRow> =>
  (await callApi(rooms, caller, 'datasets.get', { name })).dataset

/** What clients said of datasets and is not ours to know, by name. */
export async function detailsOf(
  { sql }: DatasetRooms,
  projectId: string,
  names: readonly string[],
): Promise<Map<string, Record<string, unknown>>> {
  const rows = await sql.query<{ name: string; details: Record<string, unknown> }>(
    'select name, details from foreign_datasets where project_id = $1 and name = any($2)',
    [projectId, names],
  )
  return new Map(rows.map(({ name, details }) => [name, details]))
}

export async function keepDetails({ sql }: DatasetRooms, projectId: string, name: string, details: object): Promise<void> {
  await sql.query(
    `insert into foreign_datasets (project_id, name, details) values ($1, $2, $3::jsonb)
     on conflict (project_id, name) do update set details = foreign_datasets.details || excluded.details`,
    [projectId, name, JSON.stringify(details)],
  )
}

/** How clients write ids of items: as any text, or as UUIDs alone. `own`: as they are here. */
export type IdForm = 'text' | 'uuid' | 'own'

/** Items that may be read, of a version or the newest, with the ids by which clients know them. */
export async function itemsOf(
  rooms: DatasetRooms,
  caller: Caller,
  { dataset, version, form }: { dataset: string; version?: number | undefined; form: IdForm },
): Promise<ForeignItem[]> {
  const items: Omit<ForeignItem, 'id'>[] = []
  let cursor: string | undefined
  do {
    const page: Output<'datasets.items'> = await callApi(rooms, caller, 'datasets.items', {
      ...{ name: dataset, limit: 500 },
      ...(version !== undefined && { version }),
      ...(cursor !== undefined && { cursor }),
    })
    // What is sealed is for nobody who evaluates with it in the open.
    for (const item of page.items) if (item.content !== null) items.push({ dataset, item, content: item.content })
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return form === 'own' ? items.map((one) => ({ ...one, id: one.item.id })) : named(rooms, caller.projectId, { items, dataset, form })
}

const UUID = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i

/** Theirs are unique in a project: an id belongs to the dataset that was read first with it, and is written with its dataset in others. */
async function named(
  { sql }: DatasetRooms,
  projectId: string,
  { items, dataset, form }: { items: readonly Omit<ForeignItem, 'id'>[]; dataset: string; form: 'text' | 'uuid' },
): Promise<ForeignItem[]> {
  const learn = (ids: readonly string[], itemIds: readonly string[]) =>
    sql.query(
      `insert into foreign_items (project_id, id, dataset, item_id)
       select $1, id, $2, item_id from unnest($3::text[], $4::text[]) as known (id, item_id) on conflict (project_id, id) do nothing`,
      [projectId, dataset, ids, itemIds],
    )
  const found: ForeignItem[] = []
  for (let from = 0; from < items.length; from += 1000) {
    const some = items.slice(from, from + 1000)
    const plain = some.map(({ item }) => item.id).filter((id) => form === 'text' || UUID.test(id))
    await learn(plain, plain)
    const rows = await sql.query<{ id: string }>(
      'select id from foreign_items where project_id = $1 and dataset = $2 and id = any($3) and item_id = id',
      [projectId, dataset, plain],
    )
    const own = new Set(rows.map(({ id }) => id))
    const other = (id: string) => (form === 'text' ? `${dataset}/${id}` : uuidForName('item', projectId, dataset, id))
    const rest = some.map(({ item }) => item.id).filter((id) => !own.has(id))
    await learn(rest.map(other), rest)
    for (const one of some) found.push({ ...one, id: own.has(one.item.id) ? one.item.id : other(one.item.id) })
  }
  return found
}

/** Writes an item under an id of the client's; an item of that id takes its content. */
export async function writeItem(
  rooms: DatasetRooms,
  caller: Caller,
  { id, dataset, content, message }: { id: string; dataset: string; content: Input<'datasets.write'>['items']; message: string },
): Promise<void> {
  await callApi(rooms, caller, 'datasets.write', { name: dataset, items: content, message })
  await rememberItems(rooms, caller.projectId, { dataset, items: [{ id, itemId: content?.[0]?.id ?? id }] })
}

/** Ids that a client gave itself. */
export async function rememberItems(
  { sql }: DatasetRooms,
  projectId: string,
  { dataset, items }: { dataset: string; items: readonly { id: string; itemId: string }[] },
): Promise<void> {
  await sql.query(
    `insert into foreign_items (project_id, id, dataset, item_id)
     select $1, id, $2, item_id from unnest($3::text[], $4::text[]) as known (id, item_id)
     on conflict (project_id, id) do update set dataset = excluded.dataset, item_id = excluded.item_id`,
    [projectId, dataset, items.map(({ id }) => id), items.map(({ itemId }) => itemId)],
  )
}

/** Where an id leads to; undefined where nobody has read or written it through such a client. */
export async function placeOf(
  { sql }: DatasetRooms,
  projectId: string,
  id: string,
): Promise<{ dataset: string; itemId: string } | undefined> {
  const [found] = await sql.query<{ dataset: string; item_id: string }>(
    'select dataset, item_id from foreign_items where project_id = $1 and id = $2',
    [projectId, id],
  )
  return found && { dataset: found.dataset, itemId: found.item_id }
}

/** An item by the id of a client. */
export async function itemById(rooms: DatasetRooms, caller: Caller, id: string, form: 'text' | 'uuid'): Promise<ForeignItem> {
  const place = await placeOf(rooms, caller.projectId, id)
  const known =
    place && (await itemsOf(rooms, caller, { dataset: place.dataset, form: 'own' })).find(({ item }) => item.id === place.itemId)
  if (known) return { ...known, id }
  // Nobody has listed it yet: it may stand in any dataset.
  for (const { name } of await allDatasets(rooms, caller)) {
    const found = (await itemsOf(rooms, caller, { dataset: name, form })).find((one) => one.id === id)
    if (found) return found
  }
  throw new AppError('not-found', `There is no item with the id ${id}.`)
}
