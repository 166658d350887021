import { queryOptions } from '@tanstack/react-query'
import { bucketFor, resolveTimeRange, type TimeRange } from '../lib/time-range.ts'
import { clientFor } from './client.ts'
import { keys } from './keys.ts'

type Of = { project: string; range: TimeRange; rangeKey: string; environment: string | undefined }

/** All that the first page draws of calls, in one answer, and the window that it is of. */
export const overviewQuery = ({ project, range, rangeKey, environment }: Of) =>
  queryOptions({
    queryKey: [...keys.spans(project), 'overview', rangeKey, environment ?? ''],
    queryFn: async ({ signal }) => {
      const window = resolveTimeRange(range, Date.now())
      const answer = await clientFor(project).overview.get({ ...during(window, environment), bucket: bucketFor(window).bucket }, { signal })
      return { answer, window }
    },
  })

export const during = ({ from, to }: { from: number; to: number }, environment: string | undefined) => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
  ...(environment !== undefined && { environment }),
})
