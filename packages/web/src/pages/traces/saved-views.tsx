import type { View } from '@signalbox/schema'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Bookmark } from 'lucide-react'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { useShortcuts } from '../../data/shortcuts.ts'
import { useProject } from '../../data/view.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuCheck, MenuHeading, MenuItem, MenuLine } from '../../ui/menu.tsx'
import { toast } from '../../ui/toast.tsx'
import { isShown, toAddress, toState } from './view-address.ts'
import type { AskedOfView } from './view-dialog.tsx'

const ViewDialog = lazy(() => import('./view-dialog.tsx'))

/** Saved views: open one, save what is shown as one, and change or delete it. `saved` in the address names the one that was opened. */
export function SavedViews() {
  const project = useProject()
  const client = clientFor(project)
  const cache = useQueryClient()
  const address = useSearch({ from: '/p/$project/traces' })
  const navigate = useNavigate({ from: '/p/$project/traces' })
  const trigger = useRef<HTMLButtonElement>(null)
  const [asked, setAsked] = useState<AskedOfView | null>(null)
  const query = useQuery({ queryKey: keys.views(project), queryFn: async ({ signal }) => (await client.views.list({}, { signal })).views })
  const views = query.data ?? []
  const current = views.find(({ id }) => id === address.saved)
  const changed = current !== undefined && !isShown(address, current.state)

  const open = (view: View, replace = false) =>
    navigate({ search: (before) => ({ ...before, ...toAddress(view.state), saved: view.id, trace: undefined, span: undefined }), replace })
  const refresh = () => cache.invalidateQueries({ queryKey: keys.views(project) })
  const save = async (view: View, change: Partial<Pick<View, 'name' | 'shared' | 'state'>>) => {
    await client.views.change({ id: view.id, ...change })
    await refresh()
  }
  const tell = (work: Promise<unknown>, done: string) =>
    work.then(
      () => toast({ title: done }),
      (error: unknown) =>
        toast({ title: 'The view was not changed.', description: error instanceof Error ? error.message : String(error), tone: 'error' }),
    )

  // A link that names a view and says nothing else means the view.
  const bare = current !== undefined && !address.filter && !address.search && !address.sort && !address.columns
  const opened = useRef<string | undefined>(undefined)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each view, when it is known.
  useEffect(() => {
    if (current && bare && opened.current !== current.id) open(current, true)
    opened.current = current?.id
  }, [current?.id])
  useShortcuts({ v: () => trigger.current?.click() })

  return (
    <>
      <Menu
        align="end"
        trigger={
          <Button size="bar" ref={trigger} aria-keyshortcuts="v">
            <Bookmark size={14} className="text-faint" aria-hidden />
            <span className="max-w-40 truncate">{current ? `${current.name}${changed ? ' (changed)' : ''}` : 'Views'}</span>
          </Button>
        }
      >
        <MenuHeading>Saved views</MenuHeading>
        {query.error && <MenuHeading>They could not be read.</MenuHeading>}
        {query.data?.length === 0 && <MenuHeading>None yet. Save filters, search, order and columns as one.</MenuHeading>}
        {views.map((view) => (
          <MenuCheck key={view.id} checked={view.id === current?.id} closes onChange={() => open(view)}>
            {view.name}
            {view.shared && <span className="text-faint"> · shared{!view.own && view.savedBy ? ` by ${view.savedBy}` : ''}</span>}
          </MenuCheck>
        ))}
        <MenuLine />
        <MenuItem onClick={() => setAsked({ what: 'save' })}>Save as a new view…</MenuItem>
        {current?.mayChange && (
          <>
            <MenuItem disabled={!changed} onClick={() => tell(save(current, { state: toState(address) }), `Saved ${current.name}.`)}>
              Save changes to “{current.name}”
            </MenuItem>
            <MenuItem onClick={() => setAsked({ what: 'rename', view: current })}>Rename or share…</MenuItem>
            <MenuItem danger onClick={() => setAsked({ what: 'delete', view: current })}>
              Delete…
            </MenuItem>
          </>
        )}
        {changed && <MenuItem onClick={() => open(current)}>Back to what was saved</MenuItem>}
      </Menu>
      {asked && (
        <Suspense fallback={null}>
          <ViewDialog
            asked={asked}
            onClose={() => setAsked(null)}
            onSave={async (given) => {
              if (asked.what === 'rename') return save(asked.view, given)
              const view = await client.views.create({ ...given, state: toState(address) })
              await refresh()
              navigate({ search: (before) => ({ ...before, saved: view.id }), replace: true })
            }}
            onDelete={async (view) => {
              await client.views.remove({ id: view.id })
              await refresh()
              navigate({ search: (before) => ({ ...before, saved: undefined }), replace: true })
            }}
          />
        </Suspense>
      )}
    </>
  )
}
