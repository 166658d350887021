import { AppError, type Caller, type DatasetRow, DatasetSource, type Input } from '@signalbox/schema'
import type { ForeignRequest, ForeignRoute } from '../../lib/foreign.ts'
import { newTraceId, spanIdOf, traceIdOf } from '../../lib/ids.ts'
import {
  allDatasets,
  callApi,
  type DatasetRooms,
  datasetIdOf,
  datasetNamed,
  detailsOf,
  type ForeignItem,
  itemById,
  itemsOf,
  keepDetails,
  placeOf,
  writeItem,
} from '../datasets/room.ts'
import { uuidOf } from '../uuids.ts'
import { runRoutes } from './dataset-runs.ts'
import { paged, pageOf, text } from './paging.ts'

/** Langfuse's datasets and items, which are ours: what its clients write is a version like any other. */
export function datasetRoutes(rooms: DatasetRooms): ForeignRoute[] {
  const read = (path: string, handle: ForeignRoute['handle']): ForeignRoute => ({ method: 'GET', path, access: 'datasets:read', handle })
  const write = (method: 'POST' | 'DELETE', path: string, handle: ForeignRoute['handle']): ForeignRoute => ({
    ...{ method, path, handle },
    access: 'datasets:write',
  })
  const create = async ({ caller, json }: ForeignRequest) => {
    const { name, description, ...details } = await json()
    if (typeof name !== 'string') throw new AppError('invalid-request', '`name` of a dataset must be a text.')
    const words = typeof description === 'string' ? { description } : {}
    await callApi(rooms, caller, 'datasets.create', { name, ...words }).catch(async (error: unknown) => {
      // Langfuse's clients create what is there already, and mean the same one.
      if (!(error instanceof AppError && error.code === 'conflict')) throw error
      if ('description' in words) await callApi(rooms, caller, 'datasets.change', { name, ...words })
    })
    if (Object.keys(details).length > 0) await keepDetails(rooms, caller.projectId, name, details)
    return { body: await shown(rooms, caller, await datasetNamed(rooms, caller, name)) }
  }
  const one = async ({ caller, params }: ForeignRequest) => ({
    body: await shown(rooms, caller, await datasetNamed(rooms, caller, params.name ?? '')),
  })
  const list = async ({ caller, query }: ForeignRequest) => {
    const page = pageOf(query)
    const all = (await allDatasets(rooms, caller)).toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
    const some = all.slice((page.page - 1) * page.limit, page.page * page.limit)
    return { body: paged(page, await Promise.all(some.map((dataset) => shown(rooms, caller, dataset))), all.length) }
  }
  return [
    read('/v2/datasets', list),
    read('/datasets', list),
    write('POST', '/v2/datasets', create),
    write('POST', '/datasets', create),
    read('/v2/datasets/:name', one),
    read('/datasets/:name', async ({ caller, params }) => {
      const dataset = await datasetNamed(rooms, caller, params.name ?? '')
      const items = await itemsOf(rooms, caller, { dataset: dataset.name, form: 'text' })
      return { body: { ...(await shown(rooms, caller, dataset)), items: items.map((item) => toItem(caller.projectId, item, dataset)) } }
    }),
    read('/dataset-items', async ({ caller, query }) => {
      const page = pageOf(query)
      const name = text(query, 'datasetName')
      const names = name === undefined ? (await allDatasets(rooms, caller)).map((dataset) => dataset.name) : [name]
      const found: [ForeignItem, DatasetRow][] = []
      for (const each of names) {
        const dataset = await datasetNamed(rooms, caller, each)
        const version = await versionAt(rooms, caller, dataset, text(query, 'version'))
        for (const item of await itemsOf(rooms, caller, { dataset: each, version, form: 'text' })) found.push([item, dataset])
      }
      const trace = text(query, 'sourceTraceId')
      const wanted = found.filter(
        ([{ item }]) =>
          trace === undefined || (item.source?.kind === 'trace' && item.source.traceId === traceIdOf(caller.projectId, trace)),
      )
      const some = wanted.slice((page.page - 1) * page.limit, page.page * page.limit)
      return {
        body: paged(
          page,
          some.map(([item, dataset]) => toItem(caller.projectId, item, dataset)),
          wanted.length,
        ),
      }
    }),
    read('/dataset-items/:id', async ({ caller, params }) => {
      const item = await itemById(rooms, caller, params.id ?? '', 'text')
      return { body: toItem(caller.projectId, item, await datasetNamed(rooms, caller, item.dataset)) }
    }),
    write('POST', '/dataset-items', async ({ caller, json }) => ({ body: await takeItem(rooms, caller, await json()) })),
    write('DELETE', '/dataset-items/:id', async ({ caller, params }) => {
      const { dataset, item } = await itemById(rooms, caller, params.id ?? '', 'text')
      await callApi(rooms, caller, 'datasets.write', { name: dataset, remove: [item.id], message: 'Removed by a client of Langfuse' })
      return { body: { message: 'Dataset item successfully deleted' } }
    }),
    ...runRoutes(rooms),
  ]
}

