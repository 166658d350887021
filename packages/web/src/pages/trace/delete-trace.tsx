import type { Trace } from '@signalbox/schema'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { useMay } from '../../data/may.ts'
import { useProject } from '../../data/view.ts'
import { plural } from '../../lib/format-number.ts'
import { IconButton } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { toast } from '../../ui/toast.tsx'

/** Deletes the trace that is open, for those who may. */
export function DeleteTrace({ trace }: { trace: Trace }) {
  const project = useProject()
  const may = useMay()('traces:delete')
  const cache = useQueryClient()
  const navigate = useNavigate()
  const [asking, setAsking] = useState(false)
  if (!may) return null
  return (
    <>
      <IconButton label="Delete trace" size="small-icon" onClick={() => setAsking(true)}>
        <Trash2 size={14} />
      </IconButton>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Delete this trace?"
        action={`Delete ${plural(trace.spanCount, 'span')}`}
        onConfirm={async () => {
          const receipt = await clientFor(project).deletions.trace({ traceId: trace.traceId })
          toast({ title: `${plural(receipt.spans, 'span')} deleted`, description: `Receipt ${receipt.id}` })
          await navigate({
            to: '/p/$project/traces',
            params: { project },
            search: (before) => ({ ...before, trace: undefined, span: undefined }),
          })
          await Promise.all([
            cache.invalidateQueries({ queryKey: keys.spans(project) }),
            cache.invalidateQueries({ queryKey: keys.traceList(project) }),
          ])
          cache.removeQueries({ queryKey: keys.trace(project, trace.traceId) })
        }}
      >
        {trace.name || 'This trace'} goes with its {plural(trace.spanCount, 'span')}, their inputs and outputs, scores and files: from every
        page at once, from the disk soon after. It cannot be brought back.
      </ConfirmDialog>
    </>
  )
}
