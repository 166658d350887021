import type { IngestSender } from '@signalbox/schema'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { isoWindow } from '../../data/queries.ts'
import { useView } from '../../data/view.ts'

/** What is refused makes no span, so nothing announces it: the page asks as often as the edge reports. */
const EVERY_MS = 3_000
const PAGE = 20

/** Who sends what in the chosen time, and how long it takes until it can be read. */
export function useSenders() {
  const { project, range, rangeKey } = useView()
  return useQuery({
    queryKey: [...keys.spans(project), 'ingest', rangeKey],
    queryFn: ({ signal }) => clientFor(project).ingest.senders(isoWindow(range), { signal }),
    refetchInterval: EVERY_MS,
    placeholderData: keepPreviousData,
  })
}

/** The last payloads of one sender that were refused. */
export function useRejected({ keyId, sdk, endpoint }: Pick<IngestSender, 'keyId' | 'sdk' | 'endpoint'>) {
  const { project } = useView()
  return useInfiniteQuery({
    queryKey: [...keys.spans(project), 'ingest', 'rejected', keyId, sdk, endpoint],
    queryFn: ({ signal, pageParam }) =>
      clientFor(project).ingest.rejected({ keyId, sdk, endpoint, limit: PAGE, ...(pageParam && { cursor: pageParam }) }, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: EVERY_MS,
  })
}

/** A sender's name in the address. */
export const senderKey = ({ keyId, sdk, endpoint }: Pick<IngestSender, 'keyId' | 'sdk' | 'endpoint'>): string =>
  [keyId, endpoint, sdk].join('|')
