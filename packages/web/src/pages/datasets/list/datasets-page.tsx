import type { DatasetRow } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Folder, Plus, SearchX, Upload } from 'lucide-react'
import { lazy, Suspense, useRef, useState } from 'react'
import { datasetListQuery } from '../../../data/datasets.ts'
import { useMay } from '../../../data/may.ts'
import { useShortcuts } from '../../../data/shortcuts.ts'
import { useProject } from '../../../data/view.ts'
import { formatCount, plural } from '../../../lib/format-number.ts'
import { Button } from '../../../ui/button.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorNote } from '../../../ui/error-note.tsx'
import { Input } from '../../../ui/input.tsx'
import { NativeSelect } from '../../../ui/native-select.tsx'
import { type GridColumn, RowGrid } from '../../../ui/row-grid.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { Ago } from '../../../ui/values.tsx'
import { NoDatasets } from './no-datasets.tsx'

const NewDataset = lazy(() => import('./new-dataset.tsx'))
const ImportDialog = lazy(() => import('../import/import-dialog.tsx'))

type Row = { kind: 'folder'; name: string; count: number } | { kind: 'dataset'; dataset: DatasetRow }
const ROUTE = '/p/$project/datasets/'

/** Every dataset of the project: how many items it has, and when it was changed last. */
export function DatasetsPage() {
  const project = useProject()
  const navigate = useNavigate({ from: ROUTE })
  const { folder = '', search = '', archived } = useSearch({ from: ROUTE })
  const mayWrite = useMay()('datasets:write')
  const query = useQuery(datasetListQuery(project, { ...(search && { search }), ...(archived && { archived: 'true' as const }) }))
  const [dialog, setDialog] = useState<'new' | 'import' | undefined>()
  const [active, setActive] = useState(-1)
  const scroller = useRef<HTMLDivElement>(null)
  const finder = useRef<HTMLInputElement>(null)
  const rows = search ? (query.data ?? []).map((dataset): Row => ({ kind: 'dataset', dataset })) : inFolder(query.data ?? [], folder)

  const set = (next: { folder?: string | undefined; search?: string | undefined; archived?: string | undefined }, replace = false) => {
    setActive(-1)
    void navigate({ search: (before) => ({ ...before, ...next }), replace })
  }
  const open = (row: Row | undefined) => {
    if (row?.kind === 'folder') set({ folder: row.name })
    if (row?.kind === 'dataset') void navigate({ to: '/p/$project/datasets/$', params: { project, _splat: row.dataset.name }, search: {} })
  }
  useShortcuts({
    j: () => setActive(Math.min(rows.length - 1, active + 1)),
    k: () => setActive(Math.max(0, active - 1)),
    arrowdown: () => setActive(Math.min(rows.length - 1, active + 1)),
    arrowup: () => setActive(Math.max(0, active - 1)),
    enter: () => open(rows[active]),
    escape: () => (active >= 0 ? setActive(-1) : folder && set({ folder: folder.split('/').slice(0, -1).join('/') || undefined })),
    '/': () => finder.current?.focus(),
    n: () => mayWrite && setDialog('new'),
  })
  const isNarrowed = search !== '' || archived !== undefined || folder !== ''
  return (
    <div className="flex h-full flex-col">
      <header className="flex items-start gap-2 px-6 pt-5 pb-3">
        <div className="mr-2 min-w-0 flex-1">
          <h1 className="text-xl font-semibold tracking-tight">Datasets</h1>
          <p className="text-soft">
            What is asked and what should come back: the questions by which you know whether a change was a good one.
          </p>
        </div>
        {mayWrite && (
          <>
            <Button onClick={() => setDialog('import')}>
              <Upload size={14} aria-hidden /> Import
            </Button>
            <Button kind="primary" aria-keyshortcuts="n" onClick={() => setDialog('new')}>
              <Plus size={14} aria-hidden /> New dataset
            </Button>
          </>
        )}
      </header>
      {query.data?.length === 0 && !isNarrowed ? (
        <NoDatasets onNew={mayWrite ? () => setDialog('new') : undefined} onImport={mayWrite ? () => setDialog('import') : undefined} />
      ) : (
        <>
          <div className="flex flex-wrap items-center gap-2 px-6 pb-3">
            <Folders folder={search ? '' : folder} onFolder={(next) => set({ folder: next || undefined, search: undefined })} />
            <div className="ml-auto flex items-center gap-2">
              <Input
                ref={finder}
                aria-label="Search datasets"
                placeholder="Name or description   /"
                value={search}
                onChange={({ target }) => set({ search: target.value || undefined }, true)}
                onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
                style={{ width: 240 }}
              />
              <NativeSelect
                label="Which datasets"
                value={archived ? 'archived' : 'used'}
                choices={[
                  { value: 'used', label: 'In use' },
                  { value: 'archived', label: 'Archived' },
                ]}
                onChange={(value) => set({ archived: value === 'archived' ? 'true' : undefined })}
                className="w-32"
              />
            </div>
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
                title="No dataset here"
                action={<Button onClick={() => set({ search: undefined, archived: undefined, folder: undefined })}>All datasets</Button>}
              >
                Nothing is called or described like that.
              </EmptyState>
            ) : (
              <RowGrid
                label="Datasets"
                name="datasets"
                rows={rows}
                rowKey={(row) => (row.kind === 'folder' ? `${row.name}/` : row.dataset.name)}
                columns={columnsOf(project, folder, (next) => set({ folder: next }))}
                active={active}
                onOpen={open}
                onActive={setActive}
                scroller={scroller}
                faded={query.isPlaceholderData}
              />
            )}
          </div>
        </>
      )}
      {dialog === 'new' && (
        <Suspense>
          <NewDataset folder={folder} onClose={() => setDialog(undefined)} />
        </Suspense>
      )}
      {dialog === 'import' && (
        <Suspense>
          <ImportDialog folder={folder} onClose={() => setDialog(undefined)} />
        </Suspense>
      )}
    </div>
  )
}

