import { useNavigate } from '@tanstack/react-router'
import { FlaskConical } from 'lucide-react'
import { useProject } from '../../data/view.ts'
import { MenuItem } from '../../ui/menu.tsx'

/** Leads from a call of a trace to the playground, which asks the same. */
export default function OpenInPlayground({ traceId, spanId }: { traceId: string; spanId: string }) {
  const project = useProject()
  const navigate = useNavigate()
  return (
    <MenuItem
      icon={<FlaskConical size={14} />}
      onClick={() => navigate({ to: '/p/$project/playground', params: { project }, search: { trace: traceId, span: spanId } })}
    >
      Open in the playground
    </MenuItem>
  )
}
