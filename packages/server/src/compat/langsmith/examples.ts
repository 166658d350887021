import { AppError, type Caller, type DatasetRow, DatasetSplit, type Input } from '@signalbox/schema'
import type { ForeignRequest, ForeignRoute } from '../../lib/foreign.ts'
import { formParts } from '../../lib/form-parts.ts'
import { newTraceId } from '../../lib/ids.ts'
import {
  callApi,
  type DatasetRooms,
  datasetById,
  datasetIdOf,
  datasetNamed,
  type ForeignItem,
  itemById,
  itemsOf,
  placeOf,
  rememberItems,
} from '../datasets/room.ts'
import { uuidOf } from '../uuids.ts'

type Sent = Record<string, unknown>
type Items = NonNullable<Input<'datasets.write'>['items']>

const MOST_BYTES = 20_000_000
const MOST_PARTS = 20_000

export function exampleRoutes(rooms: DatasetRooms): ForeignRoute[] {
  const read = (path: string, handle: ForeignRoute['handle']): ForeignRoute => ({ method: 'GET', path, access: 'datasets:read', handle })
  const write = (method: 'POST' | 'PATCH' | 'DELETE', path: string, handle: ForeignRoute['handle']): ForeignRoute => ({
    ...{ method, path, handle },
    access: 'datasets:write',
  })
  const form = async (request: ForeignRequest, isNew: boolean) => {
    const dataset = await datasetById(rooms, request.caller, request.params.datasetId ?? '')
    const sent = readForm(await request.body(MOST_BYTES), request.header('content-type') ?? '')
    const ids = await writeAll(rooms, request.caller, { dataset, sent, isNew })
    return { status: isNew ? 201 : 200, body: { count: ids.length, example_ids: ids } }
  }
  return [
    read('/examples', async ({ caller, query }) => ({ body: await listExamples(rooms, caller, query) })),
    read('/examples/count', async ({ caller, query }) => ({ body: (await found(rooms, caller, query)).length })),
    read('/examples/:exampleId', async ({ caller, params }) => ({ body: await exampleOf(rooms, caller, params.exampleId ?? '') })),
    write('POST', '/examples', async ({ caller, json }) => {
      const sent = await json()
      const dataset = await datasetOf(rooms, caller, sent)
      const [id = ''] = await writeAll(rooms, caller, { dataset, sent: [sent], isNew: true })
      return { body: await exampleOf(rooms, caller, id) }
    }),
    write('POST', '/examples/bulk', async ({ caller, body }) => {
      const sent = JSON.parse((await body(MOST_BYTES)).toString('utf8')) as unknown
      if (!Array.isArray(sent) || sent.length === 0) throw new AppError('invalid-request', 'Examples are sent as a list.')
      const dataset = await datasetOf(rooms, caller, sent[0] as Sent)
      const ids = await writeAll(rooms, caller, { dataset, sent: sent as Sent[], isNew: true })
      return { body: await Promise.all(ids.map((id) => exampleOf(rooms, caller, id))) }
    }),
    write('PATCH', '/examples/:exampleId', async ({ caller, params, json }) => {
      const id = params.exampleId ?? ''
      const { dataset: name } = await itemById(rooms, caller, id, 'uuid')
      const dataset = await datasetNamed(rooms, caller, name)
      await writeAll(rooms, caller, { dataset, sent: [{ ...(await json()), id }], isNew: false })
      return { body: { message: 'Example updated', example_id: id } }
    }),
    write('DELETE', '/examples/:exampleId', async ({ caller, params }) => {
      const { dataset, item } = await itemById(rooms, caller, params.exampleId ?? '', 'uuid')
      await callApi(rooms, caller, 'datasets.write', { name: dataset, remove: [item.id], message: 'Removed by a client of LangSmith' })
      return { body: { message: 'deleted' } }
    }),
    write('POST', '/v1/platform/datasets/:datasetId/examples', (request) => form(request, true)),
    write('PATCH', '/v1/platform/datasets/:datasetId/examples', (request) => form(request, false)),
  ]
}

async function datasetOf(rooms: DatasetRooms, caller: Caller, { dataset_id, dataset_name }: Sent): Promise<DatasetRow> {
  if (typeof dataset_id === 'string') return datasetById(rooms, caller, dataset_id)
  if (typeof dataset_name === 'string') return datasetNamed(rooms, caller, dataset_name)
  throw new AppError('invalid-request', 'An example names its dataset by `dataset_id`.')
}

async function listExamples(rooms: DatasetRooms, caller: Caller, query: URLSearchParams) {
  const all = await found(rooms, caller, query)
  const number = (name: string, fallback: number) => Number(query.get(name) ?? fallback) || fallback
  const offset = number('offset', 0)
  return all.slice(offset, offset + Math.min(number('limit', 100), 100))
}

/** What a client asks for: by dataset, at a time, by ids, by split or by what the metadata holds. */
async function found(rooms: DatasetRooms, caller: Caller, query: URLSearchParams) {
  const ids = query.getAll('id')
  const named = query.get('dataset')
  if (named === null && ids.length === 0) throw new AppError('invalid-request', 'Examples are listed by `dataset` or by `id`.')
  if (named === null) return Promise.all(ids.map((id) => exampleOf(rooms, caller, id)))
  const dataset = await datasetById(rooms, caller, named)
  const version = await versionAt(rooms, caller, dataset, query.get('as_of'))
  const splits = query.getAll('splits')
  const metadata = query.get('metadata')
  const wanted = metadata === null ? {} : (JSON.parse(metadata) as Sent)
  const items = await itemsOf(rooms, caller, { dataset: dataset.name, version, form: 'uuid' })
  return items
    .filter(({ id }) => ids.length === 0 || ids.includes(id))
    .filter(({ content }) => splits.length === 0 || splitsOf(content).some((split) => splits.includes(split)))
    .filter(({ content }) =>
      Object.entries(wanted).every(([name, value]) => JSON.stringify(content.metadata[name]) === JSON.stringify(value)),
    )
    .map((item) => toExample(caller.projectId, item, dataset))
}

