import { ChevronRight } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { classNames } from '../../lib/class-names.ts'

type Props = { icon: ReactNode; summary: ReactNode; detail: string; children: ReactNode; tone?: 'error' }

/** Something folded to one line. */
export function Fold({ icon, summary, detail, children, tone }: Props) {
  const [open, setOpen] = useState(false)
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className={classNames(
          'flex h-8 w-full min-w-0 items-center gap-2 px-2.5 text-left hover:bg-surface-0',
          tone === 'error' && 'text-error',
        )}
      >
        <ChevronRight size={13} className={classNames('shrink-0 text-faint', open && 'rotate-90')} aria-hidden />
        <span className="shrink-0 text-faint" aria-hidden>
          {icon}
        </span>
        <span className="shrink-0 font-medium">{summary}</span>
        <span className="min-w-0 truncate font-mono text-sm text-faint">{detail}</span>
      </button>
      {open && <div className="px-2.5 pb-2.5 pl-8">{children}</div>}
    </div>
  )
}
