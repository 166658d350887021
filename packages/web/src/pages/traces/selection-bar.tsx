import type { Trace } from '@signalbox/schema'
import { Link, useSearch } from '@tanstack/react-router'
import { Copy, Download, GitCompareArrows, ListPlus, X } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useMay } from '../../data/may.ts'
import { isoWindow } from '../../data/queries.ts'
import { useView } from '../../data/view.ts'
import { download, toCsv } from '../../lib/csv.ts'
import { parseFilters } from '../../lib/filter-search.ts'
import { plural } from '../../lib/format-number.ts'
import { Button, buttonStyle, IconButton } from '../../ui/button.tsx'
import { copyAndTell } from '../../ui/copy.tsx'

const AddToDataset = lazy(() => import('../datasets/add/add-to-dataset.tsx'))
const ENTRY = { field: 'entry', op: 'eq' as const, value: true }

/** What can be done with the traces that are selected. */
export default function SelectionBar({ traces, onClear }: { traces: Trace[]; onClear: () => void }) {
  const { project, range, environmentFilters } = useView()
  const { filter } = useSearch({ strict: false }) as { filter?: string }
  const mayAdd = useMay()('datasets:write')
  const [adding, setAdding] = useState<'selected' | 'found' | undefined>()
  const found = [...environmentFilters, ...parseFilters(filter).filters, ENTRY]
  // The older one first, so that what came later is what was added.
  const [a, b, more] = traces.toSorted((one, other) => one.startedAt.localeCompare(other.startedAt))
  return (
    <div
      role="toolbar"
      aria-label="Selected traces"
      className="floating absolute bottom-4 left-1/2 z-20 flex -translate-x-1/2 items-center gap-2 py-1.5 pr-1.5 pl-3"
    >
      <span role="status" className="font-medium whitespace-nowrap">
        {plural(traces.length, 'trace')} selected
      </span>
      {a && b && !more && (
        <Link
          to="/p/$project/compare"
          params={{ project }}
          search={{ a: a.traceId, b: b.traceId }}
          className={buttonStyle({ size: 'small' })}
        >
          <GitCompareArrows size={13} aria-hidden /> Compare
        </Link>
      )}
      <Button size="small" onClick={() => copyAndTell(traces.map((trace) => trace.traceId).join('\n'), plural(traces.length, 'id'))}>
        <Copy size={13} aria-hidden /> Copy ids
      </Button>
      <Button size="small" onClick={() => download('traces.csv', csvOf(traces))}>
        <Download size={13} aria-hidden /> CSV
      </Button>
      <Button size="small" onClick={() => download('traces.json', JSON.stringify(traces, null, 2), 'application/json')}>
        <Download size={13} aria-hidden /> JSON
      </Button>
      {mayAdd && (
        <>
          <Button size="small" onClick={() => setAdding('selected')}>
            <ListPlus size={13} aria-hidden /> To a dataset
          </Button>
          <Button size="small" data-tip="Not only what is selected: the newest that the filter finds" onClick={() => setAdding('found')}>
            All that are found
          </Button>
        </>
      )}
      <IconButton label="Clear the selection" size="small-icon" onClick={onClear}>
        <X size={14} />
      </IconButton>
      {adding && (
        <Suspense>
          <AddToDataset
            from={
              adding === 'found'
                ? { filter: found, ...isoWindow(range) }
                : { filter: [{ field: 'traceId', op: 'in', value: traces.map(({ traceId }) => traceId) }, ENTRY] }
            }
            onClose={() => setAdding(undefined)}
          />
        </Suspense>
      )}
    </div>
  )
}

const FIELDS = [
  'traceId',
  'externalId',
  'name',
  'startedAt',
  'durationMs',
  'status',
  'spanCount',
  'errorCount',
  'inputTokens',
  'outputTokens',
  'costUsd',
  'firstTokenMs',
  'sessionId',
  'userId',
  'environment',
  'inputPreview',
  'outputPreview',
] as const

const csvOf = (traces: Trace[]) =>
  toCsv(
    [...FIELDS, 'models', 'tags'],
    traces.map((trace) => [...FIELDS.map((field) => trace[field]), trace.models.join(' '), trace.tags.join(' ')]),
  )
