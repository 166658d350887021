import { AppError, canonicalJson, type DatasetChange, type DatasetItemContent, type DatasetSource } from '@signalbox/schema'
import { actorName } from '../lib/actor-name.ts'
import { sha256 } from '../lib/ids.ts'
import type { SqlSession } from '../store/ports.ts'
import { NEAR, type Print, printOf, shinglesOf, similarityOf } from './fingerprint.ts'
import { readContent, type StoredDataset } from './rows.ts'
import { wordsOf } from './words-of.ts'

export type NewItem = { id?: string | undefined; content: DatasetItemContent; source?: DatasetSource | undefined }
export type ItemsToWrite = {
  items: readonly NewItem[]
  remove: readonly string[]
  duplicates: 'add' | 'skip'
  message: string
  expectedVersion?: number | undefined
  by: string
  now: Date
  /** What is there and not among the items goes. */
  replace?: boolean
}

const MOST_ITEMS = 200_000
const MOST_BYTES = 1_000_000
/** Of what has a band in common with a new item, so many are compared with it. */
const MOST_CANDIDATES = 20
const MOST_TOLD = 200

type Kept = { id: string; hash: string; position: number }
type Prepared = NewItem & { id: string; hash: string; text: string; shingles: Set<string>; print: Print }

/** Makes the next version of a dataset whose row is locked. Nothing is written where nothing would be different. */
export async function writeItems(session: SqlSession, dataset: StoredDataset, wanted: ItemsToWrite): Promise<DatasetChange> {
  await assertRead(session, dataset, wanted.expectedVersion)
  const known = await itemsNow(session, dataset)
  const sent = eachOnce(wanted.items.map((item) => prepare(item, known)))
  const removed = new Set(wanted.remove.filter((id) => known.has(id)))
  const unknown = wanted.remove.find((id) => !known.has(id))
  if (unknown !== undefined)
    throw new AppError('not-found', `There is no item ${JSON.stringify(unknown)} in ${JSON.stringify(dataset.name)}.`, {
      hint: 'Nothing was changed. List the items, and remove those that are there.',
    })
  if (wanted.replace) for (const id of known.keys()) if (!sent.some((item) => item.id === id)) removed.add(id)
  const { duplicates, skipped } = await findDuplicates(session, dataset, { sent, known, removed, skip: wanted.duplicates === 'skip' })
  const kept = sent.filter(({ id }) => !skipped.has(id))
  const added = kept.filter(({ id }) => !known.has(id))
  const changed = kept.filter(({ id, hash }) => known.has(id) && known.get(id)?.hash !== hash)
  for (const { id } of kept) removed.delete(id)
  const change = {
    version: dataset.version,
    added: added.length,
    changed: changed.length,
    unchanged: kept.length - added.length - changed.length,
    removed: removed.size,
    skipped: skipped.size,
    duplicates: duplicates.slice(0, MOST_TOLD),
  }
  if (added.length + changed.length + removed.size === 0) return change
  if (known.size + added.length - removed.size > MOST_ITEMS)
    throw new AppError('payload-too-large', `A dataset has at most ${MOST_ITEMS} items.`, { hint: 'Divide it, or take a sample.' })
  const version = dataset.version + 1
  await retire(session, dataset, version, [...removed, ...changed.map(({ id }) => id)])
  let position = dataset.next_position
  const rows = [
    ...changed.map((item) => ({ ...item, position: known.get(item.id)?.position ?? position })),
    ...added.map((item) => ({ ...item, position: position++ })),
  ]
  for (let from = 0; from < rows.length; from += 500) await insert(session, dataset, version, rows.slice(from, from + 500))
  for (const id of removed) known.delete(id)
  for (const { id, hash, position: at } of rows) known.set(id, { id, hash, position: at })
  const hash = hashOfAll(known)
  await session.query('update datasets set version = $2, hash = $3, item_count = $4, next_position = $5, updated_at = $6 where id = $1', [
    dataset.id,
    version,
    hash,
    known.size,
    position,
    wanted.now,
  ])
  await session.query(
    `insert into dataset_versions (dataset_id, version, hash, item_count, added, changed, removed, message, created_at, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [dataset.id, version, hash, known.size, added.length, changed.length, removed.size, wanted.message, wanted.now, wanted.by],
  )
  return { ...change, version }
}

/** SHA-256 over `id hash` lines in the order of ids: whoever has the items can work it out. */
export const hashOfAll = (items: ReadonlyMap<string, { hash: string }>): string =>
  items.size === 0
    ? ''
    : sha256(
        [...items]
          .toSorted(([one], [other]) => (one < other ? -1 : 1))
          .map(([id, { hash }]) => `${id} ${hash}\n`)
          .join(''),
      )

export const hashOfItem = (content: DatasetItemContent): string => sha256(canonicalJson(content))

async function assertRead(session: SqlSession, dataset: StoredDataset, expected: number | undefined): Promise<void> {
  if (dataset.archived_at)
    throw new AppError('conflict', `The dataset ${JSON.stringify(dataset.name)} is archived.`, {
      hint: 'Take it out of the archive first.',
    })
  if (expected === undefined || expected === dataset.version) return
  const [last] = await session.query<{ by: string | null; message: string }>(
    `select ${actorName('created_by')} as by, message from dataset_versions where dataset_id = $1 and version = $2`,
    [dataset.id, dataset.version],
  )
  throw new AppError(
    'conflict',
    `${JSON.stringify(dataset.name)} is at version ${dataset.version}${last?.by ? `, made by ${last.by}` : ''}, not ${expected}.`,
    {
      hint: 'Read it again, and make your change there.',
      data: { version: dataset.version, changedBy: last?.by ?? null, message: last?.message ?? '' },
    },
  )
}

async function itemsNow(session: SqlSession, { id }: StoredDataset): Promise<Map<string, Kept>> {
  const rows = await session.query<{ item_id: string; hash: string; position: number }>(
    'select item_id, hash, position from dataset_items where dataset_id = $1 and to_version is null',
    [id],
  )
  return new Map(rows.map((row) => [row.item_id, { id: row.item_id, hash: row.hash, position: row.position }]))
}

function prepare(item: NewItem, known: ReadonlyMap<string, Kept>): Prepared {
  const text = JSON.stringify(item.content)
  if (text.length > MOST_BYTES)
    throw new AppError('payload-too-large', `An item of ${text.length} characters is too large; ${MOST_BYTES} are allowed.`, {
      hint: 'Keep pictures and files elsewhere, and their address here.',
    })
  const hash = hashOfItem(item.content)
  const made = item.id ?? hash.slice(0, 16)
  const taken = item.id === undefined && known.has(made) && known.get(made)?.hash !== hash
  const shingles = shinglesOf(wordsOf(item.content.input))
  return { ...item, id: taken ? hash.slice(0, 32) : made, hash, text, shingles, print: printOf(shingles) }
}

/** What was sent twice is one; two that differ may not have one id. */
function eachOnce(sent: readonly Prepared[]): Prepared[] {
  const seen = new Map<string, Prepared>()
  for (const item of sent) {
    const other = seen.get(item.id)
    if (other && other.hash !== item.hash)
      throw new AppError('invalid-request', `Two items have the id ${JSON.stringify(item.id)} and are not the same.`, {
        hint: 'Give each its own.',
      })
    seen.set(item.id, other ?? item)
  }
  return [...seen.values()]
}

type Search = { sent: readonly Prepared[]; known: ReadonlyMap<string, Kept>; removed: ReadonlySet<string>; skip: boolean }

/** New items that say nearly the same as one that stays, or as one before them. */
async function findDuplicates(session: SqlSession, dataset: StoredDataset, { sent, known, removed, skip }: Search) {
  const duplicates: DatasetChange['duplicates'] = []
  const skipped = new Set<string>()
  const before = new Map<string, Prepared[]>()
  const fresh = sent.filter(({ id }) => !known.has(id))
  for (const item of fresh) {
    const bands = item.print.map((band, at) => `${at}:${band}`)
    const inSent = bands.flatMap((band) => before.get(band) ?? [])
    const candidates = [
      ...(known.size > 0 ? await resembling(session, dataset, item.print) : []).filter(({ id }) => !removed.has(id)),
      ...inSent.map(({ id, shingles }) => ({ id, shingles })),
    ]
    let best: { id: string; similarity: number } | undefined
    for (const { id, shingles } of candidates) {
      const similarity = similarityOf(item.shingles, shingles)
      if (similarity >= NEAR && id !== item.id && similarity > (best?.similarity ?? 0)) best = { id, similarity }
    }
    if (best) {
      duplicates.push({ id: item.id, of: best.id, similarity: Math.round(best.similarity * 1000) / 1000 })
      if (skip) skipped.add(item.id)
    }
    if (!skipped.has(item.id)) for (const band of bands) before.set(band, [...(before.get(band) ?? []), item].slice(-MOST_CANDIDATES))
  }
  return { duplicates, skipped }
}

async function resembling(session: SqlSession, { id }: StoredDataset, print: Print): Promise<{ id: string; shingles: Set<string> }[]> {
  const rows = await session.query<{ item_id: string; content: string }>(
    `select item_id, content from dataset_items where dataset_id = $1 and to_version is null
     and (print_a = $2 or print_b = $3 or print_c = $4 or print_d = $5) limit ${MOST_CANDIDATES}`,
    [id, ...print],
  )
  return rows.map(({ item_id, content }) => ({ id: item_id, shingles: shinglesOf(wordsOf(readContent(content).input)) }))
}

async function retire(session: SqlSession, { id }: StoredDataset, version: number, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await session.query(
    `update dataset_items set to_version = $2 where dataset_id = $1 and to_version is null
     and item_id in (select jsonb_array_elements_text($3::text::jsonb))`,
    [id, version, JSON.stringify(ids)],
  )
}

async function insert(
  session: SqlSession,
  { id }: StoredDataset,
  version: number,
  rows: readonly (Prepared & { position: number })[],
): Promise<void> {
  await session.query(
    `insert into dataset_items (dataset_id, item_id, position, from_version, hash, content, split, tags, source, print_a, print_b, print_c, print_d)
     select $1, r.id, r.position, $2, r.hash, r.content, r.split, r.tags, r.source, r.a, r.b, r.c, r.d
     from jsonb_to_recordset($3::text::jsonb)
       as r (id text, position bigint, hash text, content text, split text, tags jsonb, source jsonb, a integer, b integer, c integer, d integer)`,
    [
      id,
      version,
      JSON.stringify(
        rows.map((row) => ({
          id: row.id,
          position: row.position,
          hash: row.hash,
          content: row.text,
          split: row.content.split ?? null,
          tags: row.content.tags,
          source: row.source ?? null,
          a: row.print[0],
          b: row.print[1],
          c: row.print[2],
          d: row.print[3],
        })),
      ),
    ],
  )
}
