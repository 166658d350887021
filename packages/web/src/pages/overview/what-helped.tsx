import type { QueryRow } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { useCallFilters } from '../../data/calls.ts'
import { useProject } from '../../data/view.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { formatCount } from '../../lib/format-number.ts'
import { formatDuration } from '../../lib/format-time.ts'
import { numberOf } from '../../ui/chart/rows.ts'
import { Panel } from '../../ui/panel.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import type { Rows } from './use-overview.ts'

/** What can have made an answer come sooner, in the order in which the gateway tries it. */
const HELP: Record<string, string> = {
  cache: 'From the cache',
  'first-try': 'At the first try',
  'another-try': 'At another try',
}
const TIP: Record<string, string> = {
  cache: 'An answer that was kept was given again',
  'first-try': 'The target that was chosen answered',
  'another-try': 'A try failed or was late: a retry, another key or another target answered',
}

/**
 * How good answers came, and how long people waited for the first words and for all of it. It is only there when the
 * cache or another try answered something: else there is nothing to compare.
 */
export function WhatHelped({ rows }: { rows: Rows }) {
  const project = useProject()
  const base = useCallFilters()
  const answered = (rows.data?.rows ?? []).filter((row) => HELP[answeredBy(row)]).sort(byOrder)
  if (!answered.some((row) => answeredBy(row) !== 'first-try')) return null
  const columns: Column<QueryRow>[] = [
    {
      id: 'how',
      header: 'Answered',
      className: 'w-full',
      cell: (row) => (
        <Link
          to="/p/$project/traces"
          params={{ project }}
          search={{
            filter: writeFilters([
              ...base,
              { field: 'answeredBy', op: 'eq', value: answeredBy(row) },
              { field: 'stream', op: 'eq', value: row.stream === true },
            ]),
          }}
          data-tip={TIP[answeredBy(row)]}
          className="hover:text-accent hover:underline"
        >
          {HELP[answeredBy(row)]} <span className="text-faint">{row.stream === true ? 'streamed' : 'whole'}</span>
        </Link>
      ),
    },
    { id: 'calls', header: 'Calls', align: 'right', cell: (row) => formatCount(numberOf(row, 'calls')) },
    time('First token p50', 'firstTokenP50'),
    time('First token p95', 'firstTokenP95'),
    time('Whole answer p50', 'durationP50'),
    time('Whole answer p95', 'durationP95'),
  ]
  return (
    <Panel title="What helped" description="How answers came, and how long people waited for them">
      <Table label="What helped" columns={columns} rows={answered} rowKey={(row) => `${answeredBy(row)} ${row.stream}`} />
    </Panel>
  )
}

const time = (header: string, measure: string): Column<QueryRow> => ({
  id: measure,
  header,
  align: 'right',
  cell: (row) => formatDuration(numberOf(row, measure)),
})
const answeredBy = (row: QueryRow): string => String(row.answeredBy)
const place = (row: QueryRow): number => Object.keys(HELP).indexOf(answeredBy(row)) * 2 + (row.stream === true ? 0 : 1)
const byOrder = (a: QueryRow, b: QueryRow): number => place(a) - place(b)
