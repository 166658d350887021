import type { DashboardPanel, Filter, PanelQuery } from '@signalbox/schema'
import { lazy, Suspense } from 'react'
import { useKeyNames } from '../../data/use-key-names.ts'
import { useSetView } from '../../data/view.ts'
import { ValuesTable } from '../../ui/chart/chart-frame.tsx'
import { Readout, useReadout } from '../../ui/chart/readout.tsx'
import { bucketTitle, type Mark } from '../../ui/chart/series.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { formOf, lineTitle, titleOf } from './forms.ts'
import type { TimeData } from './panel-data.ts'
import { type Chrome, NothingHere, PanelFrame } from './panel-frame.tsx'
import { useDrill } from './use-drill.ts'
import type { PanelQueryState } from './use-panel-data.ts'
import { useSize } from './use-size.ts'

const HeatChart = lazy(() => import('../../ui/chart/heat-chart.tsx'))

/** The widest that names may be beside the cells, in pixels and in letters. */
const NAMES_WIDTH = 150
const MOST_LETTERS = 20
const shortened = (name: string): string => (name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - 1)}…` : name)

type Props = { panel: DashboardPanel; state: PanelQueryState; filters: readonly Filter[]; marks: readonly Mark[]; chrome: Chrome }

/** Values of a dimension over time, darker is more. A press on a cell leads to its traces. */
export function HeatPanel({ panel, state, filters, marks, chrome }: Props) {
  const query = panel.query as PanelQuery
  const data = state.data as TimeData | undefined
  const { starts = [], lines = [], window = { from: 0, to: 1 }, step = 0 } = data ?? {}
  const title = titleOf(panel)
  const [measure = 'calls' as const] = query.measures
  const [dimension = 'model'] = query.dimensions
  const form = formOf(measure, panel)
  const keyName = useKeyNames()
  const drill = useDrill(filters)
  const { setRange } = useSetView()
  const { line, say } = useReadout()
  const [host, { height }] = useSize<HTMLDivElement>()
  // The greatest at the top, as in every list.
  const rows = lines.toReversed()
  const names = rows.map((line) => lineTitle(line, dimension, keyName))
  const open = ({ at, row }: { at: number; row: number }) => {
    const from = starts[at]
    if (from === undefined) return
    drill.open({ query, measure, of: [[dimension, rows[row]?.value]], time: { from, to: from + step } })
  }
  const filled = starts.flatMap((start, at) =>
    rows.flatMap(({ values }, row) => (values[at] ? [{ start, at, row, value: values[at] }] : [])),
  )
  return (
    <PanelFrame
      title={title}
      chrome={chrome}
      state={state}
      note={data?.more ? `the first ${lines.length} of more` : undefined}
      csv={() => ({
        header: ['time', ...names.map((name) => `${name} (${form.unit})`)],
        rows: starts.map((start, at) => [new Date(start).toISOString(), ...rows.map(({ values }) => values[at])]),
      })}
      table={() => (
        <ValuesTable
          title={title}
          header={['Time', dimension, form.unit]}
          rows={filled.map(({ start, at, row, value }) => ({
            key: `${at} ${row}`,
            name: bucketTitle(start),
            cells: [names[row] ?? '', form.show(value)],
            onOpen: () => open({ at, row }),
          }))}
        />
      )}
    >
      <div ref={host} className="absolute inset-0 px-2 pb-1">
        <Readout line={line} className="top-0.5" />
        {lines.length === 0 ? (
          <NothingHere />
        ) : (
          height > 0 && (
            <Suspense fallback={<Skeleton className="h-full" />}>
              <HeatChart
                label={title}
                starts={starts}
                step={step}
                window={window}
                rows={names.map(shortened)}
                namesWidth={Math.min(NAMES_WIDTH, 20 + 6.5 * Math.max(...names.map((name) => shortened(name).length)))}
                counts={rows.map(({ values }) => values.map((value) => value ?? 0))}
                marks={marks}
                height={height - 4}
                onCursor={(cell) =>
                  say(
                    cell
                      ? [bucketTitle(starts[cell.at] ?? 0), names[cell.row] ?? '', form.show(rows[cell.row]?.values[cell.at] ?? null)]
                      : [],
                  )
                }
                onBrush={(from, to) => setRange({ kind: 'absolute', from, to })}
                onPick={open}
              />
            </Suspense>
          )
        )}
      </div>
    </PanelFrame>
  )
}
