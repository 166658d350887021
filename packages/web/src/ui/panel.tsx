import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from '../lib/class-names.ts'
import { ErrorBoundary } from './error-boundary.tsx'
import { describeError, ErrorNote } from './error-note.tsx'

type PanelProps = { title?: ReactNode; description?: ReactNode; actions?: ReactNode; children: ReactNode; className?: string }

/** A framed part of a page. What fails inside stays inside. */
export function Panel({ title, description, actions, children, className }: PanelProps) {
  return (
    <section className={classNames('min-w-0 rounded-md border border-line bg-surface-1', className)}>
      {(title || actions) && (
        <header className="flex min-h-10 items-center gap-3 border-b border-line px-3 py-1.5">
          <div className="min-w-0 flex-1">
            {title && <h2 className="truncate font-medium">{title}</h2>}
            {description && <p className="text-sm text-faint">{description}</p>}
          </div>
          {actions}
        </header>
      )}
      <ErrorBoundary>{children}</ErrorBoundary>
    </section>
  )
}

type Loadable<D> = { data: D | undefined; error: unknown; isPending: boolean; refetch: () => unknown }
type LoadedProps<D> = { query: Loadable<D>; skeleton: ReactNode; children: (data: D) => ReactNode }

/** Shows what a query has: a skeleton first, then the data, and an error only where there is no data to keep showing. */
export function Loaded<D>({ query, skeleton, children }: LoadedProps<D>) {
  if (query.data !== undefined) {
    return (
      <>
        {query.error !== null && query.error !== undefined && <Outdated error={query.error} retry={() => query.refetch()} />}
        {children(query.data)}
      </>
    )
  }
  if (query.error) return <ErrorNote error={query.error} retry={() => query.refetch()} className="m-3" />
  return skeleton
}

/** What is shown was read before; reading it again failed. */
function Outdated({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <p role="status" className="col-span-full flex items-center gap-2 px-3 py-1.5 text-sm text-warning">
      <TriangleAlert size={13} className="shrink-0" aria-hidden />
      <span className="min-w-0 truncate">Not up to date: {describeError(error).title}</span>
      <button type="button" onClick={retry} className="rounded-sm text-accent hover:underline">
        Try again
      </button>
    </p>
  )
}
