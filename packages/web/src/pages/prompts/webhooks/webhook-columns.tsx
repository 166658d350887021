import type { PromptWebhook } from '@signalbox/schema'
import { Badge } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import type { Column } from '../../../ui/table.tsx'
import { Ago } from '../../../ui/values.tsx'

type Options = {
  mayChange: boolean
  onTest: (webhook: PromptWebhook) => void
  onSwitch: (webhook: PromptWebhook) => void
  onRemove: (webhook: PromptWebhook) => void
}

/** Of the webhooks of a project. */
export function webhookColumns({ mayChange, onTest, onSwitch, onRemove }: Options): Column<PromptWebhook>[] {
  return [
    {
      id: 'url',
      header: 'Address',
      className: 'w-full max-w-0',
      cell: ({ url }) => (
        <span className="block truncate font-mono text-sm" data-tip={url}>
          {url}
        </span>
      ),
    },
    { id: 'state', header: 'State', cell: (webhook) => <State webhook={webhook} /> },
    {
      id: 'labels',
      header: 'Told of',
      cell: ({ labels }) =>
        labels.length === 0 ? (
          'every label'
        ) : (
          <span className="flex gap-1">
            {labels.map((label) => (
              <Badge key={label}>{label}</Badge>
            ))}
          </span>
        ),
    },
    {
      id: 'secret',
      header: 'Secret',
      wideOnly: true,
      cell: ({ secretHint }) => <span className="font-mono text-sm text-faint">whsec_…{secretHint}</span>,
    },
    {
      id: 'by',
      header: 'Made by',
      wideOnly: true,
      cell: ({ createdBy }) => <span className="text-soft">{createdBy ?? 'the server'}</span>,
    },
    { id: 'at', header: 'Made', align: 'right', wideOnly: true, cell: ({ createdAt }) => <Ago time={createdAt} /> },
    {
      id: 'actions',
      header: <span className="sr-only">Actions</span>,
      align: 'right',
      cell: (webhook) =>
        mayChange && (
          <span className="flex justify-end gap-1 font-sans">
            <Button size="small" disabled={!webhook.active} onClick={() => onTest(webhook)} aria-label={`Send a test to ${webhook.url}`}>
              Send a test
            </Button>
            <Button
              size="small"
              onClick={() => onSwitch(webhook)}
              aria-label={`${webhook.active ? 'Switch off' : 'Switch on'} ${webhook.url}`}
            >
              {webhook.active ? 'Switch off' : 'Switch on'}
            </Button>
            <Button kind="danger" size="small" onClick={() => onRemove(webhook)} aria-label={`Remove ${webhook.url}`}>
              Remove
            </Button>
          </span>
        ),
    },
  ]
}

function State({ webhook: { active, waiting, failed } }: { webhook: PromptWebhook }) {
  if (!active) return <Badge>off</Badge>
  if (failed > 0) return <Badge tone="error">{failed} given up</Badge>
  if (waiting > 0) return <Badge tone="warning">{waiting} waiting</Badge>
  return <Badge tone="ok">on</Badge>
}
