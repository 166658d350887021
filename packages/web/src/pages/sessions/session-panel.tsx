import { useNavigate, useSearch } from '@tanstack/react-router'
import { Link2, Maximize2, X } from 'lucide-react'
import { useRef } from 'react'
import { usePreference } from '../../data/preferences.ts'
import { useShortcuts } from '../../data/shortcuts.ts'
import { IconButton } from '../../ui/button.tsx'
import { copyAndTell } from '../../ui/copy.tsx'
import { dragWidth } from '../../ui/drag-width.ts'
import { ErrorBoundary } from '../../ui/error-boundary.tsx'
import { SessionView } from './session-view.tsx'

type Props = { project: string; sessionId: string; onClose: () => void }

/** A session beside the list it was opened from. */
export function SessionPanel({ project, sessionId, onClose }: Props) {
  const { find = '', turn } = useSearch({ from: '/p/$project/sessions' })
  const navigate = useNavigate({ from: '/p/$project/sessions' })
  const panel = useRef<HTMLElement>(null)
  const [width, setWidth] = usePreference('sidePanelWidth', '')
  const widen = () =>
    navigate({ to: '/p/$project/sessions/$sessionId', params: { project, sessionId }, search: { find: find || undefined, turn } })
  useShortcuts({ w: widen })
  return (
    <section
      ref={panel}
      aria-label="Session"
      style={{ width: width ? `${width}px` : 'max(58%, 560px)' }}
      className="absolute inset-y-0 right-0 z-20 flex max-w-[calc(100%-48px)] min-w-[420px] flex-col border-l border-line-strong bg-surface-1"
    >
      <div
        aria-hidden
        data-tip="Drag to resize, double-click to reset"
        onPointerDown={(event) => dragWidth(event, panel.current, (next) => setWidth(String(next)))}
        onDoubleClick={() => setWidth('')}
        className="absolute inset-y-0 -left-[3px] w-[6px] cursor-col-resize hover:bg-accent-soft"
      />
      <ErrorBoundary>
        <SessionView
          project={project}
          sessionId={sessionId}
          find={find}
          turn={turn}
          onFind={(text) => navigate({ search: (before) => ({ ...before, find: text || undefined }), replace: true })}
          actions={
            <>
              <IconButton label="Copy link" size="small-icon" onClick={() => copyAndTell(location.href, 'Link')}>
                <Link2 size={14} />
              </IconButton>
              <IconButton label="Widen to a page  w" size="small-icon" onClick={widen}>
                <Maximize2 size={13} />
              </IconButton>
              <IconButton label="Close  Esc" size="small-icon" onClick={onClose}>
                <X size={15} />
              </IconButton>
            </>
          }
        />
      </ErrorBoundary>
    </section>
  )
}
