import type { IngestSender } from '@signalbox/schema'
import { formatCount, plural } from '../../lib/format-number.ts'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Ago } from '../../ui/values.tsx'
import { Payload } from './rejected-payload.tsx'
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
    <Panel
      title="Last rejected payloads"
      description="Their beginning; what looks like a key or a password is taken out. When what was wrong is mended, they can be sent again."
    >
      <Loaded query={{ ...rejected, data: list }} skeleton={<SkeletonRows rows={3} />}>
        {(found) =>
          found.length === 0 ? (
            <p className="px-3 py-4 text-faint">None. What was accepted is among the traces.</p>
          ) : (
            <ul className="divide-y divide-line">
              {found.map((payload, index) => (
                <Payload key={payload.id} payload={payload} startsOpen={index === 0} />
              ))}
              <ShowMore list={rejected} as="li" />
            </ul>
          )
        }
      </Loaded>
    </Panel>
  )
}

/** A sender in one line. */
export const senderLine = (sender: IngestSender): string =>
  `${sender.endpoint} · ${plural(sender.requests, 'request')}, ${formatCount(sender.accepted)} accepted, ${formatCount(sender.rejected)} rejected`
