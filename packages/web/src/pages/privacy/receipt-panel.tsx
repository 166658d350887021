import type { Deletion } from '@signalbox/schema'
import { CircleCheck, CircleDashed, Download } from 'lucide-react'
import { useSession } from '../../data/session.ts'
import { useKeyNames } from '../../data/use-key-names.ts'
import { download } from '../../lib/csv.ts'
import { formatBytes, formatCount, plural } from '../../lib/format-number.ts'
import { IconButton } from '../../ui/button.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Panel } from '../../ui/panel.tsx'
import { SidePanel } from '../../ui/side-panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import type { Opened } from '../../ui/use-opened.ts'
import { At } from '../../ui/values.tsx'
import { reachedAt, STATES, STEPS, subjectOf } from './deletion-words.ts'
import { StateOf } from './state-of.tsx'
import { useDeletion } from './use-deletions.ts'

/** The receipt of one deletion: how far it is, what was removed from where, and what it does not reach. */
export function ReceiptPanel({ project, id, panel }: { project: string; id: string; panel: Opened['panel'] }) {
  const { data: receipt, error, refetch } = useDeletion(project, id)
  return (
    <SidePanel
      {...panel}
      label="Receipt"
      head={
        <>
          <div className="flex items-center gap-2">
            <h2 className="min-w-0 truncate text-lg font-semibold">
              {receipt ? `${TITLES[receipt.subject]} ${subjectOf(receipt)}` : 'Receipt'}
            </h2>
            {receipt && <StateOf status={receipt.status} />}
          </div>
          <p className="text-soft">
            Receipt <CopyId id={id} what="id of the receipt" />
          </p>
        </>
      }
      actions={
        receipt && (
          <IconButton
            label="Download as JSON"
            size="small-icon"
            onClick={() => download(`deletion-${id}.json`, JSON.stringify(receipt, null, 2), 'application/json')}
          >
            <Download size={14} />
          </IconButton>
        )
      }
    >
      {receipt ? (
        <Receipt receipt={receipt} />
      ) : error ? (
        <ErrorNote error={error} retry={refetch} className="m-4" />
      ) : (
        <SkeletonRows rows={6} />
      )}
    </SidePanel>
  )
}

const TITLES: Record<Deletion['subject'], string> = { user: 'User', session: 'Session', trace: 'Trace', key: 'Key', time: 'Time' }

function Receipt({ receipt }: { receipt: Deletion }) {
  const { account } = useSession()
  const keyName = useKeyNames()
  const { requestedBy } = receipt
  return (
    <div className="flex flex-col gap-4 p-4">
      {receipt.problem !== null && (
        <p className="rounded-md bg-warning-soft px-3 py-2 text-warning">Not through yet, it is tried again: {receipt.problem}</p>
      )}
      <Panel title="How far it is" description="There is no way back: from the first step on it cannot be undone.">
        <ol className="divide-y divide-line">
          {STEPS.map((state) => {
            const at = reachedAt(receipt, state)
            return (
              <li key={state} className="flex items-start gap-3 px-3 py-2">
                {at === null ? (
                  <CircleDashed size={15} className="mt-0.5 shrink-0 text-faint" aria-label="to come" />
                ) : (
                  <CircleCheck size={15} className="mt-0.5 shrink-0 text-ok" aria-label="done" />
                )}
                <div className="min-w-0 flex-1">
                  <p className="font-medium">{state}</p>
                  <p className="text-soft">{STATES[state].says}</p>
                </div>
                <span className="tabular text-sm text-faint">{at === null ? '–' : <At time={at} />}</span>
              </li>
            )
          })}
        </ol>
      </Panel>
      <Panel
        title="What was removed"
        description={`${plural(receipt.traces, 'trace')} with ${plural(receipt.spans, 'span')}. Requested by ${requestedBy === account.id ? 'you' : keyName(requestedBy)}.`}
      >
        {receipt.removed.length === 0 ? (
          <p className="px-3 py-4 text-faint">Nothing of it was stored.</p>
        ) : (
          <Table label="Removed rows" columns={REMOVED} rows={receipt.removed} rowKey={({ where }) => where} />
        )}
        {receipt.late > 0 && (
          <p className="border-t border-line px-3 py-2 text-soft">
            {plural(receipt.late, 'span, part or score', 'spans, parts and scores')} came later, had been received before the request, and{' '}
            {receipt.late === 1 ? 'was' : 'were'} dropped.
          </p>
        )}
      </Panel>
      <Panel title="What it does not reach">
        <ul className="list-disc space-y-1.5 py-3 pr-3 pl-8 text-soft">
          {receipt.kept.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </Panel>
    </div>
  )
}

const REMOVED: Column<Deletion['removed'][number]>[] = [
  { id: 'where', header: 'From', className: 'w-full', cell: ({ where }) => <span className="font-mono text-sm">{where}</span> },
  { id: 'rows', header: 'Rows', align: 'right', cell: ({ rows }) => formatCount(rows) },
  {
    id: 'bytes',
    header: <span data-tip="Of content, before compression">Content</span>,
    align: 'right',
    cell: ({ bytes }) => (bytes === null ? <span data-tip="Not measured">–</span> : formatBytes(bytes)),
  },
]
