import type { Filter, Span } from '@signalbox/schema'
import { useCallback, useEffect, useRef, useState } from 'react'
import { CALLS } from '../../data/calls.ts'
import { clientFor } from '../../data/client.ts'
import { useOnNewSpans } from '../../data/live.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { mergeCalls } from './merge-calls.ts'

const HEAD = 200
/** Calls run for minutes at most: what ended now began within this time. */
const BACK = 15 * 60_000

type Options = { project: string; filters: readonly Filter[]; search: string; paused: boolean; head?: number }

/** Calls as they end, newest on top. While it is paused the list stands still, and what ends meanwhile waits. */
export function useLiveCalls({ project, filters, search, paused, head = HEAD }: Options) {
  const key = `${project}\n${writeFilters(filters) ?? ''}\n${search}`
  const [list, setList] = useState<{ key: string; calls: Span[] } | null>(null)
  const [missed, setMissed] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const running = useRef<AbortController | null>(null)
  const again = useRef(false)

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for project, filters and search.
  const read = useCallback(async () => {
    // One at a time: what arrives meanwhile is read once this one has answered.
    if (running.current) {
      again.current = true
      return
    }
    const controller = new AbortController()
    running.current = controller
    try {
      const { spans } = await clientFor(project).spans.list(
        {
          filter: [CALLS, ...filters],
          ...(search && { search }),
          limit: head,
          from: new Date(Date.now() - BACK).toISOString(),
        },
        { signal: controller.signal },
      )
      setList((before) => ({ key, calls: mergeCalls(before?.key === key ? before.calls : [], spans) }))
      setError(null)
      setMissed(false)
    } catch (failure) {
      if (!controller.signal.aborted) setError(failure)
    } finally {
      if (running.current === controller) running.current = null
      if (again.current && !controller.signal.aborted) {
        again.current = false
        void read()
      }
    }
  }, [key])

  useEffect(() => {
    if (!paused) void read()
  }, [paused, read])
  // biome-ignore lint/correctness/useExhaustiveDependencies: an answer for another list is of no use.
  useEffect(
    () => () => {
      running.current?.abort()
      running.current = null
      again.current = false
    },
    [key],
  )
  useOnNewSpans(() => (paused ? setMissed(true) : void read()))
  return { calls: list?.key === key ? list.calls : null, missed, error, retry: read }
}
