import type { DatasetItem } from '@signalbox/schema'
import type { Output } from '@signalbox/sdk'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { CopyCheck, Lock, Plus, Rows3, SearchX, Upload } from 'lucide-react'
import { lazy, Suspense, useCallback, useMemo, useRef, useState } from 'react'
import { datasetDuplicatesQuery, datasetItemsQuery } from '../../../data/datasets.ts'
import { useMay } from '../../../data/may.ts'
import { useShortcuts } from '../../../data/shortcuts.ts'
import { useProject } from '../../../data/view.ts'
import { formatCount, plural } from '../../../lib/format-number.ts'
import { Button } from '../../../ui/button.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorNote } from '../../../ui/error-note.tsx'
import { Input } from '../../../ui/input.tsx'
import { NativeSelect } from '../../../ui/native-select.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { isSplit } from '../splits.ts'
import { BulkBar } from './bulk-bar.tsx'
import { ItemGrid } from './item-grid.tsx'
import { ItemPanel } from './item-panel.tsx'
import { useItemEdits } from './use-item-edits.ts'

const UnsealDialog = lazy(() => import('./unseal-dialog.tsx'))
const ROUTE = '/p/$project/datasets/$'

type Props = { about: Output<'datasets.get'>; mayWrite: boolean; onImport: () => void }

