import type { Deletion, NewDeletion } from '@signalbox/schema'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'

const UNDER_WAY_MS = 2_000
export const deletionsKey = (project: string) => [...keys.config(project), 'deletions'] as const
const isOpen = (deletion: Deletion): boolean => deletion.status !== 'erased'

/** Receipts, newest first; asked for again while one is under way. */
export const useDeletions = (project: string) =>
  useInfiniteQuery({
    queryKey: [...deletionsKey(project), 'list'],
    queryFn: ({ signal, pageParam }) =>
      clientFor(project).deletions.list({ limit: 50, ...(pageParam && { cursor: pageParam }) }, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.deletions.some(isOpen)) ? UNDER_WAY_MS : false),
  })

/** One receipt, also one that is not in the list yet. */
export const useDeletion = (project: string, id: string) =>
  useQuery({
    queryKey: [...deletionsKey(project), id],
    queryFn: ({ signal }) => clientFor(project).deletions.get({ id }, { signal }),
    refetchInterval: ({ state }) => (state.data && isOpen(state.data) ? UNDER_WAY_MS : false),
  })

const TYPING_MS = 300

/** How much would go. What is being typed is not asked for letter by letter, and an answer is only told of what now stands there. */
export function usePreview(project: string, wanted: NewDeletion | undefined) {
  const text = JSON.stringify(wanted)
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPING_MS)
    return () => clearTimeout(timer)
  }, [text])
  const preview = useQuery({
    queryKey: [...deletionsKey(project), 'preview', settled],
    queryFn: ({ signal }) => clientFor(project).deletions.preview(JSON.parse(settled ?? '{}') as NewDeletion, { signal }),
    enabled: settled !== undefined,
    staleTime: 0,
    gcTime: 0,
  })
  const found = settled === text && settled !== undefined && !preview.isFetching ? preview.data : undefined
  return { found, error: settled === text ? preview.error : null, retry: preview.refetch }
}
