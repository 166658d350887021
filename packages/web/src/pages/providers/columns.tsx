import type { Filter, Provider } from '@signalbox/schema'
import { CircleCheck, Pencil, Trash2, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatCount } from '../../lib/format-number.ts'
import { formatDuration } from '../../lib/format-time.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { CopyId } from '../../ui/copy.tsx'
import type { Column } from '../../ui/table.tsx'
import { TracesLink } from '../../ui/traces-link.tsx'
import { type Health, tracesBehind } from './use-provider-health.ts'

export const FROM: Record<Provider['from'], string> = {
  file: 'signalbox.yaml',
  environment: 'environment',
  'built-in': 'built in',
  project: 'added here',
}

type Options = {
  health: Health | undefined
  testing: string | null
  onTest: (provider: Provider) => void
  onChange: (provider: Provider) => void
  onRemove: (provider: Provider) => void
  /** Whether there are buttons at all. */
  mayChange: boolean
}

/** Of the list of providers. Every number leads to the traces behind it. */
export function columns({ health, testing, onTest, onChange, onRemove, mayChange }: Options): Column<Provider>[] {
  const to = (provider: Provider, content: ReactNode, { label, more = [] }: { label: string; more?: Filter[] }) => (
    <TracesLink search={tracesBehind(provider.name, more)} label={label}>
      {content}
    </TracesLink>
  )
  const none = <span className="text-faint">–</span>
  return [
    { id: 'name', header: 'Name', cell: (provider) => <span className="font-medium">{provider.name}</span> },
    { id: 'state', header: 'State', cell: (provider) => <State provider={provider} /> },
    { id: 'kind', header: 'Kind', wideOnly: true, cell: (provider) => provider.kind },
    {
      id: 'url',
      header: 'Base URL',
      cell: (provider) =>
        provider.problem ? (
          <span className="block max-w-32 truncate text-warning xl:max-w-52" data-tip={`${provider.problem}\n${provider.baseUrl}`}>
            {provider.problem}
          </span>
        ) : provider.baseUrl ? (
          <CopyId id={provider.baseUrl} what="URL" className="-ml-1 max-w-32 xl:max-w-52">
            {provider.baseUrl.replace(/^https:\/\//, '')}
          </CopyId>
        ) : (
          none
        ),
    },
    {
      id: 'key',
      header: 'Key',
      wideOnly: true,
      cell: (provider) =>
        provider.keyHint ? (
          <span className="text-soft">
            <span className="font-mono text-sm">…{provider.keyHint}</span>
            {provider.keyCount > 1 && ` and ${provider.keyCount - 1} more`}
          </span>
        ) : provider.keyCount > 1 ? (
          `${provider.keyCount} keys`
        ) : provider.hasKey ? (
          'set'
        ) : (
          <span className="text-faint">none</span>
        ),
    },
    { id: 'from', header: 'From', wideOnly: true, cell: (provider) => <span className="text-soft">{FROM[provider.from]}</span> },
    {
      id: 'calls',
      header: <span data-tip="Calls, errors and p50 are of the last hour">Calls</span>,
      align: 'right',
      cell: (provider) => {
        const calls = health?.get(provider.name)?.calls
        return calls ? to(provider, formatCount(calls), { label: `${calls} calls of ${provider.name} in the last hour` }) : none
      },
    },
    {
      id: 'errors',
      header: 'Errors',
      align: 'right',
      cell: (provider) => {
        const errors = health?.get(provider.name)?.errors
        if (!errors) return none
        const more: Filter[] = [{ field: 'status', op: 'in', value: ['error', 'interrupted'] }]
        return to(provider, <span className="text-error">{formatCount(errors)}</span>, {
          label: `${errors} errors of ${provider.name}`,
          more,
        })
      },
    },
    {
      id: 'p50',
      header: 'p50',
      align: 'right',
      cell: (provider) => {
        const p50 = health?.get(provider.name)?.p50 ?? null
        if (p50 === null) return none
        const more: Filter[] = [{ field: 'durationMs', op: 'gte', value: Math.floor(p50) }]
        return to(provider, formatDuration(p50), {
          label: `Half of the calls of ${provider.name} take longer than ${formatDuration(p50)}`,
          more,
        })
      },
    },
    {
      id: 'actions',
      header: <span className="sr-only">Actions</span>,
      align: 'right',
      sticky: true,
      cell: (provider) =>
        mayChange && (
          <span className="flex items-center justify-end gap-1 font-sans">
            {provider.from === 'project' && (
              <IconButton label={`Change ${provider.name}`} size="small-icon" onClick={() => onChange(provider)}>
                <Pencil size={14} />
              </IconButton>
            )}
            {(provider.from === 'project' || provider.hides) && (
              <IconButton label={`Remove ${provider.name}`} size="small-icon" onClick={() => onRemove(provider)}>
                <Trash2 size={14} />
              </IconButton>
            )}
            <Button size="small" disabled={testing !== null} onClick={() => onTest(provider)} aria-label={`Test ${provider.name}`}>
              Test
            </Button>
          </span>
        ),
    },
  ]
}

function State({ provider }: { provider: Provider }) {
  if (provider.configured) {
    return (
      <span className="flex items-center gap-2">
        <Badge tone="ok" icon={<CircleCheck size={12} aria-hidden />}>
          ready
        </Badge>
        {provider.hides && (
          <Badge tone="warning" tip={`A provider of this name was added here, too. The one of ${FROM[provider.from]} is used.`}>
            hides another
          </Badge>
        )}
      </span>
    )
  }
  return (
    <Badge tone="warning" icon={<TriangleAlert size={12} aria-hidden />}>
      not configured
    </Badge>
  )
}
