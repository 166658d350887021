import type { Filter, Span } from '@signalbox/schema'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { CirclePause, CirclePlay, Radio, TriangleAlert, Unplug } from 'lucide-react'
import { lazy, Suspense, useCallback, useRef, useState } from 'react'
import { type LiveStatus, useLiveStatus } from '../../data/live.ts'
import { useMedia } from '../../data/media.ts'
import { usePreference } from '../../data/preferences.ts'
import { useShortcuts } from '../../data/shortcuts.ts'
import { useKeyNames } from '../../data/use-key-names.ts'
import { useProject } from '../../data/view.ts'
import { parseFilters, writeFilters } from '../../lib/filter-search.ts'
import { plural } from '../../lib/format-number.ts'
import { Button, buttonStyle } from '../../ui/button.tsx'
import { CodeBlock } from '../../ui/code-block.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { RowGrid } from '../../ui/row-grid.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { FilterBar } from '../traces/filter-bar.tsx'
import { callColumns } from './call-columns.tsx'
import { idOf } from './merge-calls.ts'
import { useLiveCalls } from './use-live-calls.ts'
import { useRunningCalls } from './use-running-calls.ts'

const LiveTrace = lazy(() => import('./live-trace.tsx'))

/** Calls while they run, and as they end. */
export function LivePage() {
  const project = useProject()
  const { filter, search = '', trace: open, span, wide: isWide } = useSearch({ from: '/p/$project/live' })
  const navigate = useNavigate({ from: '/p/$project/live' })
  const { filters, rejected } = parseFilters(filter)
  const [paused, setPaused] = useState(false)
  const [active, setActive] = useState<string | undefined>(undefined)
  const { calls: ended, missed, error, retry } = useLiveCalls({ project, filters, search, paused })
  const { running, more } = useRunningCalls({ project, filters, search, paused, ended })
  const calls = ended && [...running, ...ended]
  const keyName = useKeyNames()
  const wide = useMedia('(min-width: 1280px)')
  const scroller = useRef<HTMLDivElement>(null)
  const input = useRef<HTMLInputElement>(null)
  const set = (next: { filter?: string | undefined; search?: string | undefined }) =>
    navigate({ search: (before) => ({ ...before, ...next }), replace: true })
  const openCall = useCallback(
    (call: Span) => {
      setActive(call.spanId)
      navigate({
        search: (before) => ({ ...before, trace: call.traceId, span: call.spanId, group: undefined }),
        replace: open !== undefined,
      })
    },
    [navigate, open],
  )
  const close = () => {
    navigate({
      search: (before) => ({
        ...before,
        trace: undefined,
        span: undefined,
        as: undefined,
        group: undefined,
        edges: undefined,
        wide: undefined,
      }),
    })
    scroller.current?.focus({ preventScroll: true })
  }
  const at = calls?.findIndex(({ spanId, traceId }) => (active === undefined ? traceId === open : spanId === active)) ?? -1
  const move = (by: number) => {
    const next = calls?.[Math.min(calls.length - 1, Math.max(0, at + by))]
    if (!next) return
    setActive(next.spanId)
    if (open) openCall(next)
  }
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    enter: () => {
      const call = calls?.[at]
      if (call) openCall(call)
    },
    escape: () => (open ? close() : setActive(undefined)),
    '/': () => input.current?.focus(),
    p: () => setPaused(!paused),
  })

  return (
    <div className="relative flex h-full flex-col">
      <div className="flex flex-col gap-3 px-6 pt-5 pb-3">
        <header className="flex items-start gap-4">
          <div className="min-w-0 flex-1">
            <h1 className="text-xl font-semibold tracking-tight">Live</h1>
            <p className="text-soft">
              Every call through the gateway, while it runs and when it has ended: where it went, how often it was tried, and what it took.
            </p>
          </div>
          <p role="status" className="flex items-center gap-2 pt-1.5 text-sm">
            <Stream paused={paused} missed={missed} />
            {running.length + more > 0 && <span className="tabular text-accent">{running.length + more} running</span>}
            {calls && <span className="tabular text-faint">{plural(calls.length, 'call')}</span>}
          </p>
          <Button onClick={() => setPaused(!paused)} aria-pressed={paused} data-tip="p">
            {paused ? <CirclePlay size={14} aria-hidden /> : <CirclePause size={14} aria-hidden />}
            {paused ? 'Go on' : 'Pause'}
          </Button>
        </header>
        <FilterBar
          filters={filters}
          search={search}
          input={input}
          onFilters={(next: Filter[]) => set({ filter: writeFilters(next) })}
          onSearch={(text) => set({ search: text || undefined })}
        />
        {rejected.length > 0 && (
          <p role="alert" className="flex items-center gap-2 text-sm text-warning">
            <TriangleAlert size={14} aria-hidden /> Not understood and not applied: <code className="font-mono">{rejected.join('; ')}</code>
          </p>
        )}
      </div>
      <div className="relative min-h-0 flex-1 border-t border-line">
        {calls === null ? (
          error ? (
            <ErrorNote error={error} retry={retry} className="m-6" />
          ) : (
            <SkeletonRows rows={16} />
          )
        ) : calls.length === 0 ? (
          <Nothing
            project={project}
            narrowed={filters.length > 0 || search !== ''}
            onClear={() => set({ filter: undefined, search: undefined })}
          />
        ) : (
          <RowGrid
            label="Calls"
            name="call"
            dense
            rows={calls}
            rowKey={idOf}
            columns={callColumns(keyName).filter((column) => wide || !column.wideOnly)}
            active={calls.findIndex(({ spanId }) => spanId === active)}
            isOpen={({ traceId }) => traceId === open}
            onOpen={openCall}
            scroller={scroller}
          />
        )}
      </div>
      {open && (
        <Suspense>
          <LiveTrace
            key={open}
            project={project}
            traceId={open}
            span={span}
            wide={isWide === '1'}
            onSpan={(spanId) => navigate({ search: (before) => ({ ...before, span: spanId }), replace: true })}
            onWide={(on) => navigate({ search: (before) => ({ ...before, wide: on ? '1' : undefined }), replace: true })}
            onClose={close}
          />
        </Suspense>
      )}
    </div>
  )
}

