import type { Filter, Span } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { CALLS } from '../../data/calls.ts'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { idOf } from './merge-calls.ts'

const NONE: Span[] = []
/** An edge that died does not say that its calls are gone. */
const AGAIN_MS = 5_000

type Options = { project: string; filters: readonly Filter[]; search: string; paused: boolean; ended: readonly Span[] | null }

/** Calls under way, newest on top, without those that have ended meanwhile; and how many others there are. */
export function useRunningCalls({ project, filters, search, paused, ended }: Options): { running: Span[]; more: number } {
  const { data } = useQuery({
    queryKey: [...keys.running(project), filters, search],
    queryFn: ({ signal }) => clientFor(project).spans.running({ filter: [CALLS, ...filters], ...(search && { search }) }, { signal }),
    enabled: !paused,
    refetchInterval: ({ state }) => (state.data?.spans.length ? AGAIN_MS : false),
  })
  const over = new Set(ended?.map(idOf))
  const running = data?.spans.filter((span) => !over.has(idOf(span))) ?? NONE
  return { running, more: data?.more ?? 0 }
}
