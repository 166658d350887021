import type { Span } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { ChevronDown } from 'lucide-react'
import { useState, useSyncExternalStore } from 'react'
import { useLiveStatus } from '../../data/live.ts'
import { useView } from '../../data/view.ts'
import { classNames } from '../../lib/class-names.ts'
import { formatDuration } from '../../lib/format-time.ts'
import { Status } from '../../ui/badge.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Ago, Money } from '../../ui/values.tsx'
import { endOf } from '../live/merge-calls.ts'
import { useLiveCalls } from '../live/use-live-calls.ts'

/** As many as fill the height of a screen. */
const MOST = 40
const WIDE = '(min-width: 1280px)'

/** The last calls as they end: beside the page where there is room, else folded. */
export function LiveRail() {
  const wide = useSyncExternalStore(subscribe, () => matchMedia(WIDE).matches)
  const [open, setOpen] = useState(false)
  if (wide)
    return (
      <aside aria-label="Last calls" className="sticky top-5 h-[calc(100vh-96px)] min-h-64">
        <Panel title="Last calls" actions={<Stream />} className="flex h-full flex-col">
          <Calls className="min-h-0 flex-1" />
        </Panel>
      </aside>
    )
  return (
    <aside aria-label="Last calls" className="order-first rounded-md border border-line bg-surface-1">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex h-8 w-full items-center gap-2 px-3 font-medium hover:bg-surface-0"
      >
        <ChevronDown size={14} aria-hidden className={classNames('transition-transform', !open && '-rotate-90')} />
        Last calls
        <span className="flex-1" />
        <Stream />
      </button>
      {open && <Calls className="h-64 border-t border-line" />}
    </aside>
  )
}

function Stream() {
  const status = useLiveStatus()
  const word = { on: 'live', off: 'paused', connecting: 'connecting', down: 'reconnecting' }[status]
  return (
    <span className={classNames('flex items-center gap-1.5 text-sm font-normal', status === 'on' ? 'text-ok' : 'text-faint')}>
      <span aria-hidden className={classNames('size-1.5 rounded-full', status === 'on' ? 'bg-ok' : 'bg-unknown')} />
      {word}
    </span>
  )
}

function Calls({ className }: { className: string }) {
  const { project, environmentFilters } = useView()
  const { calls, error, retry } = useLiveCalls({ project, filters: environmentFilters, search: '', paused: false, head: MOST })
  if (calls === null) return error ? <ErrorNote error={error} retry={retry} className="m-3" /> : <SkeletonRows rows={6} />
  if (calls.length === 0)
    return (
      <p className={classNames('px-3 py-4 text-faint', className)}>
        No call ended in the last 15 minutes. New ones appear here by themselves.
      </p>
    )
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section aria-label="Last calls, list" tabIndex={0} className={classNames('overflow-y-auto', className)}>
      <ul>
        {calls.slice(0, MOST).map((call) => (
          <Line key={`${call.traceId}/${call.spanId}`} call={call} />
        ))}
      </ul>
    </section>
  )
}

function Line({ call }: { call: Span }) {
  const { project } = useView()
  return (
    <li className="relative flex flex-col justify-center border-b border-line px-3 py-1.5 last:border-b-0 hover:bg-surface-0">
      <span className="flex items-center gap-2">
        <Status status={call.status} quiet tip={call.statusMessage} />
        <Link
          to="/p/$project/live"
          params={{ project }}
          search={{ trace: call.traceId, span: call.spanId }}
          className="min-w-0 flex-1 truncate after:absolute after:inset-0"
        >
          {call.requestModel || call.model || call.name}
        </Link>
        <span className="tabular shrink-0">{formatDuration(call.durationMs)}</span>
      </span>
      <span className="flex gap-2 pl-[22px] text-sm text-faint">
        <span className="min-w-0 flex-1 truncate">{call.statusMessage || call.model || call.provider}</span>
        <Money usd={call.costUsd} />
        <Ago time={new Date(endOf(call)).toISOString()} />
      </span>
    </li>
  )
}

function subscribe(listener: () => void): () => void {
  const query = matchMedia(WIDE)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}