/** What stands in a folder: its folders first, with how many datasets each has. */
function inFolder(all: readonly DatasetRow[], folder: string): Row[] {
  const prefix = folder ? `${folder}/` : ''
  const inside = all.filter(({ name }) => name.startsWith(prefix))
  const folders = new Map<string, number>()
  const here: Row[] = []
  for (const dataset of inside) {
    const [first = '', ...rest] = dataset.name.slice(prefix.length).split('/')
    if (rest.length === 0) here.push({ kind: 'dataset', dataset })
    else folders.set(`${prefix}${first}`, (folders.get(`${prefix}${first}`) ?? 0) + 1)
  }
  return [...[...folders].map(([name, count]): Row => ({ kind: 'folder', name, count })), ...here]
}

function Folders({ folder, onFolder }: { folder: string; onFolder: (folder: string) => void }) {
  const parts = folder ? folder.split('/') : []
  return (
    <nav aria-label="Folder" className="flex items-center gap-1 text-soft">
      <button type="button" onClick={() => onFolder('')} className="hover:text-accent hover:underline">
        All datasets
      </button>
      {parts.map((part, at) => (
        <span key={parts.slice(0, at + 1).join('/')} className="flex items-center gap-1">
          <span aria-hidden className="text-faint">
            /
          </span>
          <button type="button" onClick={() => onFolder(parts.slice(0, at + 1).join('/'))} className="hover:text-accent hover:underline">
            {part}
          </button>
        </span>
      ))}
    </nav>
  )
}

function columnsOf(project: string, folder: string, onFolder: (folder: string) => void): GridColumn<Row>[] {
  const within = (name: string) => (folder && name.startsWith(`${folder}/`) ? name.slice(folder.length + 1) : name)
  const of = (cell: (dataset: DatasetRow) => React.ReactNode) => (row: Row) => (row.kind === 'folder' ? null : cell(row.dataset))
  return [
    {
      id: 'name',
      title: 'Name',
      width: 220,
      grows: true,
      cell: (row) =>
        row.kind === 'folder' ? (
          <button
            type="button"
            onClick={() => onFolder(row.name)}
            className="flex min-w-0 items-center gap-2 hover:text-accent hover:underline"
          >
            <Folder size={14} className="shrink-0 text-faint" aria-hidden />
            <span className="truncate">{within(row.name)}</span>
            <span className="text-sm text-faint">{plural(row.count, 'dataset')}</span>
          </button>
        ) : (
          <Link
            to="/p/$project/datasets/$"
            params={{ project, _splat: row.dataset.name }}
            search={{}}
            data-opens-row
            className="truncate font-medium hover:text-accent hover:underline"
          >
            {within(row.dataset.name)}
          </Link>
        ),
    },
    {
      id: 'description',
      title: 'Description',
      width: 200,
      grows: true,
      cell: of(({ description }) => <span className="truncate text-soft">{description}</span>),
    },
    { id: 'items', title: 'Items', width: 90, align: 'right', cell: of(({ itemCount }) => formatCount(itemCount)) },
    { id: 'version', title: 'Version', width: 80, align: 'right', cell: of(({ version }) => (version === 0 ? '–' : `v${version}`)) },
    { id: 'changed', title: 'Changed', width: 100, align: 'right', cell: of(({ updatedAt }) => <Ago time={updatedAt} />) },
    { id: 'by', title: 'Made by', width: 190, cell: of(({ createdBy }) => <span className="truncate text-soft">{createdBy ?? '–'}</span>) },
  ]
}
