import { ChevronRight } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { classNames } from '../../../lib/class-names.ts'

type Props = {
  title: string
  /** What is inside, in a few words, also while it is folded. */
  summary: ReactNode
  /** Whether it is open at first. */
  open: boolean
  /** Something inside is wrong: it opens, so that it can be seen. */
  wrong?: boolean
  children: ReactNode
}

/** A part of the editor that folds away to one line. */
export function Section({ title, summary, open: atFirst, wrong = false, children }: Props) {
  const [chosen, setOpen] = useState(atFirst)
  const open = chosen || wrong
  return (
    <section className="rounded-md border border-line">
      <h3>
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex h-9 w-full items-center gap-2 rounded-md px-3 text-left hover:bg-surface-0"
        >
          <ChevronRight size={13} aria-hidden className={classNames('shrink-0 text-faint', open && 'rotate-90')} />
          <span className="font-medium whitespace-nowrap">{title}</span>
          <span className={classNames('min-w-0 flex-1 truncate text-sm', wrong ? 'text-error' : 'text-faint')}>{summary}</span>
        </button>
      </h3>
      {open && <div className="flex flex-col gap-3 border-t border-line p-3">{children}</div>}
    </section>
  )
}
