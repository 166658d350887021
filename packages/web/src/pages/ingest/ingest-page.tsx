import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMay } from '../../data/may.ts'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SidePanel } from '../../ui/side-panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { DeadLettersPanel } from './dead-letters-panel.tsx'
import { NoIngest } from './no-ingest.tsx'
import { SenderDetails, senderLine } from './sender-panel.tsx'
import { SendersTable } from './senders-table.tsx'
import { senderKey, useSenders } from './use-ingest.ts'

/** Who sends traces, what of it is taken, and what a sender that is refused does wrong. */
export function IngestPage() {
  const senders = useSenders()
  const may = useMay()
  const navigate = useNavigate()
  const { sender: open, wide } = useSearch({ from: '/p/$project/ingest' })
  const show = (sender: string | undefined) => navigate({ to: '.', search: (before) => ({ ...before, sender }) })
  const opened = senders.data?.senders.find((sender) => senderKey(sender) === open)
  return (
    <div className="relative h-full">
      <Page>
        <PageHeader
          title="Ingest"
          question="Who sends traces, what of it was accepted, what was rejected and why, and how soon it can be read."
        />
        {senders.data?.senders.length === 0 ? (
          <NoIngest />
        ) : (
          <Panel title="Senders" description="By client software, key and endpoint; those with rejected items first.">
            <Loaded query={senders} skeleton={<SkeletonRows rows={4} />}>
              {({ senders: list, lags }) => (
                <SendersTable senders={list} lags={lags} open={open} onOpen={(sender) => show(senderKey(sender))} />
              )}
            </Loaded>
          </Panel>
        )}
        {may('system:read') && <DeadLettersPanel />}
      </Page>
      {opened && (
        <SidePanel
          label={`Sender ${opened.sdk}`}
          head={
            <>
              <h2 className="truncate text-lg font-semibold">{opened.sdk}</h2>
              <p className="text-soft">{senderLine(opened)}</p>
            </>
          }
          wide={wide === '1'}
          onWide={(next) => navigate({ to: '.', search: (before) => ({ ...before, wide: next ? '1' : undefined }) })}
          onClose={() => show(undefined)}
        >
          <SenderDetails sender={opened} />
        </SidePanel>
      )}
    </div>
  )
}
