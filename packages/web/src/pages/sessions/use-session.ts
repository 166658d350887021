import type { Output } from '@signalbox/schema'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { clientFor } from '../../data/client.ts'
import { useOnNewSpans } from '../../data/live.ts'

const PAGE = 25
/** A conversation that was silent for so long is read again only when somebody asks. */
const STILL_GOING_MS = 30 * 60_000

type Page = Output<'sessions.get'>

/** A session with its turns, page by page; while it goes on, new turns appear as they come. */
export function useSession(project: string, sessionId: string, find: string) {
  const query = useInfiniteQuery({
    queryKey: ['project', project, 'session', sessionId, find],
    queryFn: ({ pageParam, signal }) =>
      clientFor(project).sessions.get(
        {
          sessionId,
          limit: PAGE,
          ...(find && { search: find, in: 'content' as const }),
          ...(pageParam !== undefined && { cursor: pageParam }),
        },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page) => page.nextCursor,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  })
  const pages = query.data?.pages
  const head = pages?.[0]
  useOnNewSpans(() => {
    const goesOn = head !== undefined && Date.parse(head.session.lastAt) > Date.now() - STILL_GOING_MS
    if (goesOn && (pages?.length ?? 0) <= 4) void query.refetch({ cancelRefetch: false })
  })
  const turns = useMemo(() => pages?.flatMap((page) => page.turns) ?? [], [pages])
  return { query, session: head?.session, scores: head?.scores ?? [], turns }
}

/** The whole session, for a copy of it: pages of the most that can be asked for. */
export async function readWhole(project: string, sessionId: string): Promise<Pick<Page, 'session' | 'scores' | 'turns'>> {
  let page = await clientFor(project).sessions.get({ sessionId, limit: 100 })
  const { session, scores } = page
  const turns = [...page.turns]
  while (page.nextCursor !== undefined) {
    page = await clientFor(project).sessions.get({ sessionId, limit: 100, cursor: page.nextCursor })
    turns.push(...page.turns)
  }
  return { session, scores, turns }
}
