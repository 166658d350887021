import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useProject } from '../data/view.ts'

/** As in the address of the traces. */
type Search = {
  range?: string | undefined
  from?: string | undefined
  to?: string | undefined
  filter?: string | undefined
  search?: string | undefined
  in?: string | undefined
}
type Props = { search: Search; label?: string; children: ReactNode }

/** A number, or a name, that leads to the traces behind it. */
export function TracesLink({ search, label, children }: Props) {
  return (
    <Link
      to="/p/$project/traces"
      params={{ project: useProject() }}
      search={search}
      {...(label && { 'aria-label': label })}
      className="hover:text-accent hover:underline"
    >
      {children}
    </Link>
  )
}
