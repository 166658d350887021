import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { isoWindow } from '../../data/queries.ts'
import { useView } from '../../data/view.ts'
import type { Mark } from '../../ui/chart/series.ts'

const NONE: Mark[] = []

/** What happened in the time of the page, for its charts: deploys, other prompts, other routes. */
export function useMarks(): Mark[] {
  const { project, range, rangeKey, environment } = useView()
  const { data } = useQuery({
    queryKey: [...keys.spans(project), 'marks', rangeKey, environment ?? ''],
    queryFn: async ({ signal }) => {
      const { markers } = await clientFor(project).markers.list(
        { ...isoWindow(range), ...(environment && { environment }), limit: 500 },
        { signal },
      )
      return markers.map(({ id, at, kind, title, url }): Mark => ({ id, at: Date.parse(at), kind, title, url }))
    },
    placeholderData: keepPreviousData,
  })
  return data ?? NONE
}
