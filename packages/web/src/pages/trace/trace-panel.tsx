import { useNavigate, useSearch } from '@tanstack/react-router'
import { Link2, Maximize2, X } from 'lucide-react'
import { useRef } from 'react'
import { usePreference } from '../../data/preferences.ts'
import { useShortcuts } from '../../data/shortcuts.ts'
import { IconButton } from '../../ui/button.tsx'
import { copyAndTell } from '../../ui/copy.tsx'
import { dragWidth } from '../../ui/drag-width.ts'
import { ErrorNote } from '../../ui/error-note.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { TraceBody } from './trace-body.tsx'
import { TraceHead } from './trace-head.tsx'
import { useTrace } from './use-trace.ts'

type Props = { project: string; traceId: string; onClose: () => void }

/** A trace beside the list it was opened from. */
export function TracePanel({ project, traceId, onClose }: Props) {
  const { span } = useSearch({ from: '/p/$project/traces' })
  const navigate = useNavigate({ from: '/p/$project/traces' })
  const trace = useTrace(project, traceId)
  const panel = useRef<HTMLElement>(null)
  const [width, setWidth] = usePreference('tracePanelWidth', '')
  const widen = () =>
    navigate({ to: '/p/$project/traces/$traceId', params: { project, traceId }, search: (before) => ({ ...before, trace: undefined }) })
  useShortcuts({ w: widen })
  const actions = (
    <>
      <IconButton label="Copy link" size="small-icon" onClick={() => copyAndTell(location.href, 'Link')}>
        <Link2 size={14} />
      </IconButton>
      <IconButton label="Widen to a page  w" size="small-icon" onClick={widen}>
        <Maximize2 size={13} />
      </IconButton>
      <IconButton label="Close  Esc" size="small-icon" onClick={onClose}>
        <X size={15} />
      </IconButton>
    </>
  )
  return (
    <section
      ref={panel}
      aria-label="Trace"
      style={{ width: width ? `${width}px` : 'max(62%, 560px)' }}
      className="absolute inset-y-0 right-0 z-20 flex max-w-[calc(100%-48px)] min-w-[420px] flex-col border-l border-line-strong bg-surface-1"
    >
      <div
        aria-hidden
        data-tip="Drag to resize, double-click to reset"
        onPointerDown={(event) => dragWidth(event, panel.current, (next) => setWidth(String(next)))}
        onDoubleClick={() => setWidth('')}
        className="absolute inset-y-0 -left-[3px] w-[6px] cursor-col-resize hover:bg-accent-soft"
      />
      {trace.data ? (
        <>
          <TraceHead trace={trace.data.trace} actions={actions} />
          <TraceBody
            key={traceId}
            project={project}
            data={trace.data}
            selected={span}
            wide={false}
            onSelect={(spanId) => navigate({ search: (before) => ({ ...before, span: spanId }), replace: true })}
          />
        </>
      ) : (
        <>
          <header className="flex justify-end gap-0.5 border-b border-line p-2.5">{actions}</header>
          {trace.error ? <ErrorNote error={trace.error} retry={() => trace.refetch()} className="m-4" /> : <SkeletonRows rows={8} />}
        </>
      )}
    </section>
  )
}
