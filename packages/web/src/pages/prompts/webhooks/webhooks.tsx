import type { PromptWebhook } from '@signalbox/schema'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus, Webhook } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { clientFor } from '../../../data/client.ts'
import { useMay } from '../../../data/may.ts'
import { webhooksQuery } from '../../../data/prompt-webhooks.ts'
import { promptChanged } from '../../../data/prompts.ts'
import { useProject } from '../../../data/view.ts'
import { plural } from '../../../lib/format-number.ts'
import { Button } from '../../../ui/button.tsx'
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { toastError } from '../../../ui/error-note.tsx'
import { Loaded, Panel } from '../../../ui/panel.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { Table } from '../../../ui/table.tsx'
import { Deliveries } from './deliveries.tsx'
import { webhookColumns } from './webhook-columns.tsx'

const WebhookDialog = lazy(() => import('./webhook-dialog.tsx'))

/** Who else is told when a label is moved, and whether it arrived. Loaded when it is asked for. */
export default function Webhooks() {
  const project = useProject()
  const cache = useQueryClient()
  const mayChange = useMay()('prompts:protect')
  const webhooks = useQuery(webhooksQuery(project))
  const [open, setOpen] = useState<string>()
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<PromptWebhook>()
  const refresh = () => promptChanged(cache, project)
  const run = async (id: string, send: () => Promise<unknown>) => {
    try {
      await send()
      setOpen(id)
    } catch (error) {
      toastError(error)
    }
    await refresh()
  }
  const { promptWebhooks } = clientFor(project)
  const add = mayChange && (
    <Button onClick={() => setAdding(true)}>
      <Plus size={14} aria-hidden /> Add a webhook
    </Button>
  )
  const shown = webhooks.data?.find(({ id }) => id === open) ?? webhooks.data?.[0]
  return (
    <div className="mx-auto flex max-w-[1480px] flex-col gap-4 px-6 py-4">
      <Loaded query={webhooks} skeleton={<SkeletonRows />}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState icon={Webhook} title="Nobody else is told" action={add}>
              A webhook sends each move of a label to an address of yours, signed: to clear a cache, to start tests, or to say it in a chat.
              What cannot be delivered is tried again for about a day.
            </EmptyState>
          ) : (
            <Panel title="Webhooks" description="Each move of a label is sent there, signed with the secret of the webhook." actions={add}>
              <Table
                label="Webhooks"
                columns={webhookColumns({
                  mayChange,
                  onTest: ({ id }) => run(id, () => promptWebhooks.test({ id })),
                  onSwitch: ({ id, active }) => run(id, () => promptWebhooks.change({ id, active: !active })),
                  onRemove: setRemoving,
                })}
                rows={list}
                rowKey={({ id }) => id}
                faded={({ active }) => !active}
                open={shown?.id}
                onOpen={({ id }) => setOpen(id)}
              />
            </Panel>
          )
        }
      </Loaded>
      {shown && <Deliveries key={shown.id} webhook={shown} mayRetry={mayChange} onChanged={refresh} />}
      {adding && (
        <Suspense>
          <WebhookDialog
            project={project}
            onClose={() => setAdding(false)}
            onCreated={async (id) => {
              await refresh()
              setOpen(id)
            }}
          />
        </Suspense>
      )}
      {removing && (
        <ConfirmDialog
          open
          onClose={() => setRemoving(undefined)}
          title="Remove this webhook?"
          action="Remove"
          onConfirm={async () => {
            await promptWebhooks.remove({ id: removing.id })
            await refresh()
          }}
        >
          <span className="break-all">{removing.url}</span> is told of no move any more
          {removing.waiting > 0 && `, and ${plural(removing.waiting, 'delivery', 'deliveries')} that still wait are not sent`}. Its secret
          cannot be brought back.
        </ConfirmDialog>
      )}
    </div>
  )
}
