import { useNavigate, useSearch } from '@tanstack/react-router'
import { ErrorNote } from '../../ui/error-note.tsx'
import { PanelButtons, PanelFrame } from '../../ui/panel-frame.tsx'
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
  const widen = () =>
    navigate({ to: '/p/$project/traces/$traceId', params: { project, traceId }, search: (before) => ({ ...before, trace: undefined }) })
  const actions = <PanelButtons onWide={widen} onClose={onClose} />
  return (
    <PanelFrame label="Trace" keptAs="tracePanelWidth" share={62} onWide={widen}>
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
    </PanelFrame>
  )
}