/** The items of a version, to find, to read and to change in place. */
export function ItemsView({ about, mayWrite, onImport }: Props) {
  const project = useProject()
  const navigate = useNavigate({ from: ROUTE })
  const { split, tag, search = '', item: open, alike, version: asked } = useSearch({ from: ROUTE })
  const { dataset } = about
  const { name } = dataset
  const mayUnseal = useMay()('datasets:unseal')
  const [why, setWhy] = useState<string | undefined>()
  const [asking, setAsking] = useState(false)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const finder = useRef<HTMLInputElement>(null)
  const ask = {
    ...(asked !== undefined && { version: about.version }),
    ...(isSplit(split) && { split }),
    ...(tag && { tag }),
    ...(search && { search }),
    ...(why !== undefined && { unseal: why }),
  }
  const query = useInfiniteQuery(datasetItemsQuery(project, name, ask))
  const duplicates = useQuery({ ...datasetDuplicatesQuery(project, name, dataset.version), enabled: dataset.version > 0 }).data
  const all = useMemo(() => (query.data?.pages ?? []).flatMap(({ items }) => items), [query.data])
  const rows = useMemo(() => (alike && duplicates ? all.filter(({ id }) => duplicates.has(id)) : all), [all, alike, duplicates])
  const edits = useItemEdits({ name, version: query.data?.pages[0]?.version ?? dataset.version })
  const set = (
    next: {
      split?: string | undefined
      tag?: string | undefined
      search?: string | undefined
      item?: string | undefined
      alike?: string | undefined
    },
    replace = false,
  ) => void navigate({ search: (before) => ({ ...before, ...next }), replace })
  const onOpen = useCallback(
    (item: DatasetItem | undefined) => void navigate({ search: (before) => ({ ...before, item: item?.id }), replace: true }),
    [navigate],
  )
  useShortcuts({ '/': () => finder.current?.focus(), 'Mod+z': () => edits.undo() })

  if (dataset.version === 0)
    return (
      <EmptyState
        icon={Rows3}
        title="No item yet"
        action={
          mayWrite && (
            <>
              <Button kind="primary" disabled={edits.busy} onClick={() => edits.add()}>
                <Plus size={14} aria-hidden /> Add a row
              </Button>
              <Button onClick={onImport}>
                <Upload size={14} aria-hidden /> Import a file
              </Button>
            </>
          )
        }
      >
        An item is what your app is asked and, where somebody knows it, what should come back. Write it here, import a file, or open a trace
        and choose <em>Add to a dataset</em>.
      </EmptyState>
    )
  const sealed = rows.filter((row) => row.sealed).length
  const isNarrowed = split !== undefined || tag !== undefined || search !== '' || alike !== undefined
  const opened = rows.find(({ id }) => id === open)
  return (
    <div className="flex h-full min-h-0">
      <div className="relative flex min-w-0 flex-1 flex-col">
        <div className="flex flex-wrap items-center gap-2 px-6 py-3">
          <Input
            ref={finder}
            aria-label="Search items"
            placeholder="In what items hold   /"
            value={search}
            onChange={({ target }) => set({ search: target.value || undefined }, true)}
            onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
            style={{ width: 240 }}
          />
          <NativeSelect
            label="Split"
            value={split ?? ''}
            choices={[
              { value: '', label: 'Every split' },
              ...about.splits
                .filter(({ value }) => value)
                .map(({ value, count }) => ({ value, label: `${value} (${formatCount(count)})` })),
            ]}
            onChange={(value) => set({ split: value || undefined })}
            className="w-40"
          />
          <NativeSelect
            label="Tag"
            value={tag ?? ''}
            choices={[
              { value: '', label: 'Every tag' },
              ...about.tags.map(({ value, count }) => ({ value, label: `${value} (${formatCount(count)})` })),
              ...(tag && !about.tags.some(({ value }) => value === tag) ? [{ value: tag, label: tag }] : []),
            ]}
            onChange={(value) => set({ tag: value || undefined })}
            className="w-40"
          />
          {(duplicates?.size ?? 0) > 0 && (
            <Button
              size="bar"
              aria-pressed={alike !== undefined}
              data-tip="Items whose input says nearly the same as an earlier one"
              onClick={() => set({ alike: alike ? undefined : '1' })}
              className={alike ? 'border-accent text-accent' : undefined}
            >
              <CopyCheck size={14} aria-hidden /> {plural(duplicates?.size ?? 0, 'near duplicate')}
            </Button>
          )}
          <span className="ml-auto flex items-center gap-2">
            {sealed > 0 &&
              (mayUnseal ? (
                <Button size="bar" onClick={() => setAsking(true)}>
                  <Lock size={13} aria-hidden /> {plural(sealed, 'sealed item')}: open…
                </Button>
              ) : (
                <span className="flex items-center gap-1.5 text-sm text-faint" data-tip="Who makes things better cannot read the holdout">
                  <Lock size={13} aria-hidden /> {plural(sealed, 'sealed item')}
                </span>
              ))}
            {why !== undefined && (
              <Button size="bar" onClick={() => setWhy(undefined)}>
                <Lock size={13} aria-hidden /> Seal again
              </Button>
            )}
            {mayWrite && (
              <Button
                size="bar"
                disabled={edits.busy}
                onClick={() => edits.add({ ...(isSplit(split) && { split }), ...(tag && { tags: [tag] }) })}
              >
                <Plus size={14} aria-hidden /> Add a row
              </Button>
            )}
          </span>
        </div>
        <div className="min-h-0 flex-1 border-t border-line">
          {query.data === undefined ? (
            query.error ? (
              <ErrorNote error={query.error} retry={() => query.refetch()} className="m-6" />
            ) : (
              <SkeletonRows />
            )
          ) : rows.length === 0 ? (
            <EmptyState
              icon={SearchX}
              title={isNarrowed ? 'No such item' : 'Every item was removed'}
              action={
                isNarrowed && (
                  <Button onClick={() => set({ split: undefined, tag: undefined, search: undefined, alike: undefined })}>All items</Button>
                )
              }
            >
              {isNarrowed
                ? 'Nothing fits what is chosen above. Sealed items are never found by what they hold.'
                : 'Earlier versions still hold them: see History.'}
            </EmptyState>
          ) : (
            <ItemGrid
              rows={rows}
              duplicates={duplicates}
              mayWrite={mayWrite}
              edits={edits}
              selected={selected}
              onSelected={setSelected}
              openId={opened?.id}
              onOpen={onOpen}
              hasMore={query.hasNextPage}
              onNearEnd={() => !query.isFetchingNextPage && query.fetchNextPage()}
              faded={query.isPlaceholderData}
            />
          )}
        </div>
        {selected.size > 0 && mayWrite && (
          <BulkBar items={rows.filter(({ id }) => selected.has(id))} edits={edits} onClear={() => setSelected(new Set())} />
        )}
      </div>
      {opened && <ItemPanel item={opened} alike={duplicates?.get(opened.id)} onClose={() => set({ item: undefined }, true)} />}
      {asking && (
        <Suspense>
          <UnsealDialog
            count={sealed}
            onClose={() => setAsking(false)}
            onOpen={(reason) => {
              setAsking(false)
              setWhy(reason)
            }}
          />
        </Suspense>
      )}
    </div>
  )
}
