import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { classNames } from '../../lib/class-names.ts'

type Props = {
  label: string
  /** The first is where the address names none. */
  tabs: readonly { value: string | undefined; label: ReactNode }[]
  value: string | undefined
}

/** Parts of one thing as links, for each has an address of its own. */
export function TabLinks({ label, tabs, value }: Props) {
  return (
    <nav aria-label={label} className="shrink-0 border-b border-line px-6">
      <ul className="flex gap-4">
        {tabs.map((tab) => (
          <li key={tab.value ?? ''}>
            <Link
              to="."
              search={(before: object) => ({ ...before, tab: tab.value })}
              {...(tab.value === value && { 'aria-current': 'page' as const })}
              className={classNames(
                '-mb-px flex h-9 items-center gap-1.5 border-b-2 whitespace-nowrap select-none hover:text-text',
                tab.value === value ? 'border-accent text-text' : 'border-transparent text-soft',
              )}
            >
              {tab.label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