const WORDS: Record<LiveStatus, string> = { on: 'live', connecting: 'connecting', down: 'reconnecting', off: 'live is off' }

/** Whether the list moves, and why not. */
function Stream({ paused, missed }: { paused: boolean; missed: boolean }) {
  const status = useLiveStatus()
  const [, setLive] = usePreference('live', 'on')
  if (paused) {
    return (
      <span className="flex items-center gap-1 text-warning">
        <CirclePause size={13} aria-hidden /> paused{missed && ', more has ended since'}
      </span>
    )
  }
  if (status === 'off') {
    return (
      <button type="button" onClick={() => setLive('on')} className="flex items-center gap-1 rounded-sm text-accent hover:underline">
        <Unplug size={13} aria-hidden /> live is off, turn it on
      </button>
    )
  }
  return (
    <span className={`flex items-center gap-1 ${status === 'on' ? 'text-ok' : 'text-warning'}`}>
      {status === 'on' ? <Radio size={13} aria-hidden /> : <Unplug size={13} aria-hidden />} {WORDS[status]}
    </span>
  )
}

function Nothing({ project, narrowed, onClear }: { project: string; narrowed: boolean; onClear: () => void }) {
  if (narrowed) {
    return (
      <EmptyState icon={Radio} title="No such call in the last 15 minutes" action={<Button onClick={onClear}>Clear the filter</Button>}>
        Calls that match appear here as they begin.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon={Radio}
      title="No call in the last 15 minutes"
      action={
        <Link to="/p/$project/getting-started" params={{ project }} className={buttonStyle({ kind: 'primary' })}>
          Make a call
        </Link>
      }
    >
      <p>Calls appear here as they begin. Try one from the shell:</p>
      <CodeBlock label="a call" code="signalbox call simulator/echo hello" className="mt-3 text-left" />
      <p className="mt-3 flex items-center justify-center gap-1 text-sm text-faint">
        <Kbd>p</Kbd> pauses, <Kbd>j</Kbd> <Kbd>k</Kbd> move, <Kbd>/</Kbd> filters.
      </p>
    </EmptyState>
  )
}
