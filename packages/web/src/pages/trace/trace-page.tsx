import { useNavigate, useParams, useRouter, useSearch } from '@tanstack/react-router'
import { Link2, Minimize2 } from 'lucide-react'
import { useShortcuts } from '../../data/shortcuts.ts'
import { IconButton } from '../../ui/button.tsx'
import { copyAndTell } from '../../ui/copy.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { TraceBody } from './trace-body.tsx'
import { TraceHead } from './trace-head.tsx'
import { useTrace } from './use-trace.ts'

/** A trace on a page of its own. */
export function TracePage() {
  const { project, traceId } = useParams({ from: '/p/$project/traces/$traceId' })
  const { span } = useSearch({ from: '/p/$project/traces/$traceId' })
  const navigate = useNavigate({ from: '/p/$project/traces/$traceId' })
  const router = useRouter()
  const trace = useTrace(project, traceId)
  const back = () => {
    if (router.history.canGoBack()) router.history.back()
    else navigate({ to: '/p/$project/traces', params: { project } })
  }
  useShortcuts({ escape: back, c: () => copyAndTell(location.href, 'Link') })
  if (!trace.data) {
    return trace.error ? (
      <div className="p-6">
        <h1 className="mb-3 text-xl font-semibold">Trace</h1>
        <ErrorNote error={trace.error} retry={() => trace.refetch()} />
      </div>
    ) : (
      <SkeletonRows rows={16} />
    )
  }
  return (
    <div className="flex h-full flex-col">
      <TraceHead
        trace={trace.data.trace}
        actions={
          <>
            <IconButton label="Copy link  c" onClick={() => copyAndTell(location.href, 'Link')}>
              <Link2 size={15} />
            </IconButton>
            <IconButton label="Back to the list  Esc" onClick={back}>
              <Minimize2 size={14} />
            </IconButton>
          </>
        }
      />
      <TraceBody
        project={project}
        data={trace.data}
        selected={span}
        wide
        onSelect={(spanId) => navigate({ search: (before) => ({ ...before, span: spanId }), replace: true })}
      />
    </div>
  )
}
