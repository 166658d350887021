import type { ReviewState } from '@signalbox/schema'
import { infiniteQueryOptions, keepPreviousData, type QueryClient, queryOptions } from '@tanstack/react-query'
import { clientFor } from './client.ts'

/** Others answer too: what is shown is read again this often. */
const AGAIN = 10_000
const all = (project: string) => ['project', project, 'reviews'] as const

/** After something was done in a queue: everything that may show it. */
export const reviewsChanged = (cache: QueryClient, project: string): Promise<void> => cache.invalidateQueries({ queryKey: all(project) })

export const reviewQueuesQuery = (project: string, archived: boolean) =>
  queryOptions({
    queryKey: [...all(project), 'list', archived],
    queryFn: async ({ signal }) =>
      (await clientFor(project).reviews.list({ archived: archived ? 'true' : 'false', limit: 500 }, { signal })).queues,
    refetchInterval: AGAIN,
  })

export const reviewQueueQuery = (project: string, queueId: string) =>
  queryOptions({
    queryKey: [...all(project), queueId, 'queue'],
    queryFn: ({ signal }) => clientFor(project).reviews.get({ queueId }, { signal }),
    refetchInterval: AGAIN,
  })

export const reviewRubricsQuery = (project: string, queueId: string) =>
  queryOptions({
    queryKey: [...all(project), queueId, 'rubrics'],
    queryFn: async ({ signal }) => (await clientFor(project).reviews.rubrics({ queueId }, { signal })).rubrics,
  })

export const reviewItemsQuery = (project: string, queueId: string, state: ReviewState | undefined) =>
  infiniteQueryOptions({
    queryKey: [...all(project), queueId, 'items', state ?? ''],
    queryFn: ({ pageParam, signal }) =>
      clientFor(project).reviews.items(
        { queueId, ...(state && { state }), limit: 100, ...(pageParam && { cursor: pageParam }) },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN,
  })

export const reviewItemQuery = (project: string, queueId: string, itemId: string) =>
  queryOptions({
    queryKey: [...all(project), queueId, 'item', itemId],
    queryFn: ({ signal }) => clientFor(project).reviews.item({ queueId, itemId }, { signal }),
  })

type Asked = { rubricVersion?: number | undefined; measure?: string | undefined }
export const agreementQuery = (project: string, queueId: string, { rubricVersion, measure }: Asked) =>
  queryOptions({
    queryKey: [...all(project), queueId, 'agreement', rubricVersion ?? '', measure ?? ''],
    queryFn: ({ signal }) =>
      clientFor(project).reviews.agreement({ queueId, ...(rubricVersion && { rubricVersion }), ...(measure && { measure }) }, { signal }),
    placeholderData: keepPreviousData,
  })

export const calibrationsQuery = (project: string, queueId: string) =>
  queryOptions({
    queryKey: [...all(project), queueId, 'calibrations'],
    queryFn: async ({ signal }) => (await clientFor(project).reviews.calibrations({ queueId, limit: 50 }, { signal })).calibrations,
  })

export const judgesQuery = (project: string, queueId: string) =>
  queryOptions({
    queryKey: [...all(project), queueId, 'judges'],
    queryFn: async ({ signal }) => (await clientFor(project).reviews.judges({ queueId }, { signal })).judges,
  })
