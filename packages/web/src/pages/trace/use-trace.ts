import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { useOnTraceNews } from '../../data/live.ts'
import { traceQuery } from '../../data/queries.ts'
import { followTrace } from './follow-trace.ts'

/** One trace, which grows on the screen as its spans come. */
export function useTrace(project: string, traceId: string) {
  const query = useQuery(traceQuery(project, traceId))
  const cache = useQueryClient()
  const follower = useMemo(() => {
    const { queryKey } = traceQuery(project, traceId)
    return followTrace({
      current: () => cache.getQueryData(queryKey),
      read: (since) => clientFor(project).traces.outline({ traceId, since }),
      show(next, changed) {
        cache.setQueryData(queryKey, next)
        const ids = new Set(changed.map(({ spanId }) => spanId))
        const base = keys.trace(project, traceId)
        cache.invalidateQueries({
          queryKey: base,
          predicate: ({ queryKey: key }) => key.length > base.length && ids.has(String(key[base.length])),
        })
      },
      readAll: () => void cache.invalidateQueries({ queryKey, exact: true }),
    })
  }, [cache, project, traceId])
  useEffect(() => () => follower.stop(), [follower])
  useOnTraceNews((news) => follower.hear(news, query.data?.trace.traceId ?? traceId))
  return query
}
