import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { ChevronRight, SearchX } from 'lucide-react'
import { Fragment, lazy, Suspense, useEffect, useRef, useState } from 'react'
import { type PromptListAsk, promptListQuery } from '../../../data/prompts.ts'
import { useShortcuts } from '../../../data/shortcuts.ts'
import { useProject } from '../../../data/view.ts'
import { plural } from '../../../lib/format-number.ts'
import { Button } from '../../../ui/button.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorNote } from '../../../ui/error-note.tsx'
import { Input } from '../../../ui/input.tsx'
import { NativeSelect } from '../../../ui/native-select.tsx'
import type { RowGrid as Grid } from '../../../ui/row-grid.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { NoPrompts } from './no-prompts.tsx'
import { type ListRow, promptColumns, rowKeyOf } from './prompt-columns.tsx'
import { usePromptUsage } from './use-prompt-usage.ts'

// Asked for when there are rows.
const RowGrid = lazy(() => import('../../../ui/row-grid.tsx').then((module) => ({ default: module.RowGrid }))) as unknown as typeof Grid

const ROUTE = '/p/$project/prompts/'
const ANY = ''
/** Where each list stood, so that coming back leads to the same row. */
const offsets = new Map<string, number>()

/** Prompts folder by folder, or what a search finds in all of them. */
export function PromptList() {
  const project = useProject()
  const navigate = useNavigate({ from: ROUTE })
  const { folder = '', search = '', label, tag, archived } = useSearch({ from: '/p/$project/prompts/' })
  const isFlat = search !== '' || label !== undefined || tag !== undefined
  const ask: PromptListAsk = {
    ...(isFlat ? {} : { folder }),
    ...(search && { search }),
    ...(label && { label }),
    ...(tag && { tag }),
    ...(archived && { archived: 'true' as const }),
  }
  const query = useInfiniteQuery(promptListQuery(project, ask))
  const usage = usePromptUsage()
  const [first] = query.data?.pages ?? []
  const rows: ListRow[] = [
    ...(first?.folders ?? []).map(({ name, count }): ListRow => ({ kind: 'folder', name, count })),
    ...(query.data?.pages ?? []).flatMap(({ prompts }) => prompts.map((prompt): ListRow => ({ kind: 'prompt', prompt }))),
  ]
  const scroller = useRef<HTMLDivElement>(null)
  const finder = useRef<HTMLInputElement>(null)
  const [active, setActive] = useState(-1)
  const [widths, setWidths] = useState<Record<string, number>>({})
  const key = JSON.stringify(ask)
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another list mean nothing in this one.
  useEffect(() => setActive(-1), [key])

  type Search = {
    folder?: string | undefined
    search?: string | undefined
    label?: string | undefined
    tag?: string | undefined
    archived?: string | undefined
  }
  const set = (next: Search, replace = false) => navigate({ search: (before) => ({ ...before, ...next }), replace })
  const toFolder = (next: string) => set({ folder: next || undefined, search: undefined, label: undefined, tag: undefined })
  const open = (row: ListRow | undefined) => {
    if (row?.kind === 'folder') toFolder(row.name)
    if (row?.kind === 'prompt') navigate({ to: '/p/$project/prompts/$', params: { project, _splat: row.prompt.name }, search: {} })
  }
  useShortcuts({
    j: () => setActive(Math.min(rows.length - 1, active + 1)),
    k: () => setActive(Math.max(0, active - 1)),
    arrowdown: () => setActive(Math.min(rows.length - 1, active + 1)),
    arrowup: () => setActive(Math.max(0, active - 1)),
    enter: () => open(rows[active]),
    escape: () => (active >= 0 ? setActive(-1) : folder && toFolder(folder.split('/').slice(0, -1).join('/'))),
    '/': () => finder.current?.focus(),
  })

  const isNarrowed = isFlat || archived !== undefined || folder !== ''
  if (query.data && rows.length === 0 && !isNarrowed) return <NoPrompts />
  const labels = ['production', 'staging', ...(label && !['production', 'staging'].includes(label) ? [label] : [])]
  return (
    <div className="flex h-full flex-col">
      <div className="flex flex-wrap items-center gap-2 px-6 py-3">
        <Folders folder={isFlat ? undefined : folder} onFolder={toFolder} />
        <div className="ml-auto flex items-center gap-2">
          <Input
            ref={finder}
            aria-label="Search prompts"
            placeholder="Name, description or tag   /"
            value={search}
            onChange={({ target }) => set({ search: target.value || undefined }, true)}
            onKeyDown={({ key: pressed, currentTarget }) => pressed === 'Escape' && currentTarget.blur()}
            className="max-w-60"
          />
          <NativeSelect
            label="With the label"
            value={label ?? ANY}
            choices={[{ value: ANY, label: 'Any label' }, ...labels.map((one) => ({ value: one, label: one }))]}
            onChange={(next) => set({ label: next || undefined })}
            className="w-36"
          />
          {(first?.tags.length ?? 0) > 0 && (
            <NativeSelect
              label="With the tag"
              value={tag ?? ANY}
              choices={[{ value: ANY, label: 'Any tag' }, ...(first?.tags ?? []).map((one) => ({ value: one, label: one }))]}
              onChange={(next) => set({ tag: next || undefined })}
              className="w-36"
            />
          )}
          <Button size="bar" aria-pressed={archived !== undefined} onClick={() => set({ archived: archived ? undefined : '1' })}>
            {archived ? 'Archived' : 'In use'}
          </Button>
        </div>
      </div>
      <div className="min-h-0 flex-1 border-t border-line">
        {query.isPending ? (
          <SkeletonRows rows={12} />
        ) : query.error && rows.length === 0 ? (
          <ErrorNote error={query.error} retry={() => query.refetch()} className="m-6" />
        ) : rows.length === 0 ? (
          <EmptyState
            icon={SearchX}
            title={archived ? 'Nothing archived here' : 'No prompt matches'}
            action={
              <Button onClick={() => navigate({ search: ({ range, from, to, env }) => ({ range, from, to, env }) })}>
                Show all prompts
              </Button>
            }
          >
            {search ? <>Nothing has “{search}” in its name, description or tags.</> : 'Look in another folder, or take a filter away.'}
          </EmptyState>
        ) : (
          <Suspense fallback={<SkeletonRows rows={12} />}>
            <RowGrid
              key={key}
              label="Prompts"
              name="prompt"
              rows={rows}
              rowKey={rowKeyOf}
              columns={promptColumns({ folder: isFlat ? undefined : folder, usage: usage.data, onFolder: toFolder })}
              widths={widths}
              onWidth={(id, width) => setWidths({ ...widths, [id]: width })}
              active={active}
              onOpen={open}
              onNearEnd={query.fetchNextPage}
              hasMore={query.hasNextPage && !query.isFetchingNextPage}
              scroller={scroller}
              initialOffset={offsets.get(key) ?? 0}
              faded={query.isPlaceholderData}
              onScroll={(top) => offsets.set(key, top)}
            />
          </Suspense>
        )}
      </div>
      <p role="status" className="sr-only">
        {first && plural(first.total, 'prompt')}
      </p>
    </div>
  )
}

/** The way to the open folder; `undefined` while all are searched. */
function Folders({ folder, onFolder }: { folder: string | undefined; onFolder: (folder: string) => void }) {
  if (folder === undefined) return <p className="text-soft">In all folders</p>
  const parts = folder === '' ? [] : folder.split('/')
  return (
    <nav aria-label="Folders" className="flex min-w-0 items-center gap-1">
      <button type="button" onClick={() => onFolder('')} className="rounded-sm px-1 text-soft hover:bg-surface-2 hover:text-text">
        All prompts
      </button>
      {parts.map((part, at) => (
        <Fragment key={parts.slice(0, at + 1).join('/')}>
          <ChevronRight size={13} className="text-faint" aria-hidden />
          <button
            type="button"
            onClick={() => onFolder(parts.slice(0, at + 1).join('/'))}
            className="min-w-0 truncate rounded-sm px-1 text-soft last:text-text hover:bg-surface-2 hover:text-text"
          >
            {part}
          </button>
        </Fragment>
      ))}
    </nav>
  )
}
