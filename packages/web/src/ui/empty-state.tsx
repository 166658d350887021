import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

type Props = { icon: LucideIcon; title: string; children: ReactNode; action?: ReactNode }

/** What belongs here and the one thing that fills it. */
export function EmptyState({ icon: Icon, title, children, action }: Props) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center px-6 py-14 text-center">
      <div className="mb-3 flex size-9 items-center justify-center rounded-md border border-line bg-surface-0 text-faint">
        <Icon size={17} aria-hidden />
      </div>
      <h2 className="font-semibold">{title}</h2>
      <div className="mt-1 text-soft">{children}</div>
      {action && <div className="mt-4 flex gap-2">{action}</div>}
    </div>
  )
}
