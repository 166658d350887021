import type { HealthPart, HealthState } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { CircleAlert, CircleCheck, CircleHelp, TriangleAlert } from 'lucide-react'
import { useProject } from '../../data/view.ts'
import { classNames } from '../../lib/class-names.ts'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { useHealth } from './use-overview.ts'

const PARTS = {
  gateway: { title: 'Gateway', to: '/p/$project/live' },
  providers: { title: 'Providers', to: '/p/$project/providers' },
  ingest: { title: 'Ingest', to: '/p/$project/ingest' },
  rejected: { title: 'Rejected', to: '/p/$project/ingest' },
  journal: { title: 'Journal', to: '/p/$project/settings' },
  disk: { title: 'Disk', to: '/p/$project/settings' },
  budgets: { title: 'Budgets', to: '/p/$project/keys' },
} as const satisfies Record<HealthPart['id'], { title: string; to: string }>
const IDS = Object.keys(PARTS) as HealthPart['id'][]

const STATES = {
  ok: { icon: CircleCheck, text: 'text-ok' },
  warning: { icon: TriangleAlert, text: 'text-warning' },
  error: { icon: CircleAlert, text: 'text-error' },
  unknown: { icon: CircleHelp, text: 'text-unknown' },
} as const satisfies Record<HealthState, { icon: typeof CircleCheck; text: string }>

/** Is all well? Each thing in a word and a colour, each a link to where more is told. */
export function HealthStrip() {
  const project = useProject()
  const health = useHealth()
  if (health.error && !health.data) return <ErrorNote error={health.error} retry={() => health.refetch()} />
  return (
    <ul aria-label="Health" className="grid grid-cols-4 gap-px overflow-hidden rounded-md border border-line bg-line lg:grid-cols-7">
      {IDS.map((id) => {
        const part = health.data?.find((one) => one.id === id)
        const { title, to } = PARTS[id]
        const { icon: Icon, text } = STATES[part?.state ?? 'unknown']
        return (
          <li key={id} className="relative min-w-0 bg-surface-1 px-3 py-1.5 hover:bg-surface-0 has-focus-visible:bg-surface-0">
            <Link
              to={to}
              params={{ project }}
              className="block text-sm text-faint after:absolute after:inset-0"
              {...(part && { 'data-tip': part.why })}
            >
              {title}
              {part ? (
                <span className={classNames('flex items-center gap-1 text-base', text)}>
                  <Icon size={14} className="shrink-0" aria-hidden />
                  <span className="truncate">{part.word}</span>
                </span>
              ) : (
                <Skeleton className="mt-1 mb-0.5 h-3.5 w-16" />
              )}
            </Link>
          </li>
        )
      })}
    </ul>
  )
}
