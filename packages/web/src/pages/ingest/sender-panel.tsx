import type { IngestSender, RejectedPayload } from '@signalbox/schema'
import { useState } from 'react'
import { formatBytes, formatCount, plural } from '../../lib/format-number.ts'
import { Button } from '../../ui/button.tsx'
import { CodeBlock } from '../../ui/code-block.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Ago } from '../../ui/values.tsx'
import { useRejected } from './use-ingest.ts'

/** What one sender did wrong, and the last payloads that show it. */
export function SenderDetails({ sender }: { sender: IngestSender }) {
  return (
    <div className="flex flex-col gap-4 p-4">
      <Panel title="Why items were rejected" description="What this sender was told, most frequent first.">
        {sender.reasons.length === 0 ? (
          <p className="px-3 py-4 text-faint">Nothing of it was rejected in this time.</p>
        ) : (
          <ul className="divide-y divide-line">
            {sender.reasons.map(({ reason, items, lastAt }) => (
              <li key={reason} className="flex items-start gap-3 px-3 py-2">
                <p className="min-w-0 flex-1 break-words">{reason}</p>
                <span className="tabular text-error">{formatCount(items)}</span>
                <span className="w-20 text-right text-faint">
                  <Ago time={lastAt} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <RejectedList sender={sender} />
    </div>
  )
}

function RejectedList({ sender }: { sender: IngestSender }) {
  const rejected = useRejected(sender)
  const list = rejected.data?.pages.flatMap((page) => page.rejected)
  return (
    <Panel title="Last rejected payloads" description="Their beginning; what looks like a key or a password is taken out.">
      <Loaded query={{ ...rejected, data: list }} skeleton={<SkeletonRows rows={3} />}>
        {(found) =>
          found.length === 0 ? (
            <p className="px-3 py-4 text-faint">None. What was accepted is among the traces.</p>
          ) : (
            <ul className="divide-y divide-line">
              {found.map((payload, index) => (
                <Payload key={payload.id} payload={payload} startsOpen={index === 0} />
              ))}
              {rejected.hasNextPage && (
                <li className="p-2 text-center">
                  <Button kind="ghost" onClick={() => rejected.fetchNextPage()}>
                    Show more
                  </Button>
                </li>
              )}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  )
}

function Payload({ payload, startsOpen }: { payload: RejectedPayload; startsOpen: boolean }) {
  const [open, setOpen] = useState(startsOpen)
  return (
    <li className="px-3 py-2">
      <p className="break-words">{payload.message}</p>
      <p className="flex flex-wrap items-center gap-x-3 text-sm text-faint">
        <Ago time={payload.at} />
        <span>
          {formatBytes(payload.bytes)}
          {payload.cut && ', its beginning shown'}
        </span>
        {payload.body === null ? (
          <span>The project keeps no content, or nothing could be read.</span>
        ) : (
          <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="text-accent hover:underline">
            {open ? 'Hide payload' : 'Show payload'}
          </button>
        )}
      </p>
      {open && payload.body !== null && <CodeBlock className="mt-2" label="rejected payload" code={payload.body} />}
    </li>
  )
}

/** A sender in one line. */
export const senderLine = (sender: IngestSender): string =>
  `${sender.endpoint} · ${plural(sender.requests, 'request')}, ${formatCount(sender.accepted)} accepted, ${formatCount(sender.rejected)} rejected`
