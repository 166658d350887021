import type { Threshold } from '@signalbox/schema'
import { ChartLine, CircleAlert, CircleCheck, Download, EllipsisVertical, Table2, TriangleAlert } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { download, toCsv } from '../../lib/csv.ts'
import { Badge } from '../../ui/badge.tsx'
import { IconButton } from '../../ui/button.tsx'
import type { Cells } from '../../ui/chart/chart-frame.tsx'
import { ErrorBoundary } from '../../ui/error-boundary.tsx'
import { describeError, ErrorNote } from '../../ui/error-note.tsx'
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import type { PanelQueryState } from './use-panel-data.ts'

/** What the page puts around a panel: entries of its menu, and what it is moved by. */
export type Chrome = { items: ReactNode; handle?: ReactNode }
type Props = {
  title: string
  chrome: Chrome
  /** The state of its numbers; a text has none. */
  state?: PanelQueryState
  /** Said beside the title, quietly: what is left out. */
  note?: string | undefined
  badge?: Threshold | undefined
  legend?: ReactNode
  csv?: () => { header: string[]; rows: Cells[] }
  table?: () => ReactNode
  children: ReactNode
}

/** The frame of a panel of a dashboard. What fails inside stays inside, and what was read before stays until there is more. */
export function PanelFrame({ title, chrome, state, note, badge, legend, csv, table, children }: Props) {
  const [asTable, setAsTable] = useState(false)
  const save = () => {
    if (!csv) return
    const { header, rows } = csv()
    download(`${title.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.csv`, toCsv(header, rows))
  }
  const ready = state === undefined || state.data !== undefined
  return (
    <section aria-label={title} className="flex h-full min-w-0 flex-col overflow-hidden rounded-md border border-line bg-surface-1">
      <header className="flex h-9 shrink-0 items-center gap-2 border-b border-line pr-1.5 pl-3">
        {chrome.handle}
        <h2 className="min-w-0 truncate font-medium" data-tip={title}>
          {title}
        </h2>
        {badge && <Reached threshold={badge} />}
        {note && <span className="shrink-0 text-xs text-faint">{note}</span>}
        <span className="flex-1" />
        {state?.error && ready && (
          <button type="button" onClick={() => state.refetch()} className="shrink-0 text-warning" data-tip={outdated(state.error)}>
            <TriangleAlert size={14} aria-hidden />
            <span className="sr-only">{outdated(state.error)}</span>
          </button>
        )}
        {(csv || chrome.items) && (
          <Menu
            align="end"
            trigger={
              <IconButton label={`Actions of ${title}`} size="small-icon">
                <EllipsisVertical size={14} />
              </IconButton>
            }
          >
            {table && (
              <MenuItem icon={asTable ? <ChartLine size={14} /> : <Table2 size={14} />} onClick={() => setAsTable(!asTable)}>
                {asTable ? 'Show as chart' : 'Show as table'}
              </MenuItem>
            )}
            {csv && (
              <MenuItem icon={<Download size={14} />} disabled={!ready} onClick={save}>
                Download CSV
              </MenuItem>
            )}
            {csv && chrome.items && <MenuLine />}
            {chrome.items}
          </Menu>
        )}
      </header>
      {legend && (
        <div className="h-7 shrink-0 overflow-x-auto overflow-y-hidden px-2 pt-0.5 [&>ul]:flex-nowrap [&>ul]:justify-start">{legend}</div>
      )}
      <div className="relative min-h-0 flex-1">
        <ErrorBoundary resetKey={state?.dataUpdatedAt}>
          {!ready && state.error ? (
            <div className="h-full overflow-y-auto">
              <ErrorNote error={state.error} retry={() => state.refetch()} className="m-2" />
            </div>
          ) : !ready ? (
            <div className="h-full p-2" role="status" aria-label={`Loading ${title}`}>
              <Skeleton className="h-full" />
            </div>
          ) : asTable && table ? (
            <div className="h-full p-2">{table()}</div>
          ) : (
            children
          )}
        </ErrorBoundary>
      </div>
    </section>
  )
}

const outdated = (error: unknown) => `Not up to date: ${describeError(error).title}. Press to try again.`

const ICONS = { ok: CircleCheck, warning: TriangleAlert, error: CircleAlert }
/** The word of a threshold, with its colour and an icon. */
export function Reached({ threshold: { status, words } }: { threshold: Threshold }) {
  const Icon = ICONS[status]
  return (
    <Badge tone={status} icon={<Icon size={12} aria-hidden />}>
      {words}
    </Badge>
  )
}

/** What stands where a panel has nothing to show. */
export function NothingHere({ children = 'Nothing in this time.' }: { children?: ReactNode }) {
  return <p className="px-3 py-2 text-faint">{children}</p>
}
