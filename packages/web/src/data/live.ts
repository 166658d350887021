import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { keys } from './keys.ts'
import { usePreference } from './preferences.ts'

/** `down`: the stream broke and the browser is trying again. */
export type LiveStatus = 'off' | 'connecting' | 'on' | 'down'

/** At most one refresh of what is on the page in this time. */
const THROTTLE = 2_000

/** Holds the stream of one project open while the toggle is on, and refreshes what is shown. Mounted once per project. */
export function useLiveConnection(project: string): void {
  const [live] = usePreference('live', 'on')
  const cache = useQueryClient()
  useEffect(() => {
    if (live === 'off') return setStatus('off')
    setStatus('connecting')
    const stream = new EventSource(`/api/v1/live?project=${encodeURIComponent(project)}`)
    const refreshSpans = throttle(() => {
      cache.invalidateQueries({ queryKey: keys.spans(project) })
      for (const notify of spanListeners) notify()
    })
    const tell = (news: TraceNews) => {
      for (const notify of traceListeners) notify(news)
    }
    const refreshSystem = throttle(() => cache.invalidateQueries({ queryKey: keys.system }))
    stream.addEventListener('open', () => {
      // What came while the stream was down is not announced again.
      if (status === 'down') refreshSpans()
      // Neither is what came between the first read of a page and its stream.
      tell({})
      setStatus('on')
    })
    stream.addEventListener('error', () => setStatus('down'))
    stream.addEventListener('spans', (event) => {
      refreshSpans()
      tell(JSON.parse((event as MessageEvent<string>).data) as TraceNews)
    })
    stream.addEventListener('running', (event) => {
      cache.invalidateQueries({ queryKey: keys.running(project) })
      tell(JSON.parse((event as MessageEvent<string>).data) as TraceNews)
    })
    stream.addEventListener('system', refreshSystem)
    stream.addEventListener('prompts', () => void cache.invalidateQueries({ queryKey: keys.prompts(project) }))
    return () => {
      stream.close()
      refreshSpans.cancel()
      refreshSystem.cancel()
    }
  }, [live, project, cache])
}

/** Calls back when new spans can be read, as often as the page refreshes. */
export function useOnNewSpans(callback: () => void): void {
  const latest = useRef(callback)
  latest.current = callback
  useEffect(() => {
    const listener = () => latest.current()
    spanListeners.add(listener)
    return () => {
      spanListeners.delete(listener)
    }
  }, [])
}

/** Which traces have new spans, and since when each is to be read; without `traces` it may be any. */
export type TraceNews = { traces?: Record<string, string> }

/** Calls back with each piece of news as it comes, for who reads no more than what is new. */
export function useOnTraceNews(callback: (news: TraceNews) => void): void {
  const latest = useRef(callback)
  latest.current = callback
  useEffect(() => {
    const listener = (news: TraceNews) => latest.current(news)
    traceListeners.add(listener)
    return () => {
      traceListeners.delete(listener)
    }
  }, [])
}

export const useLiveStatus = (): LiveStatus => useSyncExternalStore(subscribe, () => status)

let status: LiveStatus = 'off'
const statusListeners = new Set<() => void>()
const spanListeners = new Set<() => void>()
const traceListeners = new Set<(news: TraceNews) => void>()
function setStatus(next: LiveStatus): void {
  status = next
  for (const notify of statusListeners) notify()
}
function subscribe(listener: () => void): () => void {
  statusListeners.add(listener)
  return () => statusListeners.delete(listener)
}

/** The first call runs at once, the last one always. */
function throttle(run: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let last = 0
  const call = () => {
    if (timer) return
    const wait = Math.max(0, last + THROTTLE - Date.now())
    timer = setTimeout(() => {
      timer = undefined
      last = Date.now()
      run()
    }, wait)
  }
  call.cancel = () => clearTimeout(timer)
  return call
}
