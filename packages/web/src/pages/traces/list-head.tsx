import type { Filter, SearchIn } from '@signalbox/schema'
import { Link2, RefreshCw, TriangleAlert } from 'lucide-react'
import type { ReactNode, RefObject } from 'react'
import { writeFilters } from '../../lib/filter-search.ts'
import { formatCount, plural } from '../../lib/format-number.ts'
import { IconButton } from '../../ui/button.tsx'
import { copyAndTell } from '../../ui/copy.tsx'
import { ColumnsMenu } from './columns-menu.tsx'
import { FilterBar } from './filter-bar.tsx'
import type { Columns } from './use-columns.ts'

type Narrowing = { filter?: string | undefined; search?: string | undefined; in?: string | undefined }
type Props = {
  title: string
  question: string
  /** How many are loaded, and whether there are others; null while they are being read. */
  loaded: { count: number; more: boolean } | null
  onRefresh: () => void
  filters: readonly Filter[]
  /** What of the address is no filter. */
  rejected: readonly string[]
  search: string
  searchIn: SearchIn
  input: RefObject<HTMLInputElement | null>
  set: (next: Narrowing) => void
  columns: Columns
  /** Between the filters and the columns. */
  beside?: ReactNode
  /** Below the filters. */
  children?: ReactNode
}

/** The head of a list of traces, or of what they are put together by: what it is, and what it is narrowed to. */
export function ListHead(props: Props) {
  const { title, question, loaded, onRefresh, filters, rejected, search, searchIn, input, set, columns, beside, children } = props
  return (
    <div className="flex flex-col gap-3 px-6 pt-5 pb-3">
      <header className="flex items-start gap-4">
        <div className="min-w-0 flex-1">
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          <p className="text-soft">{question}</p>
        </div>
        <p role="status" className="pt-1.5 text-sm text-faint">
          {loaded && `${formatCount(loaded.count)}${loaded.more ? '+' : ''} loaded`}
        </p>
        <div className="flex items-center gap-1">
          <IconButton label="Copy link  c" onClick={() => copyAndTell(location.href, 'Link')}>
            <Link2 size={15} />
          </IconButton>
          <IconButton label="Read again" onClick={onRefresh}>
            <RefreshCw size={14} />
          </IconButton>
        </div>
      </header>
      <div className="flex items-start gap-2">
        <FilterBar
          filters={filters}
          search={search}
          searchIn={searchIn}
          input={input}
          onFilters={(next: Filter[]) => set({ filter: writeFilters(next) })}
          onSearch={(text, where) => set({ search: text || undefined, in: text && where === 'content' ? where : undefined })}
        />
        {beside}
        <ColumnsMenu columns={columns} />
      </div>
      {children}
      {rejected.length > 0 && (
        <p role="alert" className="flex items-center gap-2 text-sm text-warning">
          <TriangleAlert size={14} aria-hidden /> {plural(rejected.length, 'filter')} of the link could not be understood and{' '}
          {rejected.length === 1 ? 'is' : 'are'} not applied: <code className="font-mono">{rejected.join('; ')}</code>
        </p>
      )}
    </div>
  )
}
