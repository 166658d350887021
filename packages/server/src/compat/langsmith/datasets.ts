import { AppError, type Caller, type DatasetRow } from '@signalbox/schema'
import type { ForeignRequest, ForeignRoute } from '../../lib/foreign.ts'
import {
  allDatasets,
  callApi,
  type DatasetRooms,
  datasetById,
  datasetIdOf,
  datasetNamed,
  detailsOf,
  keepDetails,
} from '../datasets/room.ts'
import { listRuns } from '../datasets/runs.ts'
import { exampleRoutes } from './examples.ts'
import { tenantOf } from './sessions.ts'

/** LangSmith's datasets and examples, which are ours: what its clients write is a version like any other. */
export function datasetRoutes(rooms: DatasetRooms): ForeignRoute[] {
  const read = (path: string, handle: ForeignRoute['handle']): ForeignRoute => ({ method: 'GET', path, access: 'datasets:read', handle })
  const write = (method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, handle: ForeignRoute['handle']): ForeignRoute => ({
    ...{ method, path, handle },
    access: 'datasets:write',
  })
  const named = ({ caller, params }: ForeignRequest) => datasetById(rooms, caller, params.datasetId ?? '')
  return [
    read('/datasets', async ({ caller, query }) => {
      const [name, contains] = [query.get('name'), query.get('name_contains')?.toLowerCase()]
      const ids = query.getAll('id').map((id) => id.toLowerCase())
      const found = (await allDatasets(rooms, caller)).filter(
        (one) =>
          (name === null || one.name === name) &&
          (contains === undefined || one.name.toLowerCase().includes(contains)) &&
          (ids.length === 0 || ids.includes(datasetIdOf(caller.projectId, one.name))),
      )
      const [offset, limit] = [numberOf(query, 'offset', 0), Math.min(numberOf(query, 'limit', 100), 100)]
      return { body: await Promise.all(found.slice(offset, offset + limit).map((one) => shown(rooms, caller, one))) }
    }),
    write('POST', '/datasets', async ({ caller, json }) => {
      const { name, description, id: _, ...details } = await json()
      if (typeof name !== 'string') throw new AppError('invalid-request', '`name` of a dataset must be a text.')
      const dataset = await callApi(rooms, caller, 'datasets.create', { name, ...(typeof description === 'string' && { description }) })
      await keepDetails(rooms, caller.projectId, name, details)
      return { body: await shown(rooms, caller, dataset) }
    }),
    read('/datasets/:datasetId', async (request) => ({ body: await shown(rooms, request.caller, await named(request)) })),
    write('PATCH', '/datasets/:datasetId', async (request) => {
      const { name: before } = await named(request)
      const { name, description, ...details } = await request.json()
      const newName = typeof name === 'string' ? name : before
      await callApi(rooms, request.caller, 'datasets.change', {
        ...{ name: before, newName },
        ...(typeof description === 'string' && { description }),
      })
      await keepDetails(rooms, request.caller.projectId, newName, details)
      return { body: await shown(rooms, request.caller, await datasetNamed(rooms, request.caller, newName)) }
    }),
    write('DELETE', '/datasets/:datasetId', async (request) => {
      await callApi(rooms, request.caller, 'datasets.remove', { name: (await named(request)).name })
      return { body: { message: 'deleted' } }
    }),
    read('/datasets/:datasetId/version', async (request) => {
      const dataset = await named(request)
      return { body: { as_of: dataset.updatedAt, tags: ['latest'] } }
    }),
    read('/datasets/:datasetId/versions', async (request) => {
      const { name } = await named(request)
      const { versions } = await callApi(rooms, request.caller, 'datasets.versions', { name, limit: 100 })
      return { body: versions.map(({ createdAt }, at) => ({ as_of: createdAt, tags: at === 0 ? ['latest'] : null })) }
    }),
    read('/datasets/:datasetId/splits', async (request) => {
      const { splits } = await callApi(rooms, request.caller, 'datasets.get', { name: (await named(request)).name })
      return { body: splits.map(({ value }) => value || 'base') }
    }),
    ...exampleRoutes(rooms),
  ]
}

async function shown(rooms: DatasetRooms, { projectId }: Caller, { name, description, createdAt, updatedAt, itemCount }: DatasetRow) {
  const runs = await listRuns(rooms.sql, projectId, { system: 'langsmith', dataset: name })
  return {
    ...{ data_type: 'kv', ...(await detailsOf(rooms, projectId, [name])).get(name) },
    ...{ id: datasetIdOf(projectId, name), tenant_id: tenantOf(projectId), name, description: description || null },
    ...{ created_at: createdAt, modified_at: updatedAt, example_count: itemCount, session_count: runs.length },
    last_session_start_time: runs[0]?.createdAt ?? null,
  }
}

export function numberOf(query: URLSearchParams, name: string, fallback: number): number {
  const sent = query.get(name)
  if (sent === null || sent === '') return fallback
  if (!/^\d{1,7}$/.test(sent)) throw new AppError('invalid-request', `\`${name}\` must be a whole number.`)
  return Number(sent)
}
