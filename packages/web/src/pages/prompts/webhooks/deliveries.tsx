import type { PromptDelivery, PromptWebhook } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { ChevronRight, RotateCw } from 'lucide-react'
import { useState } from 'react'
import { clientFor } from '../../../data/client.ts'
import { deliveriesQuery } from '../../../data/prompt-webhooks.ts'
import { useProject } from '../../../data/view.ts'
import { plural } from '../../../lib/format-number.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { CodeBlock } from '../../../ui/code-block.tsx'
import { toastError } from '../../../ui/error-note.tsx'
import { Loaded, Panel } from '../../../ui/panel.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { Ago } from '../../../ui/values.tsx'

type Props = { webhook: PromptWebhook; mayRetry: boolean; onChanged: () => Promise<void> }

/** What was sent to a webhook, to the letter, and what came of it. */
export function Deliveries({ webhook: { id, url }, mayRetry, onChanged }: Props) {
  const project = useProject()
  const deliveries = useQuery(deliveriesQuery(project, id))
  const retry = async (delivery: string) => {
    try {
      await clientFor(project).promptWebhooks.retry({ id: delivery })
    } catch (error) {
      toastError(error)
    }
    await onChanged()
  }
  return (
    <Panel title="Deliveries" description={`To ${url}. Kept for 30 days.`}>
      <Loaded query={deliveries} skeleton={<SkeletonRows />}>
        {(list) => (
          <ul aria-label="Deliveries">
            {list.length === 0 && <li className="px-3 py-2 text-faint">Nothing was sent yet: move a label, or send a test.</li>}
            {list.map((delivery) => (
              <Row key={delivery.id} delivery={delivery} {...(mayRetry && { onRetry: () => retry(delivery.id) })} />
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  )
}

const TONES = { waiting: 'warning', delivered: 'ok', failed: 'error' } as const
const WORDS = { waiting: 'waiting', delivered: 'delivered', failed: 'given up' }

function Row({ delivery, onRetry }: { delivery: PromptDelivery; onRetry?: () => void }) {
  const [open, setOpen] = useState(false)
  const { status, attempts, nextAt, problem, responseStatus, createdAt, body } = delivery
  const { type, prompt, label } = JSON.parse(body) as { type: string; prompt?: string; label?: string }
  return (
    <li className="border-b border-line last:border-b-0">
      <div className="flex min-h-9 items-center gap-3 px-3 py-1">
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex min-w-0 flex-1 items-center gap-2 rounded-sm text-left hover:text-accent"
        >
          <ChevronRight size={13} className={open ? 'rotate-90 text-faint' : 'text-faint'} aria-hidden />
          <span className="font-mono text-sm">{type}</span>
          <span className="min-w-0 truncate text-soft">{prompt && `${prompt}${label ? ` @${label}` : ''}`}</span>
        </button>
        {problem && status !== 'delivered' && <span className="min-w-0 truncate text-soft">{problem}</span>}
        {status === 'waiting' && attempts > 0 && nextAt && (
          <span className="shrink-0 text-sm text-faint">
            next <Ago time={nextAt} />
          </span>
        )}
        <span className="shrink-0 text-sm text-faint">
          {plural(attempts, 'attempt')}
          {responseStatus !== null && `, ${responseStatus}`}
        </span>
        <Badge tone={TONES[status]}>{WORDS[status]}</Badge>
        <span className="w-20 shrink-0 text-right text-sm text-faint">
          <Ago time={createdAt} />
        </span>
        {onRetry && (
          <Button size="small" onClick={onRetry} aria-label={`Send ${type} again`}>
            <RotateCw size={12} aria-hidden /> Again
          </Button>
        )}
      </div>
      {open && <CodeBlock label="what was sent" code={JSON.stringify(JSON.parse(body), null, 2)} className="mx-3 mb-3" />}
    </li>
  )
}
