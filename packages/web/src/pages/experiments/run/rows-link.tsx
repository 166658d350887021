import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Show } from '../rows/shows.ts'

type Props = { show?: Show; metric?: string; variant?: string; label: string; children: ReactNode }

/** A number that leads to the rows behind it; what is held against what stays. */
export function RowsLink({ show, metric, variant, label, children }: Props) {
  return (
    <Link
      to="."
      search={(before: object) => ({ ...before, tab: 'rows', show, metric, item: undefined, find: undefined, ...(variant && { variant }) })}
      aria-label={label}
      className="hover:text-accent hover:underline"
    >
      {children}
    </Link>
  )
}
