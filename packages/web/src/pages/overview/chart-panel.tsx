import type { Filter } from '@signalbox/schema'
import { useNavigate } from '@tanstack/react-router'
import { ChartLine, Download, Table2 } from 'lucide-react'
import { lazy, Suspense, useRef, useState } from 'react'
import { useProject, useSetView } from '../../data/view.ts'
import { classNames } from '../../lib/class-names.ts'
import { download, toCsv } from '../../lib/csv.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { bucketFor } from '../../lib/time-range.ts'
import { IconButton } from '../../ui/button.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import type { Series } from './time-chart.tsx'
import { useBaseFilters } from './use-overview.ts'

const TimeChart = lazy(() => import('./time-chart.tsx'))

type Props = {
  title: string
  /** Stands in the table and in the file. */
  unit: string
  starts: number[]
  window: { from: number; to: number }
  series: Series[]
  stacked?: boolean
  format: (value: number) => string
  className?: string
  /** What a press on the chart shows, where that is not all calls. */
  filters?: Filter[]
  /** How long what a press on the chart opens is, in milliseconds; a bucket of the window where it is absent. */
  step?: number | undefined
}

/** A chart with what belongs to it: legend that switches series, value at the crosshair, table view, CSV. */
export function ChartPanel({ title, unit, starts, window, series, stacked = false, format, className, filters, step }: Props) {
  const project = useProject()
  const navigate = useNavigate()
  const { setRange } = useSetView()
  const base = useBaseFilters()
  const length = step ?? bucketFor(window).milliseconds
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const [asTable, setAsTable] = useState(false)
  const readout = useRef<HTMLDivElement>(null)
  const shown = series.filter((one) => !hidden.has(one.label))
  const toggle = (label: string) => {
    const next = new Set(hidden)
    if (!next.delete(label) && next.size < series.length - 1) next.add(label)
    setHidden(next)
  }
  // Written straight into the page: the crosshair moves far more often than React should render.
  const showAt = (at: number | null) => {
    const line = readout.current
    if (!line) return
    const values = at === null ? [] : shown.map((one) => `${one.label} ${one.values[at] === null ? '–' : format(one.values[at] ?? 0)}`)
    line.textContent = at === null ? '' : [bucketTitle(starts[at] ?? 0), ...values].join('   ')
  }
  const open = (from: number, to: number) =>
    navigate({
      to: '/p/$project/traces',
      params: { project },
      search: {
        filter: writeFilters(filters ?? base),
        range: undefined,
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
      },
    })

  return (
    <Panel
      className={classNames('flex flex-col', className)}
      title={title}
      actions={
        <div className="flex items-center gap-1">
          <ul className="flex items-center gap-0.5" aria-label="Series">
            {series.map((one) => (
              <li key={one.label}>
                <button
                  type="button"
                  aria-pressed={!hidden.has(one.label)}
                  onClick={() => toggle(one.label)}
                  className={classNames(
                    'flex h-6 items-center gap-1.5 rounded-sm px-1.5 text-sm hover:bg-surface-2',
                    hidden.has(one.label) ? 'text-faint line-through' : 'text-soft',
                  )}
                >
                  <Swatch series={one} stacked={stacked} />
                  {one.label}
                </button>
              </li>
            ))}
          </ul>
          <IconButton label={asTable ? 'Chart' : 'Table'} size="small-icon" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            {asTable ? <ChartLine size={14} /> : <Table2 size={14} />}
          </IconButton>
          <IconButton
            label="Download CSV"
            size="small-icon"
            onClick={() =>
              download(
                `${title.toLowerCase().replaceAll(' ', '-')}.csv`,
                toCsv(
                  ['time', ...series.map((one) => `${one.label} (${unit})`)],
                  starts.map((start, at) => [new Date(start).toISOString(), ...series.map((one) => one.values[at])]),
                ),
              )
            }
          >
            <Download size={14} />
          </IconButton>
        </div>
      }
    >
      <div className="relative h-[180px] p-2">
        <div
          ref={readout}
          aria-hidden
          className="tabular pointer-events-none absolute top-1 right-3 z-10 rounded-sm border border-line bg-surface-1 px-1.5 whitespace-pre text-soft empty:hidden"
        />
        {asTable ? (
          <Values
            title={title}
            unit={unit}
            starts={starts}
            series={shown}
            format={format}
            onOpen={(start) => open(start, start + length)}
          />
        ) : (
          <Suspense fallback={<Skeleton className="h-[164px]" />}>
            <TimeChart
              label={title}
              starts={starts}
              window={window}
              series={shown}
              stacked={stacked}
              format={format}
              onCursor={showAt}
              onBrush={(from, to) => setRange({ kind: 'absolute', from, to })}
              onPick={(start) => open(start, start + length)}
            />
          </Suspense>
        )}
      </div>
    </Panel>
  )
}

function Swatch({ series, stacked }: { series: Series; stacked: boolean }) {
  return (
    <svg width="12" height="8" aria-hidden="true">
      {stacked ? (
        <rect width="8" height="8" x="2" rx="2" fill={`var(--${series.colour})`} />
      ) : (
        <line x1="0" x2="12" y1="4" y2="4" stroke={`var(--${series.colour})`} strokeWidth="2" strokeDasharray={series.dash?.join(' ')} />
      )}
    </svg>
  )
}

type ValuesProps = Pick<Props, 'title' | 'unit' | 'starts' | 'series' | 'format'> & { onOpen: (start: number) => void }
function Values({ title, unit, starts, series, format, onOpen }: ValuesProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section className="h-full overflow-y-auto" aria-label={`${title}, table`} tabIndex={0}>
      <table className="w-full">
        <thead className="sticky top-0 bg-surface-1">
          <tr>
            <th scope="col" className="px-2 text-left text-sm font-medium text-faint">
              Time
            </th>
            {series.map((one) => (
              <th key={one.label} scope="col" className="px-2 text-right text-sm font-medium text-faint">
                {one.label} ({unit})
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {starts.map((start, at) => (
            <tr key={start} className="hover:bg-surface-0">
              <td className="px-2">
                <button type="button" onClick={() => onOpen(start)} className="text-sm hover:text-accent hover:underline">
                  {bucketTitle(start)}
                </button>
              </td>
              {series.map((one) => (
                <td key={one.label} className="tabular px-2 text-right">
                  {one.values[at] === null || one.values[at] === undefined ? '–' : format(one.values[at])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const bucketTitle = (start: number) =>
  new Date(start).toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hour12: false })
