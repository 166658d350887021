import { Link2, X } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useShortcuts } from '../../data/shortcuts.ts'
import { IconButton } from '../../ui/button.tsx'
import { copyAndTell } from '../../ui/copy.tsx'

type Props = { title: string; onClose: () => void; children: ReactNode }

/** One panel over the whole page. It stands in the address. */
export function FullPanel({ title, onClose, children }: Props) {
  const host = useRef<HTMLElement>(null)
  useShortcuts({ escape: onClose })
  // What opened over the page is where one is.
  useEffect(() => host.current?.focus(), [])
  return (
    <section
      ref={host}
      tabIndex={-1}
      aria-label="Panel, full screen"
      className="absolute inset-0 z-20 flex flex-col gap-3 bg-surface-0 px-6 py-4 outline-none"
    >
      <header className="flex items-center gap-2">
        <p className="min-w-0 flex-1 truncate text-soft">{title}</p>
        <IconButton label="Copy link" size="small-icon" onClick={() => copyAndTell(location.href, 'Link')}>
          <Link2 size={14} />
        </IconButton>
        <IconButton label="Back to the dashboard  Esc" size="small-icon" onClick={onClose}>
          <X size={15} />
        </IconButton>
      </header>
      <div className="min-h-0 flex-1">{children}</div>
    </section>
  )
}
