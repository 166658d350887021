import { Dashboard, type DashboardPanel, type ShownDashboard } from '@signalbox/schema'
import { AppError } from '@signalbox/sdk'
import { useQueryClient } from '@tanstack/react-query'
import { useBlocker, useNavigate, useSearch } from '@tanstack/react-router'
import { Copy, Pencil, Plus, Redo2, Trash2, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { dashboardKeys } from '../../data/dashboards.ts'
import { useShortcuts } from '../../data/shortcuts.ts'
import { useProject } from '../../data/view.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { toast } from '../../ui/toast.tsx'
import { ConflictDialog } from './conflict-dialog.tsx'
import { DashboardSettings } from './dashboard-settings.tsx'
import { addPanel, copyPanel, KINDS, toSave, withPlaces } from './edit-panels.ts'
import { GridView } from './grid-view.tsx'
import { PanelEditor } from './panel-editor.tsx'
import { PanelView } from './panel-view.tsx'
import { useHistory } from './use-history.ts'
import { useMarks } from './use-marks.ts'
import { useScope } from './use-scope.ts'
import VariablesBar from './variables-bar.tsx'

const ROUTE = '/p/$project/dashboards/$dashboard'

/** A dashboard being changed: nothing is saved until it is said so, and every step goes back. Loaded when it is asked for. */
export default function EditDashboard({ shown }: { shown: ShownDashboard }) {
  const project = useProject()
  const cache = useQueryClient()
  const navigate = useNavigate({ from: ROUTE })
  const { panel: open } = useSearch({ from: ROUTE })
  // What it was when the change began: what others save meanwhile must not slip in.
  const [start] = useState(shown)
  const { now: draft, set, undo, redo, canUndo, canRedo } = useHistory(start.dashboard)
  const { filters, chosen, choose } = useScope(draft)
  const marks = useMarks()
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null })
  const [saved, setSaved] = useState(false)
  const changed = JSON.stringify(draft) !== JSON.stringify(start.dashboard)
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => changed && !saved && (next.pathname !== current.pathname || !('edit' in next.search)),
    enableBeforeUnload: changed && !saved,
    withResolver: true,
  })
  const openPanel = (panel: string | undefined) => navigate({ search: (before) => ({ ...before, panel }) })
  const close = () => navigate({ search: (before) => ({ ...before, edit: undefined, panel: undefined }) })
  const setPanels = (panels: DashboardPanel[], tag?: string) => set({ ...draft, panels }, tag)
  const add = (panel: DashboardPanel, andOpen: boolean) => {
    setPanels([...withPlaces(draft, []).panels, panel])
    if (andOpen) openPanel(panel.id)
  }
  const replace = (panel: DashboardPanel, tag?: string) =>
    setPanels(
      draft.panels.map((one) => (one.id === panel.id ? panel : one)),
      tag,
    )

  const save = async (expectedVersion = start.version) => {
    const { data, error } = Dashboard.safeParse(toSave(draft))
    if (error) {
      const [issue] = error.issues
      return setState({ busy: false, error: new AppError('invalid-request', `${issue?.path.join('.')}: ${issue?.message}`) })
    }
    setState({ busy: true, error: null })
    try {
      const next = await clientFor(project).dashboards.change({ id: start.id, expectedVersion, dashboard: data })
      cache.setQueryData(dashboardKeys.one(project, start.id), next)
      cache.invalidateQueries({ queryKey: dashboardKeys.all(project) })
      leave('Saved.')
    } catch (caught) {
      setState({ busy: false, error: caught })
    }
  }
  /** Without asking once more: what was changed is kept, or given up knowingly. */
  const leave = (said: string) => {
    setSaved(true)
    toast({ title: said })
    queueMicrotask(close)
  }
  useShortcuts({ 'Mod+z': ({ shiftKey }) => (shiftKey ? redo() : undo()), 'Mod+y': redo, 'Mod+s': () => void save() })
  const conflict = state.error instanceof AppError && state.error.code === 'conflict' && typeof state.error.data.version === 'number'
  const editing = draft.panels.find(({ id }) => id === open)

  return (
    <>
      {/* What lies under an open panel is not there for the keyboard. */}
      <div className="h-full" inert={editing !== undefined}>
        <Page>
          <PageHeader
            title={`Edit “${start.dashboard.name}”`}
            question="Drag panels by their handles, or move them with the arrow keys; with Shift the arrows resize. Nothing is saved until you say so."
            action={
              <>
                <IconButton label="Undo  Ctrl Z" onClick={undo} disabled={!canUndo}>
                  <Undo2 size={15} />
                </IconButton>
                <IconButton label="Redo  Ctrl Shift Z" onClick={redo} disabled={!canRedo}>
                  <Redo2 size={15} />
                </IconButton>
                <AddPanel onAdd={(kind) => add(addPanel(draft, kind), true)} />
                <Button onClick={close}>Cancel</Button>
                <Button kind="primary" onClick={() => save()} disabled={state.busy || !changed} aria-keyshortcuts="Control+S">
                  Save
                </Button>
              </>
            }
          />
          {state.error !== null && !conflict && <ErrorNote error={state.error} />}
          <DashboardSettings dashboard={draft} chosen={chosen} onChange={set} />
          <VariablesBar variables={draft.variables} chosen={chosen} onChange={choose} />
          {draft.panels.length === 0 ? (
            <Panel>
              <EmptyState icon={Plus} title="No panel yet" action={<AddPanel onAdd={(kind) => add(addPanel(draft, kind), true)} />}>
                Choose how it shows its numbers; then which ones.
              </EmptyState>
            </Panel>
          ) : (
            <GridView panels={draft.panels} onPlace={(placed) => set(withPlaces(draft, placed))}>
              {(panel, handle) => (
                <PanelView
                  panel={panel}
                  filters={filters}
                  marks={marks}
                  chrome={{
                    handle,
                    items: (
                      <>
                        <MenuItem icon={<Pencil size={14} />} onClick={() => openPanel(panel.id)}>
                          Edit
                        </MenuItem>
                        <MenuItem icon={<Copy size={14} />} onClick={() => add(copyPanel(draft, panel), false)}>
                          Duplicate
                        </MenuItem>
                        <MenuLine />
                        <MenuItem
                          icon={<Trash2 size={14} />}
                          danger
                          onClick={() => setPanels(draft.panels.filter(({ id }) => id !== panel.id))}
                        >
                          Remove
                        </MenuItem>
                      </>
                    ),
                  }}
                />
              )}
            </GridView>
          )}
        </Page>
      </div>
      {editing && (
        <PanelEditor
          panel={editing}
          filters={filters}
          marks={marks}
          onChange={replace}
          onClose={() => openPanel(undefined)}
          undo={undo}
          redo={redo}
        />
      )}
      {conflict && (
        <ConflictDialog
          error={state.error as AppError}
          onClose={() => setState({ busy: false, error: null })}
          onOverwrite={(version) => save(version)}
          onTheirs={async () => {
            await cache.invalidateQueries({ queryKey: dashboardKeys.all(project) })
            leave('Your changes were given up.')
          }}
        />
      )}
      <ConfirmDialog
        open={blocker.status === 'blocked'}
        onClose={() => blocker.status === 'blocked' && blocker.reset()}
        title="Leave without saving?"
        action="Give up changes"
        onConfirm={async () => blocker.status === 'blocked' && blocker.proceed()}
      >
        What you changed in “{start.dashboard.name}” is not saved yet.
      </ConfirmDialog>
    </>
  )
}

function AddPanel({ onAdd }: { onAdd: (kind: DashboardPanel['kind']) => void }) {
  return (
    <Menu
      align="end"
      trigger={
        <Button>
          <Plus size={14} aria-hidden />
          Add panel
        </Button>
      }
    >
      {KINDS.map(({ kind, title, says }) => (
        <MenuItem key={kind} onClick={() => onAdd(kind)} trailing={<span className="text-sm text-faint">{says}</span>}>
          {title}
        </MenuItem>
      ))}
    </Menu>
  )
}
