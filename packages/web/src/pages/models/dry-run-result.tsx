import type { Output } from '@signalbox/sdk'
import { Link } from '@tanstack/react-router'
import { ArrowRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatCount, formatShare, plural } from '../../lib/format-number.ts'
import { Panel } from '../../ui/panel.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Ago, Money } from '../../ui/values.tsx'

type Result = Output<'models.dryRun'>
type Row = Result['rows'][number]
type Props = { project: string; result: Result; onlyChanged: boolean; onOnlyChanged: (on: boolean) => void }

/** Before and after: sums, by target, and call by call. */
export function DryRunResult({ project, result, onlyChanged, onOnlyChanged }: Props) {
  const { calls, more, unread, changed, costUsd, estimatedCostUsd, unpriced, targets, rows } = result
  if (calls === 0) {
    return (
      <Panel>
        <p className="px-4 py-6 text-center text-faint">
          No call of this alias in the last seven days{unread > 0 && `, but ${plural(unread, 'call')} whose request was not kept`}.
        </p>
      </Panel>
    )
  }
  const shown = onlyChanged ? rows.filter(isChanged) : rows
  return (
    <>
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-md border border-line bg-line lg:grid-cols-4">
        <Figure
          title="Calls"
          note={[more && 'the newest of more', unread > 0 && `${formatCount(unread)} left out: not kept`].filter(Boolean).join(', ')}
        >
          {formatCount(calls)}
        </Figure>
        <Figure title="Would go elsewhere" note={`${formatShare(changed / calls)} of them`}>
          {formatCount(changed)}
        </Figure>
        <Figure title="Cost" note={unpriced > 0 ? `${plural(unpriced, 'call')} without a known price left out` : ''}>
          <Money usd={costUsd} />
        </Figure>
        <Figure title="Would cost, about" note={difference(costUsd, estimatedCostUsd)}>
          <Money usd={estimatedCostUsd} />
        </Figure>
      </dl>
      <Panel title="By target">
        <Table label="By target" columns={targetColumns(calls)} rows={targets} rowKey={({ provider, model }) => `${provider}/${model}`} />
      </Panel>
      <Panel
        title={onlyChanged ? 'Calls that would have gone elsewhere' : 'All calls'}
        actions={
          <Segmented
            label="Which calls"
            value={onlyChanged ? 'changed' : 'all'}
            choices={[
              { value: 'changed', label: 'Changed' },
              { value: 'all', label: 'All' },
            ]}
            onChange={(value) => onOnlyChanged(value === 'changed')}
          />
        }
      >
        {shown.length === 0 ? (
          <p className="px-4 py-4 text-faint">Every call would have gone where it went.</p>
        ) : (
          <Table label="Calls, before and after" columns={rowColumns(project)} rows={shown} rowKey={({ spanId }) => spanId} />
        )}
      </Panel>
    </>
  )
}

const isChanged = ({ before, after }: Row) => before.provider !== after?.provider || before.model !== after.model

function difference(before: string | null, after: string | null): string {
  if (before === null || after === null || Number(before) === 0) return ''
  const share = (Number(after) - Number(before)) / Number(before)
  return share === 0 ? 'the same' : `${formatShare(Math.abs(share))} ${share < 0 ? 'less' : 'more'}`
}

function Figure({ title, note, children }: { title: string; note: string; children: ReactNode }) {
  return (
    <div className="bg-surface-1 px-3 py-2.5">
      <dt className="text-sm text-faint">{title}</dt>
      <dd>
        <span className="text-xl font-semibold tracking-tight tabular-nums">{children}</span>
        <span className="block h-[18px] truncate text-sm text-faint">{note}</span>
      </dd>
    </div>
  )
}

type Sum = Result['targets'][number]
const targetColumns = (calls: number): Column<Sum>[] => [
  { id: 'target', header: 'Target', className: 'w-full font-mono text-sm', cell: ({ provider, model }) => `${provider}/${model}` },
  { id: 'before', header: 'Calls before', align: 'right', cell: ({ callsBefore }) => <Share calls={callsBefore} of={calls} /> },
  { id: 'after', header: 'Calls after', align: 'right', cell: ({ callsAfter }) => <Share calls={callsAfter} of={calls} /> },
  { id: 'cost', header: 'Cost before (USD)', align: 'right', cell: ({ costUsd }) => <Money usd={costUsd} bare /> },
  {
    id: 'estimated',
    header: 'Cost after, about (USD)',
    align: 'right',
    cell: ({ estimatedCostUsd }) => <Money usd={estimatedCostUsd} bare />,
  },
]

function Share({ calls, of }: { calls: number; of: number }) {
  return (
    <span className="inline-flex items-center justify-end gap-2">
      <span className="inline-block h-1.5 w-16 rounded-sm bg-surface-2" aria-hidden>
        <span className="block h-full rounded-sm bg-mark-1" style={{ width: `${(calls / Math.max(1, of)) * 100}%` }} />
      </span>
      <span className="w-10">{formatCount(calls)}</span>
    </span>
  )
}

const rowColumns = (project: string): Column<Row>[] => [
  { id: 'time', header: 'Started', cell: ({ startedAt }) => <Ago time={startedAt} /> },
  {
    id: 'call',
    header: 'Call',
    className: 'w-full max-w-0',
    cell: ({ traceId, spanId, preview }) => (
      <Link
        to="/p/$project/traces/$traceId"
        params={{ project, traceId }}
        search={{ span: spanId }}
        className="block truncate hover:text-accent hover:underline"
      >
        {preview || 'without text'}
      </Link>
    ),
  },
  { id: 'score', header: 'Score', align: 'right', cell: ({ score }) => score.toFixed(2) },
  {
    id: 'change',
    header: 'Went to, would go to',
    cell: (row) => (
      <span className="flex items-center gap-1.5 font-mono text-sm" data-tip={row.reason}>
        <span className="max-w-44 truncate text-faint">
          {row.before.provider}/{row.before.model}
        </span>
        {isChanged(row) && (
          <>
            <ArrowRight size={12} className="shrink-0 text-faint" aria-hidden />
            <span className="max-w-44 truncate">{row.after ? `${row.after.provider}/${row.after.model}` : 'no target'}</span>
          </>
        )}
      </span>
    ),
  },
  { id: 'cost', header: 'Cost', align: 'right', cell: ({ costUsd }) => <Money usd={costUsd} bare /> },
  { id: 'estimated', header: 'About (USD)', align: 'right', cell: ({ estimatedCostUsd }) => <Money usd={estimatedCostUsd} bare /> },
]
