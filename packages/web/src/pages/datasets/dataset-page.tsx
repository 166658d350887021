import { AppError } from '@signalbox/sdk'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Archive, ArchiveRestore, Download, Ellipsis, Trash2, Upload } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { clientFor, rawFetch } from '../../data/client.ts'
import { datasetChanged, datasetQuery } from '../../data/datasets.ts'
import { useMay } from '../../data/may.ts'
import { useProject } from '../../data/view.ts'
import { plural } from '../../lib/format-number.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, buttonStyle, IconButton } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { ErrorBoundary } from '../../ui/error-boundary.tsx'
import { ErrorNote, toastError } from '../../ui/error-note.tsx'
import { Menu, MenuHeading, MenuItem, MenuLine } from '../../ui/menu.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { toast } from '../../ui/toast.tsx'
import { Ago } from '../../ui/values.tsx'
import { TabLinks } from '../prompts/tab-links.tsx'
import { ItemsView } from './items/items-view.tsx'

const History = lazy(() => import('./history/history.tsx'))
const Fill = lazy(() => import('./fill/fill.tsx'))
const ImportDialog = lazy(() => import('./import/import-dialog.tsx'))

/** One dataset: its items to read and to change, its versions, and what fills it. */
export function DatasetPage() {
  const project = useProject()
  const { _splat: name = '' } = useParams({ from: '/p/$project/datasets/$' })
  const { tab, version: asked } = useSearch({ from: '/p/$project/datasets/$' })
  const navigate = useNavigate()
  const cache = useQueryClient()
  const mayWrite = useMay()('datasets:write')
  const version = asked !== undefined && /^[1-9]\d{0,8}$/.test(asked) ? Number(asked) : undefined
  const query = useQuery(datasetQuery(project, name, version))
  const [dialog, setDialog] = useState<'import' | 'delete' | undefined>()
  if (!query.data)
    return query.error ? (
      <div className="mx-auto flex max-w-xl flex-col items-start gap-4 p-6">
        <ErrorNote className="w-full" error={query.error} retry={() => query.refetch()} />
        <Link to="/p/$project/datasets" params={{ project }} className={buttonStyle({})}>
          All datasets
        </Link>
      </div>
    ) : (
      <SkeletonRows rows={12} />
    )
  const { dataset } = query.data
  const shown = query.data.version
  const isOld = shown < dataset.version
  const folder = name.split('/').slice(0, -1)
  const change = async (archived: boolean) => {
    try {
      await clientFor(project).datasets.change({ name, archived })
      toast({ title: archived ? 'Archived' : 'In use again' })
    } catch (error) {
      toastError(error)
    }
    await datasetChanged(cache, project)
  }
  return (
    <div className="flex h-full flex-col">
      <header className="flex items-start gap-2 px-6 pt-4 pb-2">
        <div className="mr-2 min-w-0 flex-1">
          {folder.length > 0 && (
            <nav aria-label="Folders" className="flex h-5 items-center gap-1 text-sm text-faint">
              {folder.map((part, at) => (
                <span key={folder.slice(0, at + 1).join('/')} className="flex items-center gap-1">
                  <Link
                    to="/p/$project/datasets"
                    params={{ project }}
                    search={{ folder: folder.slice(0, at + 1).join('/') }}
                    className="hover:text-accent hover:underline"
                  >
                    {part}
                  </Link>
                  <span aria-hidden>/</span>
                </span>
              ))}
            </nav>
          )}
          <div className="flex min-w-0 items-center gap-2">
            <h1 className="min-w-0 truncate text-xl font-semibold tracking-tight">{name.split('/').at(-1)}</h1>
            {dataset.version > 0 && <Badge tone={isOld ? 'warning' : 'unknown'}>version {shown}</Badge>}
            {dataset.archivedAt && <Badge tone="warning">archived</Badge>}
            {isOld && (
              <Link to="." search={(before: object) => ({ ...before, version: undefined })} className="text-sm text-accent hover:underline">
                The newest is {dataset.version}
              </Link>
            )}
          </div>
          <p className="truncate text-soft">
            {plural(dataset.itemCount, 'item')}, changed <Ago time={dataset.updatedAt} />
            {dataset.description && ` · ${dataset.description}`}
          </p>
        </div>
        {mayWrite && !dataset.archivedAt && (
          <Button onClick={() => setDialog('import')}>
            <Upload size={14} aria-hidden /> Import
          </Button>
        )}
        <Menu
          align="end"
          trigger={
            <IconButton label="More about the dataset">
              <Ellipsis size={15} />
            </IconButton>
          }
        >
          <MenuHeading>Version {shown} as a file</MenuHeading>
          {(['jsonl', 'csv', 'parquet'] as const).map((format) => (
            <MenuItem key={format} icon={<Download size={14} />} onClick={() => void saveFile(project, name, shown, format)}>
              {{ jsonl: 'JSON lines', csv: 'CSV', parquet: 'Parquet' }[format]}
            </MenuItem>
          ))}
          {mayWrite && (
            <>
              <MenuLine />
              <MenuItem
                icon={dataset.archivedAt ? <ArchiveRestore size={14} /> : <Archive size={14} />}
                onClick={() => change(!dataset.archivedAt)}
              >
                {dataset.archivedAt ? 'Take out of the archive' : 'Archive'}
              </MenuItem>
              <MenuItem icon={<Trash2 size={14} />} danger onClick={() => setDialog('delete')}>
                Delete…
              </MenuItem>
            </>
          )}
        </Menu>
      </header>
      <TabLinks
        label="Parts of the dataset"
        value={tab === 'history' || tab === 'fill' ? tab : undefined}
        tabs={[
          { value: undefined, label: 'Items' },
          { value: 'history', label: 'History' },
          { value: 'fill', label: 'Fill' },
        ]}
      />
      <div className="min-h-0 flex-1">
        <ErrorBoundary key={tab}>
          <Suspense fallback={<SkeletonRows />}>
            {tab === 'history' ? (
              <History dataset={dataset} />
            ) : tab === 'fill' ? (
              <Fill dataset={dataset} />
            ) : (
              <ItemsView
                key={name}
                about={query.data}
                mayWrite={mayWrite && !isOld && !dataset.archivedAt}
                onImport={() => setDialog('import')}
              />
            )}
          </Suspense>
        </ErrorBoundary>
      </div>
      {dialog === 'import' && (
        <Suspense>
          <ImportDialog into={name} folder="" onClose={() => setDialog(undefined)} />
        </Suspense>
      )}
      <ConfirmDialog
        open={dialog === 'delete'}
        onClose={() => setDialog(undefined)}
        title={`Delete ${name}?`}
        action="Delete the dataset"
        onConfirm={async () => {
          await clientFor(project).datasets.remove({ name })
          await navigate({ to: '/p/$project/datasets', params: { project }, search: {} })
          await datasetChanged(cache, project)
        }}
      >
        All {dataset.version} versions with {plural(dataset.itemCount, 'item')} are lost, and experiments can no longer be run on it.
        Archive it to keep them.
      </ConfirmDialog>
    </div>
  )
}

async function saveFile(project: string, name: string, version: number, format: string): Promise<void> {
  try {
    const query = new URLSearchParams({ format, ...(version > 0 && { version: String(version) }) })
    const response = await rawFetch(project, `/api/v1/datasets/${encodeURIComponent(name)}/export?${query}`, { headers: {} })
    if (!response.ok) throw new AppError('unavailable', `The server answered ${response.status}.`)
    const url = URL.createObjectURL(await response.blob())
    const link = Object.assign(document.createElement('a'), { href: url, download: `${name.replaceAll('/', '-')}-v${version}.${format}` })
    link.click()
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
    toast({ title: 'Saved as a file', description: 'Sealed items of the holdout are not in it.' })
  } catch (error) {
    toastError(error)
  }
}
