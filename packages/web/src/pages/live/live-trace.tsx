import { ErrorNote } from '../../ui/error-note.tsx'
import { SidePanel } from '../../ui/side-panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { TraceBody } from '../trace/trace-body.tsx'
import { TraceHead } from '../trace/trace-head.tsx'
import { useTrace } from '../trace/use-trace.ts'

type Props = {
  project: string
  traceId: string
  span: string | undefined
  wide: boolean
  onSpan: (spanId: string) => void
  onWide: (wide: boolean) => void
  onClose: () => void
}

/** The trace of a call beside the stream that it was picked from. Loaded when one is opened. */
export default function LiveTrace({ project, traceId, span, wide, onSpan, onWide, onClose }: Props) {
  const trace = useTrace(project, traceId)
  return (
    <SidePanel
      label="Trace"
      bare
      wide={wide}
      onWide={onWide}
      onClose={onClose}
      head={
        trace.data ? <TraceHead trace={trace.data.trace} actions={null} /> : <p className="text-faint">Trace {traceId.slice(0, 12)}…</p>
      }
    >
      {trace.data ? (
        <TraceBody project={project} data={trace.data} selected={span} wide={wide} onSelect={onSpan} />
      ) : trace.error ? (
        <ErrorNote error={trace.error} retry={() => trace.refetch()} className="m-4" />
      ) : (
        <SkeletonRows rows={8} />
      )}
    </SidePanel>
  )
}
