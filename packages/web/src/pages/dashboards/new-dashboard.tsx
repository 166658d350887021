import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { FileJson, Plus } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { dashboardKeys } from '../../data/dashboards.ts'
import { useMay } from '../../data/may.ts'
import { useProject } from '../../data/view.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuHeading, MenuItem, MenuLine } from '../../ui/menu.tsx'
import type { Start } from './new-dashboard-dialog.tsx'
import { TEMPLATES } from './templates.ts'

const NewDashboardDialog = lazy(() => import('./new-dashboard-dialog.tsx'))

/** Makes a dashboard: from a template, from nothing, or from what was exported. Absent for those who may not. */
export function NewDashboard({ id }: { id?: string }) {
  const project = useProject()
  const cache = useQueryClient()
  const navigate = useNavigate()
  const [start, setStart] = useState<Start | null>(null)
  if (!useMay()('dashboards:write')) return null
  return (
    <>
      <Menu
        align="end"
        trigger={
          <Button kind="primary" {...(id && { id })}>
            <Plus size={14} aria-hidden />
            New dashboard
          </Button>
        }
      >
        <MenuItem onClick={() => setStart({ from: 'nothing' })}>Empty</MenuItem>
        <MenuLine />
        <MenuHeading>From a template</MenuHeading>
        {TEMPLATES.map(({ id, dashboard }) => (
          <MenuItem key={id} onClick={() => setStart({ from: 'template', id })}>
            {dashboard.name}
          </MenuItem>
        ))}
        <MenuLine />
        <MenuItem icon={<FileJson size={14} />} onClick={() => setStart({ from: 'file' })}>
          Import JSON…
        </MenuItem>
      </Menu>
      {start && (
        <Suspense fallback={null}>
          <NewDashboardDialog
            project={project}
            start={start}
            onClose={() => setStart(null)}
            onMade={(made) => {
              cache.invalidateQueries({ queryKey: dashboardKeys.all(project) })
              navigate({
                to: '/p/$project/dashboards/$dashboard',
                params: { project, dashboard: made.id },
                search: start.from === 'nothing' ? { edit: '1' } : {},
              })
            }}
          />
        </Suspense>
      )}
    </>
  )
}
