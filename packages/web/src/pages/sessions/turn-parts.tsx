import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { classNames } from '../../lib/class-names.ts'

type TraceLinkProps = { project: string; traceId: string; spanId?: string; children: ReactNode }
/** To the trace of a turn, or to a step of it. */
export function TraceLink({ project, traceId, spanId, children }: TraceLinkProps) {
  return (
    <Link
      to="/p/$project/traces/$traceId"
      params={{ project, traceId }}
      search={{ span: spanId }}
      preload={false}
      className="text-accent underline decoration-transparent hover:decoration-current"
    >
      {children}
    </Link>
  )
}

export type Side = 'user' | 'assistant'
/** People stand right, the app left. */
export const Box = ({ side = 'assistant', children }: { side?: Side; children: ReactNode }) => (
  <div className={classNames('divide-y divide-line rounded-md border border-line', side === 'user' ? 'ml-10 bg-surface-0' : 'mr-10')}>
    {children}
  </div>
)
