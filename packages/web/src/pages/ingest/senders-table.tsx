import type { IngestSender } from '@signalbox/schema'
import { CircleCheck, TriangleAlert } from 'lucide-react'
import { formatCount } from '../../lib/format-number.ts'
import { type Column, Table } from '../../ui/table.tsx'
import { Ago, Duration } from '../../ui/values.tsx'
import { senderKey } from './use-ingest.ts'

export type Lag = { keyId: string; averageMs: number; maxMs: number }
type Props = { senders: readonly IngestSender[]; lags: readonly Lag[]; open: string | undefined; onOpen: (sender: IngestSender) => void }

/** One row for each client software, key and endpoint. */
export function SendersTable({ senders, lags, open, onOpen }: Props) {
  const columns: Column<IngestSender>[] = [
    {
      id: 'sdk',
      header: 'Sender',
      className: 'max-w-80 truncate',
      cell: (sender) => (
        <button type="button" onClick={() => onOpen(sender)} className="max-w-full truncate font-medium hover:text-accent hover:underline">
          {sender.sdk}
        </button>
      ),
    },
    { id: 'key', header: 'Key', className: 'max-w-48 truncate', cell: (sender) => sender.keyName ?? sender.keyId },
    { id: 'endpoint', header: 'Endpoint', className: 'font-mono text-sm', wideOnly: true, cell: (sender) => sender.endpoint },
    { id: 'accepted', header: 'Accepted', align: 'right', cell: (sender) => formatCount(sender.accepted) },
    { id: 'rejected', header: 'Rejected', align: 'right', cell: (sender) => <Rejected count={sender.rejected} /> },
    {
      id: 'lag',
      header: 'Readable after',
      align: 'right',
      cell: ({ keyId }) => {
        const lag = lags.find((one) => one.keyId === keyId)
        return lag ? (
          <span data-tip={`At most ${Math.round(lag.maxMs).toLocaleString('en-US')} ms, of all that this key sent`}>
            <Duration milliseconds={Math.round(lag.averageMs)} />
          </span>
        ) : (
          <span data-tip="Nothing of it was taken in yet">–</span>
        )
      },
    },
    { id: 'last', header: 'Last', align: 'right', cell: (sender) => <Ago time={sender.lastAt} /> },
  ]
  return <Table label="Senders" columns={columns} rows={senders} rowKey={senderKey} open={open} onOpen={onOpen} />
}

function Rejected({ count }: { count: number }) {
  const Icon = count > 0 ? TriangleAlert : CircleCheck
  return (
    <span className={count > 0 ? 'inline-flex items-center gap-1 text-error' : 'inline-flex items-center gap-1 text-faint'}>
      <Icon size={13} aria-hidden /> {formatCount(count)}
    </span>
  )
}