async function shown(rooms: DatasetRooms, { projectId }: Caller, dataset: DatasetRow) {
  const { metadata = null, ...details } = (await detailsOf(rooms, projectId, [dataset.name])).get(dataset.name) ?? {}
  const { name, description, createdAt, updatedAt } = dataset
  return {
    inputSchema: null,
    expectedOutputSchema: null,
    ...details,
    id: datasetIdOf(projectId, name),
    name,
    description: description || null,
    metadata,
    projectId,
    createdAt,
    updatedAt,
  }
}

const toItem = (projectId: string, { id, dataset, content, item }: ForeignItem, { createdAt, updatedAt }: DatasetRow) => ({
  ...{ id, status: 'ACTIVE', input: content.input, expectedOutput: content.expected ?? null },
  metadata: Object.keys(content.metadata).length === 0 ? null : content.metadata,
  sourceTraceId: item.source?.kind === 'trace' ? item.source.traceId : null,
  sourceObservationId: item.source?.kind === 'trace' ? item.source.spanId : null,
  ...{ datasetId: datasetIdOf(projectId, dataset), datasetName: dataset, createdAt, updatedAt },
})

async function takeItem(rooms: DatasetRooms, caller: Caller, sent: Record<string, unknown>) {
  const { datasetName, input, expectedOutput, metadata, sourceTraceId, sourceObservationId, status } = sent
  if (typeof datasetName !== 'string') throw new AppError('invalid-request', '`datasetName` must be a text.')
  if (sent.id !== undefined && sent.id !== null && typeof sent.id !== 'string')
    throw new AppError('invalid-request', '`id` of an item must be a text.')
  const id = typeof sent.id === 'string' ? sent.id : uuidOf(newTraceId())
  const place = await placeOf(rooms, caller.projectId, id)
  if (place && place.dataset !== datasetName)
    throw new AppError('conflict', `The item ${id} belongs to the dataset "${place.dataset}".`, {
      hint: 'Leave the id out, or choose another.',
    })
  const itemId = place?.itemId ?? (id.startsWith(`${datasetName}/`) ? id.slice(datasetName.length + 1) : id)
  if (status === 'ARCHIVED') {
    const item = await itemById(rooms, caller, id, 'text')
    await callApi(rooms, caller, 'datasets.write', {
      name: datasetName,
      remove: [item.item.id],
      message: 'Archived by a client of Langfuse',
    })
    return { ...toItem(caller.projectId, item, await datasetNamed(rooms, caller, datasetName)), status: 'ARCHIVED' }
  }
  const before = (await itemsOf(rooms, caller, { dataset: datasetName, form: 'own' })).find(({ item }) => item.id === itemId)
  const source = sourceOf(caller.projectId, sourceTraceId, sourceObservationId) ?? before?.item.source ?? undefined
  const given = <T>(value: T, fallback: T): T => (value === undefined ? fallback : value)
  const expected = given(expectedOutput, before?.content.expected)
  const content = {
    ...{ id: itemId, input: given(input, before?.content.input) ?? null, tags: before?.content.tags ?? [] },
    ...(before?.content.split && { split: before.content.split }),
    ...(before?.content.context !== undefined && { context: before.content.context }),
    ...(expected !== undefined && expected !== null && { expected }),
    metadata: metadata === undefined ? (before?.content.metadata ?? {}) : recordOf(metadata),
    ...(source && { source }),
  }
  const items = [content] as Input<'datasets.write'>['items']
  await writeItem(rooms, caller, { id, dataset: datasetName, content: items, message: 'Written by a client of Langfuse' })
  return toItem(caller.projectId, await itemById(rooms, caller, id, 'text'), await datasetNamed(rooms, caller, datasetName))
}

/** What is no object is kept as the one value of one. */
const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : value === null
      ? {}
      : { value }

function sourceOf(projectId: string, traceId: unknown, observationId: unknown): DatasetSource | undefined {
  if (typeof traceId !== 'string') return undefined
  const trace = traceIdOf(projectId, traceId)
  return DatasetSource.parse({
    kind: 'trace',
    traceId: trace,
    spanId: typeof observationId === 'string' ? spanIdOf(projectId, observationId) : trace.slice(0, 16),
  })
}

/** The version that was the newest at a time. */
async function versionAt(
  rooms: DatasetRooms,
  caller: Caller,
  { name, version }: DatasetRow,
  at: string | undefined,
): Promise<number | undefined> {
  if (at === undefined || version === 0) return undefined
  const time = Date.parse(at)
  if (Number.isNaN(time)) throw new AppError('invalid-request', '`version` must be an ISO 8601 time.')
  const { versions } = await callApi(rooms, caller, 'datasets.versions', { name, limit: 500 })
  const found = versions.find(({ createdAt }) => Date.parse(createdAt) <= time)
  if (!found) throw new AppError('not-found', `The dataset "${name}" had no items at ${at}.`)
  return found.version
}