async function versionAt(
  rooms: DatasetRooms,
  caller: Caller,
  { name, version }: DatasetRow,
  at: string | null,
): Promise<number | undefined> {
  if (at === null || at === 'latest' || version === 0) return undefined
  const time = Date.parse(at)
  if (Number.isNaN(time))
    throw new AppError('invalid-request', `There is no version "${at}".`, {
      hint: '`as_of` is a time or "latest": tags of versions are not kept.',
    })
  const { versions } = await callApi(rooms, caller, 'datasets.versions', { name, limit: 500 })
  return versions.find(({ createdAt }) => Date.parse(createdAt) <= time)?.version ?? versions.at(-1)?.version
}

async function exampleOf(rooms: DatasetRooms, caller: Caller, id: string) {
  const item = await itemById(rooms, caller, id, 'uuid')
  return toExample(caller.projectId, item, await datasetNamed(rooms, caller, item.dataset))
}

const SPLIT_TAG = 'split:'
const splitsOf = ({ split, tags }: ForeignItem['content']): string[] => {
  const own = [...(split ? [split] : []), ...tags.filter((tag) => tag.startsWith(SPLIT_TAG)).map((tag) => tag.slice(SPLIT_TAG.length))]
  return own.length > 0 ? own : ['base']
}

/** LangSmith's inputs and outputs are objects. */
const asObject = (value: unknown, name: string): Sent =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Sent) : { [name]: value }

const toExample = (projectId: string, { id, dataset, content }: ForeignItem, { createdAt, updatedAt }: DatasetRow) => ({
  ...{ id, dataset_id: datasetIdOf(projectId, dataset), inputs: asObject(content.input, 'input') },
  outputs: content.expected === undefined || content.expected === null ? null : asObject(content.expected, 'output'),
  metadata: { ...content.metadata, dataset_split: splitsOf(content) },
  ...{ created_at: createdAt, modified_at: updatedAt, source_run_id: null, runs: [], attachments: null },
})

async function writeAll(
  rooms: DatasetRooms,
  caller: Caller,
  { dataset, sent, isNew }: { dataset: DatasetRow; sent: readonly Sent[]; isNew: boolean },
): Promise<string[]> {
  const before = isNew
    ? []
    : (await itemsOf(rooms, caller, { dataset: dataset.name, form: 'uuid' })).filter(({ id }) => sent.some((one) => one.id === id))
  const written = await Promise.all(
    sent.map(async (one) => {
      const id = typeof one.id === 'string' ? one.id : uuidOf(newTraceId())
      const old = before.find((item) => item.id === id)
      if (!isNew && !old) throw new AppError('not-found', `There is no example ${id} in "${dataset.name}".`)
      const place = await placeOf(rooms, caller.projectId, id)
      return { id, itemId: old?.item.id ?? place?.itemId ?? id, content: contentOf(one, old) }
    }),
  )
  await callApi(rooms, caller, 'datasets.write', {
    name: dataset.name,
    items: written.map(({ itemId, content }) => ({ ...content, id: itemId })) as Items,
    message: 'Written by a client of LangSmith',
  })
  await rememberItems(rooms, caller.projectId, { dataset: dataset.name, items: written })
  return written.map(({ id }) => id)
}

function contentOf({ inputs, outputs, metadata, split }: Sent, old: ForeignItem | undefined): Omit<Items[number], 'id'> {
  const { dataset_split, ...rest } = (metadata ?? old?.content.metadata ?? {}) as Sent
  const named = [split ?? dataset_split].flat().filter((one): one is string => typeof one === 'string' && one !== 'base')
  const own = named.length > 0 || split === 'base' ? named : old ? splitsOf(old.content).filter((one) => one !== 'base') : []
  const known = own.find((one) => DatasetSplit.safeParse(one).success)
  const expected = outputs === undefined ? old?.content.expected : outputs
  const others = (old?.content.tags ?? []).filter((tag) => !tag.startsWith(SPLIT_TAG))
  return {
    input: (inputs ?? old?.content.input ?? {}) as never,
    ...(expected !== undefined && expected !== null && { expected: expected as never }),
    ...(old?.content.context !== undefined && { context: old.content.context }),
    metadata: rest as never,
    tags: [...others, ...own.filter((one) => one !== known).map((one) => `${SPLIT_TAG}${one}`)],
    ...(known && { split: DatasetSplit.parse(known) }),
  }
}

/** Parts `ID`, `ID.inputs`, `ID.outputs`, in whatever order. */
function readForm(body: Buffer, type: string): Sent[] {
  const found = new Map<string, Sent>()
  for (const { name, start, end } of formParts(body, type, MOST_PARTS)) {
    const [id = '', field = ''] = name.split('.')
    if (field === 'attachment' || field === 'attachments' || field === 'attachments_operations')
      throw new AppError('invalid-request', 'Attachments of examples are not kept here.', {
        hint: 'Leave them out, or put an address into the inputs.',
      })
    if (field !== '' && field !== 'inputs' && field !== 'outputs')
      throw new AppError('invalid-request', `A part of an example is not called "${field}".`)
    let value: unknown
    try {
      value = JSON.parse(body.toString('utf8', start, end))
    } catch {
      throw new AppError('invalid-json', `The part ${name} is not JSON.`)
    }
    const one = found.get(id) ?? { id }
    found.set(id, field === '' ? { ...(value as Sent), ...one } : { ...one, [field]: value })
  }
  return [...found.values()]
}
