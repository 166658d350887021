import { Link2, Maximize2, Minimize2, X } from 'lucide-react'
import { type ReactNode, useRef } from 'react'
import { usePreference } from '../data/preferences.ts'
import { useShortcuts } from '../data/shortcuts.ts'
import { classNames } from '../lib/class-names.ts'
import { IconButton } from './button.tsx'
import { copyAndTell } from './copy.tsx'
import { dragWidth } from './drag-width.ts'

type FrameProps = {
  label: string
  /** Under which this browser keeps its width. */
  keptAs: 'sidePanelWidth' | 'tracePanelWidth'
  /** Part of the page, in per cent, until somebody has dragged it. */
  share: number
  /** Over the whole page. */
  wide?: boolean
  onWide: (wide: boolean) => void
  children: ReactNode
}

/** What stands beside the list that it was opened from, as wide as somebody has dragged it. */
export function PanelFrame({ label, keptAs, share, wide = false, onWide, children }: FrameProps) {
  const panel = useRef<HTMLElement>(null)
  const [width, setWidth] = usePreference(keptAs, '')
  useShortcuts({ w: () => onWide(!wide) })
  return (
    <section
      ref={panel}
      aria-label={label}
      style={wide ? undefined : { width: width ? `${width}px` : `max(${share}%, 560px)` }}
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
      {children}
    </section>
  )
}

type ButtonsProps = { wide?: boolean; onWide: (wide: boolean) => void; onClose: () => void }

/** What every panel can do. */
export const PanelButtons = ({ wide = false, onWide, onClose }: ButtonsProps) => (
  <>
    <IconButton label="Copy link" size="small-icon" onClick={() => copyAndTell(location.href, 'Link')}>
      <Link2 size={14} />
    </IconButton>
    <IconButton label={wide ? 'Back to the panel  w' : 'Widen to a page  w'} size="small-icon" onClick={() => onWide(!wide)}>
      {wide ? <Minimize2 size={13} /> : <Maximize2 size={13} />}
    </IconButton>
    <IconButton label="Close  Esc" size="small-icon" onClick={onClose}>
      <X size={15} />
    </IconButton>
  </>
)
