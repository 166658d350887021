import { Link2, Maximize2, Minimize2, X } from 'lucide-react'
import { type ReactNode, useRef } from 'react'
import { usePreference } from '../data/preferences.ts'
import { useShortcuts } from '../data/shortcuts.ts'
import { classNames } from '../lib/class-names.ts'
import { IconButton } from './button.tsx'
import { copyAndTell } from './copy.tsx'
import { dragWidth } from './drag-width.ts'
import { ErrorBoundary } from './error-boundary.tsx'

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
  const panel = useRef<HTMLElement>(null)
  const [width, setWidth] = usePreference('sidePanelWidth', '')
  useShortcuts({ w: () => onWide(!wide) })
  return (
    <section
      ref={panel}
      aria-label={label}
      style={wide ? undefined : { width: width ? `${width}px` : 'max(56%, 560px)' }}
      className={classNames(
        'absolute inset-y-0 right-0 z-20 flex flex-col bg-surface-1',
        wide ? 'left-0' : 'max-w-[calc(100%-48px)] min-w-[420px] border-l border-line-strong',
      )}
    >
      {!wide && (
        <div
          aria-hidden
          data-tip="Drag to resize, double-click to reset"
          onPointerDown={(event) => dragWidth(event, panel.current, (next) => setWidth(String(next)))}
          onDoubleClick={() => setWidth('')}
          className="absolute inset-y-0 -left-[3px] w-[6px] cursor-col-resize hover:bg-accent-soft"
        />
      )}
      <header
        className={classNames(
          'flex shrink-0 items-start',
          bare ? 'border-b border-line [&>div>header]:border-b-0' : 'gap-3 border-b border-line py-2.5 pr-3 pl-4',
        )}
      >
        <div className="min-w-0 flex-1">{head}</div>
        <div className={classNames('flex items-center gap-0.5', bare && 'py-2.5 pr-3')}>
          {actions}
          <IconButton label="Copy link" size="small-icon" onClick={() => copyAndTell(location.href, 'Link')}>
            <Link2 size={14} />
          </IconButton>
          <IconButton label={wide ? 'Back to the panel  w' : 'Widen to a page  w'} size="small-icon" onClick={() => onWide(!wide)}>
            {wide ? <Minimize2 size={13} /> : <Maximize2 size={13} />}
          </IconButton>
          <IconButton label="Close  Esc" size="small-icon" onClick={onClose}>
            <X size={15} />
          </IconButton>
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
    </section>
  )
}
