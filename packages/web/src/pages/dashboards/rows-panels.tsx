import type { DashboardPanel, Filter, PanelQuery, QueryRow } from '@signalbox/schema'
import { useKeyNames } from '../../data/use-key-names.ts'
import { fieldTitle } from '../../lib/filter-search.ts'
import { ValuesTable } from '../../ui/chart/chart-frame.tsx'
import { numberOf } from '../../ui/chart/rows.ts'
import { type Column, Table } from '../../ui/table.tsx'
import { TracesLink } from '../../ui/traces-link.tsx'
import { formOf, reached, titleOf, valueTitle } from './forms.ts'
import type { RowsData } from './panel-data.ts'
import { type Chrome, NothingHere, PanelFrame, Reached } from './panel-frame.tsx'
import { useDrill } from './use-drill.ts'
import type { PanelQueryState } from './use-panel-data.ts'

type Props = { panel: DashboardPanel; state: PanelQueryState; filters: readonly Filter[]; chrome: Chrome }

/** What both kinds of rows have in common: their names, their numbers, and where these lead. */
function useRows({ panel, state, filters }: Omit<Props, 'chrome'>) {
  const query = panel.query as PanelQuery
  const { rows = [], more = false } = (state.data as RowsData | undefined) ?? {}
  const keyName = useKeyNames()
  const drill = useDrill(filters)
  const { dimensions, measures } = query
  const nameOf = (row: QueryRow, field: string) => valueTitle(field, row[field], keyName)
  const searchOf = (row: QueryRow, measure: (typeof measures)[number]) =>
    drill.searchOf({ query, measure, value: numberOf(row, measure), of: dimensions.map((field) => [field, row[field]] as const) })
  return {
    query,
    rows,
    nameOf,
    searchOf,
    keyOf: (row: QueryRow) => JSON.stringify(dimensions.map((field) => row[field])),
    note: more ? `the first ${rows.length} of more` : undefined,
    csv: () => ({
      header: [
        ...dimensions.map(fieldTitle),
        ...measures.map((measure) => `${formOf(measure, panel).title} (${formOf(measure, panel).unit})`),
      ],
      rows: rows.map((row) => [...dimensions.map((field) => nameOf(row, field)), ...measures.map((measure) => row[measure])]),
    }),
  }
}

/** Measures by dimensions as a table; every number leads to its traces. */
export function TablePanel({ panel, state, filters, chrome }: Props) {
  const { query, rows, nameOf, searchOf, keyOf, note, csv } = useRows({ panel, state, filters })
  const title = titleOf(panel)
  const columns: Column<QueryRow>[] = [
    ...query.dimensions.map(
      (field, at): Column<QueryRow> => ({
        id: field,
        header: fieldTitle(field),
        ...(at === 0 && { className: 'w-full min-w-36 max-w-0 truncate' }),
        cell: (row) =>
          row[field] === '' || row[field] === null ? <span className="text-faint">{nameOf(row, field)}</span> : nameOf(row, field),
      }),
    ),
    ...query.measures.map((measure, at): Column<QueryRow> => {
      const form = formOf(measure, panel)
      return {
        id: measure,
        header: form.title,
        align: 'right',
        cell: (row) => {
          const value = numberOf(row, measure)
          const threshold = at === 0 ? reached(panel.thresholds, value) : undefined
          return (
            <span className="inline-flex items-center gap-2" data-tip={form.exact(value)}>
              {threshold && <Reached threshold={threshold} />}
              {value === null ? '–' : <TracesLink search={searchOf(row, measure)}>{form.show(value)}</TracesLink>}
            </span>
          )
        },
      }
    }),
  ]
  return (
    <PanelFrame title={title} chrome={chrome} state={state} note={note} csv={csv}>
      {rows.length === 0 ? (
        <NothingHere />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
        <section className="h-full overflow-auto" aria-label={`${title}, rows`} tabIndex={0}>
          <Table label={title} columns={columns} rows={rows} rowKey={keyOf} />
        </section>
      )}
    </PanelFrame>
  )
}

/** The greatest values of a dimension as bars from zero. */
export function TopPanel({ panel, state, filters, chrome }: Props) {
  const { query, rows, nameOf, searchOf, keyOf, note, csv } = useRows({ panel, state, filters })
  const title = titleOf(panel)
  const [measure = 'calls' as const] = query.measures
  const [field = 'name'] = query.dimensions
  const form = formOf(measure, panel)
  const most = Math.max(0, ...rows.map((row) => numberOf(row, measure) ?? 0))
  return (
    <PanelFrame
      title={title}
      chrome={chrome}
      state={state}
      note={note}
      csv={csv}
      table={() => (
        <ValuesTable
          title={title}
          header={[fieldTitle(field), `${form.title} (${form.unit})`]}
          rows={rows.map((row) => ({ key: keyOf(row), name: nameOf(row, field), cells: [form.show(numberOf(row, measure))] }))}
        />
      )}
    >
      {rows.length === 0 ? (
        <NothingHere />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
        <section className="h-full overflow-y-auto p-1.5" aria-label={`${title}, bars`} tabIndex={0}>
          <ul>
            {rows.map((row) => {
              const value = numberOf(row, measure)
              const threshold = reached(panel.thresholds, value)
              return (
                <li key={keyOf(row)} className="relative flex h-7 items-center gap-3 rounded-sm px-1.5 hover:bg-surface-0">
                  <div
                    aria-hidden
                    className="absolute inset-y-1 left-0 rounded-sm opacity-20"
                    style={{ width: `${most > 0 ? ((value ?? 0) / most) * 100 : 0}%`, background: 'var(--mark-1)' }}
                  />
                  <span className="relative min-w-0 flex-1 truncate">
                    <TracesLink search={searchOf(row, measure)}>{nameOf(row, field)}</TracesLink>
                  </span>
                  {threshold && <Reached threshold={threshold} />}
                  <span className="tabular relative" data-tip={form.exact(value)}>
                    {form.show(value)}
                  </span>
                </li>
              )
            })}
          </ul>
        </section>
      )}
    </PanelFrame>
  )
}
