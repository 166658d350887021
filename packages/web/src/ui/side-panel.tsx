import type { ReactNode } from 'react'
import { classNames } from '../lib/class-names.ts'
import { ErrorBoundary } from './error-boundary.tsx'
import { PanelButtons, PanelFrame } from './panel-frame.tsx'

type Props = {
  label: string
  /** Title and what stands beside it; the buttons of the panel follow. */
  head: ReactNode
  actions?: ReactNode
  children: ReactNode
  /** The content scrolls its parts itself, and the head has its own frame. */
  bare?: boolean
  wide: boolean
  onWide: (wide: boolean) => void
  onClose: () => void
}

/** Details beside the list that they were opened from, or over the whole page. What is open stands in the address. */
export function SidePanel({ label, head, actions, children, bare = false, wide, onWide, onClose }: Props) {
  return (
    <PanelFrame label={label} keptAs="sidePanelWidth" share={56} wide={wide} onWide={onWide}>
      <header
        className={classNames(
          'flex shrink-0 items-start',
          bare ? 'border-b border-line [&>div>header]:border-b-0' : 'gap-3 border-b border-line py-2.5 pr-3 pl-4',
        )}
      >
        <div className="min-w-0 flex-1">{head}</div>
        <div className={classNames('flex items-center gap-0.5', bare && 'py-2.5 pr-3')}>
          {actions}
          <PanelButtons wide={wide} onWide={onWide} onClose={onClose} />
        </div>
      </header>
      {bare ? (
        <div className="flex min-h-0 flex-1 flex-col">
          <ErrorBoundary>{children}</ErrorBoundary>
        </div>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <div tabIndex={0} className="min-h-0 flex-1 overflow-y-auto outline-none focus-visible:outline-2 focus-visible:-outline-offset-2">
          <ErrorBoundary>{children}</ErrorBoundary>
        </div>
      )}
    </PanelFrame>
  )
}
