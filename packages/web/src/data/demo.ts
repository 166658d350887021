import type { Output } from '@signalbox/sdk'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { clientFor } from './client.ts'
import { useRefreshSession } from './session.ts'

export type Demo = Output<'demo.get'>

/** The demo data of a project. While it is being written it is asked again and again. */
const demoQuery = (project: string) =>
  queryOptions({
    queryKey: ['project', project, 'demo'],
    queryFn: ({ signal }) => clientFor(project).demo.get({}, { signal }),
    refetchInterval: ({ state }) => (state.data?.state === 'loading' ? 500 : false),
  })

export const useDemo = (project: string) => useQuery(demoQuery(project))

/** Loads or removes the demo data of a project. Everything that is on the screen of it is read anew. */
export function useDemoChanges(project: string) {
  const cache = useQueryClient()
  const refreshSession = useRefreshSession()
  return {
    async load(): Promise<void> {
      cache.setQueryData(demoQuery(project).queryKey, await clientFor(project).demo.load())
      await refreshSession()
    },
    async remove(): Promise<{ traces: number }> {
      const removed = await clientFor(project).demo.remove()
      await Promise.all([refreshSession(), cache.invalidateQueries()])
      return removed
    },
  }
}
