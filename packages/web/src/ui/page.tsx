import type { ReactNode } from 'react'
import { classNames } from '../lib/class-names.ts'

type HeaderProps = { title: string; question: ReactNode; action?: ReactNode }

/** The title of a page, one line that says what it answers, and its main action. */
export function PageHeader({ title, question, action }: HeaderProps) {
  return (
    <header className="flex items-start gap-4">
      <div className="min-w-0 flex-1">
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        <p className="text-soft">{question}</p>
      </div>
      {action && <div className="flex shrink-0 items-center gap-2">{action}</div>}
    </header>
  )
}

/** A page that scrolls as a whole. */
export function Page({ children, narrow = false }: { children: ReactNode; narrow?: boolean }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard, also before it has a link in it.
    <div className="h-full overflow-y-auto outline-none focus-visible:outline-2 focus-visible:-outline-offset-2" tabIndex={0}>
      <div className={classNames('mx-auto flex flex-col gap-4 px-6 py-5', narrow ? 'max-w-3xl' : 'max-w-[1480px]')}>{children}</div>
    </div>
  )
}
