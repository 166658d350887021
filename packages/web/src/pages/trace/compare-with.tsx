import type { Trace } from '@signalbox/schema'
import { useNavigate } from '@tanstack/react-router'
import { GitCompareArrows } from 'lucide-react'
import { clientFor } from '../../data/client.ts'
import { useProject } from '../../data/view.ts'
import { IconButton } from '../../ui/button.tsx'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { toast } from '../../ui/toast.tsx'

const LOOKED_AT = 20

/** From a trace to it beside another one. */
export function CompareWith({ trace }: { trace: Trace }) {
  const project = useProject()
  const navigate = useNavigate()
  const compare = (a: string, b?: string) => navigate({ to: '/p/$project/compare', params: { project }, search: { a, ...(b && { b }) } })
  const withPrevious = async () => {
    try {
      const before = await previousOf(project, trace)
      if (before) await compare(before, trace.traceId)
      else toast({ title: 'There is no earlier trace of this name', description: trace.name })
    } catch (error) {
      toast({
        title: 'The trace before could not be found',
        description: error instanceof Error ? error.message : String(error),
        tone: 'error',
      })
    }
  }
  return (
    <Menu
      align="end"
      trigger={
        <IconButton label="Compare with…" size="small-icon">
          <GitCompareArrows size={14} />
        </IconButton>
      }
    >
      <MenuItem onClick={withPrevious}>The one before of this name</MenuItem>
      <MenuItem onClick={() => compare(trace.traceId)}>Another trace…</MenuItem>
    </Menu>
  )
}

/** The newest trace that has the same name and began earlier. A trace also matches by a step of that name, so a few are looked at. */
async function previousOf(project: string, { traceId, name, startedAt }: Trace): Promise<string | undefined> {
  const { traces } = await clientFor(project).traces.list({
    to: startedAt,
    limit: LOOKED_AT,
    filter: [{ field: 'name', op: 'eq', value: name }],
  })
  return traces.find((one) => one.name === name && one.traceId !== traceId)?.traceId
}
