import type { Filter, QueryRow } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useCallFilters } from '../../data/calls.ts'
import { useKeyNames } from '../../data/use-key-names.ts'
import { useProject } from '../../data/view.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { formatCount, formatShare, plural } from '../../lib/format-number.ts'
import { numberOf } from '../../ui/chart/rows.ts'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Money } from '../../ui/values.tsx'
import { FAILED } from './headline.tsx'
import type { Rows } from './use-overview.ts'

/** Calls by model and by key; every number leads to the traces behind it. */
export function Breakdowns({ byModel, byKey }: { byModel: Rows; byKey: Rows }) {
  const project = useProject()
  const keyName = useKeyNames()
  const base = useCallFilters()
  const model = (row: QueryRow): Filter[] => [is('model', row.model), is('provider', row.provider)]
  const key = (row: QueryRow): Filter[] => [is('keyId', row.keyId)]
  return (
    <div className="grid gap-4">
      <Breakdown
        title="By model"
        rows={byModel}
        columns={columns({
          project,
          base,
          own: model,
          header: 'Model',
          name: (row) => (
            <>
              {row.model ? String(row.model) : <span className="text-faint">no model named</span>}{' '}
              <span className="text-faint">{String(row.provider ?? '')}</span>
            </>
          ),
        })}
        rowKey={(row) => `${row.provider}/${row.model}`}
      />
      <Breakdown
        title="By key"
        rows={byKey}
        columns={columns({
          project,
          base,
          own: key,
          header: 'Key',
          name: (row) => (row.keyId ? keyName(String(row.keyId)) : <span className="text-faint">no key: sent by OpenTelemetry</span>),
        })}
        rowKey={(row) => String(row.keyId)}
      />
    </div>
  )
}

type BreakdownProps = { title: string; rows: Rows; columns: Column<QueryRow>[]; rowKey: (row: QueryRow) => string }
function Breakdown({ title, rows, columns, rowKey }: BreakdownProps) {
  return (
    <Panel title={title}>
      <Loaded query={rows} skeleton={<SkeletonRows rows={4} />}>
        {(data) =>
          data.rows.length === 0 ? (
            <p className="px-3 py-4 text-faint">No calls in this time.</p>
          ) : (
            <Table label={title} columns={columns} rows={byCalls(data.rows)} rowKey={rowKey} />
          )
        }
      </Loaded>
    </Panel>
  )
}

const byCalls = (rows: QueryRow[]) => [...rows].sort((a, b) => (numberOf(b, 'calls') ?? 0) - (numberOf(a, 'calls') ?? 0))

/** A value that is not there is asked for as "not set". */
const is = (field: string, value: QueryRow[string] | undefined): Filter =>
  value === '' || value === null || value === undefined ? { field, op: 'exists', value: false } : { field, op: 'eq', value }

type ColumnsInput = {
  project: string
  base: Filter[]
  own: (row: QueryRow) => Filter[]
  header: string
  name: (row: QueryRow) => ReactNode
}
function columns({ project, base, own, header, name }: ColumnsInput): Column<QueryRow>[] {
  const to = (row: QueryRow, more: Filter[], content: ReactNode) => (
    <Link
      to="/p/$project/traces"
      params={{ project }}
      search={{ filter: writeFilters([...base, ...own(row), ...more]) }}
      className="hover:text-accent hover:underline"
    >
      {content}
    </Link>
  )
  const slow = (row: QueryRow, measure: string, field: string) => {
    const value = numberOf(row, measure)
    return value === null ? '–' : to(row, [{ field, op: 'gte', value: Math.floor(value) }], formatCount(value))
  }
  return [
    { id: 'name', header, className: 'w-full', cell: (row) => to(row, [], name(row)) },
    { id: 'calls', header: 'Calls', align: 'right', cell: (row) => to(row, [], formatCount(numberOf(row, 'calls'))) },
    {
      id: 'errors',
      header: 'Errors',
      align: 'right',
      cell: (row) => {
        const errors = numberOf(row, 'errors') ?? 0
        const share = formatShare(numberOf(row, 'errorRate'))
        return errors === 0 ? (
          <span className="text-faint">0%</span>
        ) : (
          <span data-tip={plural(errors, 'error')}>{to(row, [FAILED], share)}</span>
        )
      },
    },
    { id: 'p50', header: 'p50 (ms)', align: 'right', cell: (row) => slow(row, 'durationP50', 'durationMs') },
    { id: 'p95', header: 'p95 (ms)', align: 'right', cell: (row) => slow(row, 'durationP95', 'durationMs') },
    { id: 'first', header: 'First token (ms)', align: 'right', cell: (row) => slow(row, 'firstTokenP95', 'firstTokenMs') },
    {
      id: 'tokens',
      header: 'Tokens',
      align: 'right',
      cell: (row) => (
        <span data-tip={`${formatCount(numberOf(row, 'inputTokens'))} in, ${formatCount(numberOf(row, 'outputTokens'))} out`}>
          {formatCount((numberOf(row, 'inputTokens') ?? 0) + (numberOf(row, 'outputTokens') ?? 0))}
        </span>
      ),
    },
    {
      id: 'cost',
      header: 'Cost (USD)',
      align: 'right',
      cell: (row) => {
        const unpriced = numberOf(row, 'unpriced') ?? 0
        return (
          <>
            <Money
              usd={(row.costUsd as string | null) ?? null}
              bare
              reason={
                unpriced > 0
                  ? `Unknown: no price is known for ${plural(unpriced, 'call')}`
                  : 'No tokens were used, so there is nothing to price'
              }
            />
            {unpriced > 0 && row.costUsd !== null && <span data-tip={`${plural(unpriced, 'call')} without a known price`}>+</span>}
          </>
        )
      },
    },
  ]
}
