import type { ShownDashboard } from '@signalbox/schema'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Copy, EllipsisVertical, FileJson, History, LayoutGrid, Maximize2, Pencil, Share2, Trash2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { dashboardKeys } from '../../data/dashboards.ts'
import { useMay } from '../../data/may.ts'
import { useShortcuts } from '../../data/shortcuts.ts'
import { useProject } from '../../data/view.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { toastError } from '../../ui/error-note.tsx'
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { toast } from '../../ui/toast.tsx'
import { FullPanel } from './full-panel.tsx'
import { GridView } from './grid-view.tsx'
import { PanelView } from './panel-view.tsx'
import { SeenBy } from './seen-by.tsx'
import { useMarks } from './use-marks.ts'
import { useScope } from './use-scope.ts'

const HistoryDialog = lazy(() => import('./history-dialog.tsx'))
const VariablesBar = lazy(() => import('./variables-bar.tsx'))
const DeleteDialog = lazy(() => import('./delete-dialog.tsx'))
const ExportDialog = lazy(() => import('./export-dialog.tsx'))

/** A dashboard as it is read. */
export function DashboardView({ shown }: { shown: ShownDashboard }) {
  const { dashboard, id, from, own, mayChange, problem, version, shared } = shown
  const project = useProject()
  const client = clientFor(project)
  const may = useMay()
  const cache = useQueryClient()
  const { panel: open } = useSearch({ from: '/p/$project/dashboards/$dashboard' })
  const navigate = useNavigate({ from: '/p/$project/dashboards/$dashboard' })
  const { filters, chosen, choose } = useScope(dashboard)
  const marks = useMarks()
  const [dialog, setDialog] = useState<'history' | 'export' | 'delete' | null>(null)
  const openPanel = (panel: string | undefined) => navigate({ search: (before) => ({ ...before, panel }) })
  const edit = () => navigate({ search: (before) => ({ ...before, edit: '1', panel: undefined }) })
  const refresh = () => cache.invalidateQueries({ queryKey: dashboardKeys.all(project) })
  const mayTakeAway = from === 'project' && may('dashboards:write') && (own || may('projects:write'))
  useShortcuts(mayChange && !open ? { e: edit } : {})

  const duplicate = async () => {
    const copy = await client.dashboards.duplicate({ id, shared: from === 'file' || shared }).catch(toastError)
    if (!copy) return
    refresh()
    toast({ title: `Made “${copy.dashboard.name}”.` })
    navigate({ to: '/p/$project/dashboards/$dashboard', params: { project, dashboard: copy.id }, search: {} })
  }
  const share = async () => {
    const next = await client.dashboards.change({ id, expectedVersion: version, shared: !shared }).catch(toastError)
    if (!next) return
    await refresh()
    toast({ title: next.shared ? 'Everybody in the project sees it now.' : 'Only you see it now.' })
  }
  const full = dashboard.panels.find((panel) => panel.id === open)

  return (
    <>
      {/* What lies under an open panel is not there for the keyboard. */}
      <div className="h-full" inert={full !== undefined}>
        <Page>
          <PageHeader
            title={dashboard.name}
            question={
              <span className="flex flex-wrap items-center gap-2">
                {dashboard.description}
                {(from === 'file' || !shared) && <SeenBy from={from} shared={shared} />}
              </span>
            }
            action={
              <>
                {mayChange && (
                  <Button onClick={edit} aria-keyshortcuts="e">
                    <Pencil size={13} aria-hidden />
                    Edit
                  </Button>
                )}
                <Menu
                  align="end"
                  trigger={
                    <IconButton label="Actions of this dashboard" kind="secondary">
                      <EllipsisVertical size={15} />
                    </IconButton>
                  }
                >
                  {may('dashboards:write') && (
                    <MenuItem icon={<Copy size={14} />} onClick={duplicate}>
                      Duplicate
                    </MenuItem>
                  )}
                  <MenuItem icon={<FileJson size={14} />} onClick={() => setDialog('export')}>
                    Export as JSON…
                  </MenuItem>
                  {from === 'project' && (
                    <MenuItem icon={<History size={14} />} onClick={() => setDialog('history')}>
                      History…
                    </MenuItem>
                  )}
                  {mayTakeAway && (
                    <>
                      <MenuLine />
                      {own && mayChange && (
                        <MenuItem icon={<Share2 size={14} />} onClick={share}>
                          {shared ? 'Only for me' : 'Share with the project'}
                        </MenuItem>
                      )}
                      <MenuItem icon={<Trash2 size={14} />} danger onClick={() => setDialog('delete')}>
                        Delete…
                      </MenuItem>
                    </>
                  )}
                </Menu>
              </>
            }
          />
          {dashboard.variables.length > 0 && (
            <Suspense fallback={<div className="h-8" />}>
              <VariablesBar variables={dashboard.variables} chosen={chosen} onChange={choose} />
            </Suspense>
          )}
          {dashboard.panels.length === 0 ? (
            <Panel>
              <EmptyState
                icon={LayoutGrid}
                title={problem ? 'This dashboard cannot be shown' : 'No panel yet'}
                action={
                  mayChange && (
                    <Button kind="primary" onClick={edit}>
                      Add panels
                    </Button>
                  )
                }
              >
                {problem ?? 'A panel shows measures as lines, bars, a number or a table. Every number leads to the traces behind it.'}
              </EmptyState>
            </Panel>
          ) : (
            <GridView panels={dashboard.panels}>
              {(panel) => (
                <PanelView
                  panel={panel}
                  filters={filters}
                  marks={marks}
                  chrome={{
                    items: (
                      <MenuItem icon={<Maximize2 size={14} />} onClick={() => openPanel(panel.id)}>
                        Full screen
                      </MenuItem>
                    ),
                  }}
                />
              )}
            </GridView>
          )}
        </Page>
      </div>
      {full && (
        <FullPanel title={dashboard.name} onClose={() => openPanel(undefined)}>
          <PanelView panel={full} filters={filters} marks={marks} chrome={{ items: null }} />
        </FullPanel>
      )}
      <Suspense fallback={null}>
        {dialog === 'history' && <HistoryDialog shown={shown} onClose={() => setDialog(null)} />}
        {dialog === 'delete' && (
          <DeleteDialog
            shown={shown}
            onClose={() => setDialog(null)}
            onDeleted={() => {
              refresh()
              navigate({ to: '/p/$project/dashboards', params: { project } })
            }}
          />
        )}
        {dialog === 'export' && <ExportDialog dashboard={dashboard} onClose={() => setDialog(null)} />}
      </Suspense>
    </>
  )
}
