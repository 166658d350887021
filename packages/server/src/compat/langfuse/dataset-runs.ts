import { AppError, type Caller } from '@signalbox/schema'
import type { ForeignRoute } from '../../lib/foreign.ts'
import { spanIdOf, traceIdOf } from '../../lib/ids.ts'
import { type DatasetRooms, datasetById, datasetIdOf, datasetNamed, itemById, placeOf } from '../datasets/room.ts'
import { addRunItem, type ForeignRun, findRun, listRuns, openRun, type RunItem, removeRun, runItems } from '../datasets/runs.ts'
import { uuidForName } from '../uuids.ts'
import { paged, pageOf, text } from './paging.ts'

/** Langfuse's dataset runs: items, each with the trace of its call. Each run is an experiment too, kept up with its traces and scores. */
export function runRoutes(rooms: DatasetRooms): ForeignRoute[] {
  const { sql } = rooms
  const read = (path: string, handle: ForeignRoute['handle']): ForeignRoute => ({ method: 'GET', path, access: 'experiments:read', handle })
  const wanted = (dataset: string, name: string) => ({ system: 'langfuse' as const, dataset, name })
  return [
    {
      ...{ method: 'POST', path: '/dataset-run-items', access: 'experiments:write' },
      handle: async ({ caller, json }) => ({ body: await takeRunItem(rooms, caller, await json()) }),
    },
    read('/dataset-run-items', async ({ caller, query }) => {
      const page = pageOf(query)
      const dataset = await datasetById(rooms, caller, text(query, 'datasetId') ?? '')
      const run = await findRun(sql, caller.projectId, wanted(dataset.name, text(query, 'runName') ?? ''))
      const items = await runItems(sql, run)
      const some = items.slice((page.page - 1) * page.limit, page.page * page.limit)
      return {
        body: paged(
          page,
          some.map((item) => toRunItem(run, item)),
          items.length,
        ),
      }
    }),
    read('/datasets/:name/runs', async ({ caller, params, query }) => {
      const page = pageOf(query)
      const { name } = await datasetNamed(rooms, caller, params.name ?? '')
      const runs = await listRuns(sql, caller.projectId, { system: 'langfuse', dataset: name })
      return { body: paged(page, runs.slice((page.page - 1) * page.limit, page.page * page.limit).map(toRun), runs.length) }
    }),
    read('/datasets/:name/runs/:run', async ({ caller, params }) => {
      const run = await findRun(sql, caller.projectId, wanted(params.name ?? '', params.run ?? ''))
      return { body: { ...toRun(run), datasetRunItems: (await runItems(sql, run)).map((item) => toRunItem(run, item)) } }
    }),
    {
      ...{ method: 'DELETE', path: '/datasets/:name/runs/:run', access: 'experiments:write' },
      async handle({ caller, params }) {
        await removeRun(sql, await findRun(sql, caller.projectId, wanted(params.name ?? '', params.run ?? '')))
        return { body: { message: 'Dataset run successfully deleted' } }
      },
    },
  ]
}

async function takeRunItem(rooms: DatasetRooms, caller: Caller, sent: Record<string, unknown>) {
  const { projectId } = caller
  const { runName, runDescription, metadata, datasetItemId, traceId, observationId } = sent
  for (const [name, value] of Object.entries({ runName, datasetItemId }))
    if (typeof value !== 'string' || value === '') throw new AppError('invalid-request', `\`${name}\` must be a text.`)
  if (typeof traceId !== 'string' && typeof observationId !== 'string')
    throw new AppError('invalid-request', '`traceId` is missing: it says which call this was.')
  const item = String(datasetItemId)
  const dataset = (await placeOf(rooms, projectId, item))?.dataset ?? (await itemById(rooms, caller, item, 'text')).dataset
  const run = await openRun(rooms.sql, {
    ...{ projectId, system: 'langfuse', dataset, name: String(runName) },
    id: uuidForName('langfuse run', projectId, dataset, String(runName)),
    details: {
      ...(typeof runDescription === 'string' && { description: runDescription }),
      ...(typeof metadata === 'object' && metadata !== null && { metadata }),
    },
  })
  const trace = typeof traceId === 'string' ? traceIdOf(projectId, traceId) : ''
  const span = typeof observationId === 'string' ? spanIdOf(projectId, observationId) : ''
  const id = uuidForName('langfuse run item', run.id, item, trace, span)
  return toRunItem(run, await addRunItem(rooms.sql, run, { id, item, traceId: trace, spanId: span }))
}

const toRun = ({ id, name, dataset, projectId, details, createdAt, touchedAt }: ForeignRun) => ({
  ...{ id, name, description: details.description ?? null, metadata: details.metadata ?? null },
  ...{ datasetId: datasetIdOf(projectId, dataset), datasetName: dataset, createdAt, updatedAt: touchedAt },
})

const toRunItem = (run: ForeignRun, { id, item, traceId, spanId, createdAt }: RunItem) => ({
  ...{ id, datasetRunId: run.id, datasetRunName: run.name, datasetItemId: item, traceId, observationId: spanId || null },
  ...{ createdAt, updatedAt: createdAt },
})
