import type { Marker } from '@signalbox/schema'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { useView } from '../../data/view.ts'
import type { Mark, TimeWindow } from './series.ts'

/** The ends of a window are asked for in steps of this, so that all charts of a page share one answer while the clock moves. */
const STEP = 5 * 60_000

/** What happened in a window, newest first: of the chosen environment, and of all. */
export function useMarkers({ from, to }: TimeWindow) {
  const { project, environment } = useView()
  const start = Math.floor(from / STEP) * STEP
  const end = Math.ceil(to / STEP) * STEP
  const query = useQuery({
    queryKey: [...keys.spans(project), 'markers', start, end, environment ?? ''],
    queryFn: ({ signal }) =>
      clientFor(project).markers.list(
        { from: new Date(start).toISOString(), to: new Date(end).toISOString(), ...(environment !== undefined && { environment }) },
        { signal },
      ),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  })
  const markers = useMemo(() => query.data?.markers.filter(({ at }) => inside(at, { from, to })), [query.data, from, to])
  return { ...query, data: markers && { markers, more: query.data?.more ?? false } }
}

/** The same as marks of a chart. */
export function useMarks(window: TimeWindow): readonly Mark[] {
  const { data } = useMarkers(window)
  return useMemo(() => data?.markers.map(toMark) ?? NONE, [data?.markers])
}

const NONE: readonly Mark[] = []
const inside = (at: string, { from, to }: TimeWindow) => Date.parse(at) >= from && Date.parse(at) < to
const toMark = ({ id, at, kind, title, environment, url }: Marker): Mark => ({
  id,
  at: Date.parse(at),
  kind,
  title: environment === null ? title : `${title} (${environment})`,
  url,
})
