import type { Repricing } from '@signalbox/schema'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'

const UNDER_WAY_MS = 1_000
export const repricingsKey = (project: string) => [...keys.config(project), 'repricings'] as const
export const isUnderWay = ({ status }: Pick<Repricing, 'status'>): boolean => status === 'queued' || status === 'running'

/** Jobs, newest first; asked for again while one is under way. */
export const useRepricings = (project: string) =>
  useInfiniteQuery({
    queryKey: [...repricingsKey(project), 'list'],
    queryFn: ({ signal, pageParam }) =>
      clientFor(project).repricings.list({ limit: 50, ...(pageParam && { cursor: pageParam }) }, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.repricings.some(isUnderWay)) ? UNDER_WAY_MS : false),
  })

/** One job, also one that is not in the list yet. */
export const useRepricing = (project: string, id: string) =>
  useQuery({
    queryKey: [...repricingsKey(project), id],
    queryFn: ({ signal }) => clientFor(project).repricings.get({ id }, { signal }),
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? UNDER_WAY_MS : false),
  })
