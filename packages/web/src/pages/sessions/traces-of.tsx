import type { Filter } from '@signalbox/schema'
import { useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { parseFilters, writeFilters } from '../../lib/filter-search.ts'
import { TracesLink } from '../../ui/traces-link.tsx'

/** What failed, as filters have it: not a try of the gateway that was made again. */
export const FAILED: Filter[] = [
  { field: 'status', op: 'in', value: ['error', 'interrupted'] },
  { field: 'operation', op: 'ne', value: 'attempt' },
]

type Props = { filters: readonly Filter[]; label: string; children: ReactNode }
/** A number of a list that leads to the traces it counts: those that the list is narrowed to, and these filters. */
export function TracesOf({ filters, label, children }: Props) {
  const { filter, search, in: where } = useSearch({ strict: false })
  const all = [...parseFilters(filter).filters, ...filters]
  return (
    <TracesLink search={{ filter: writeFilters(all), search, in: where }} label={label}>
      {children}
    </TracesLink>
  )
}

type OfSession = {
  sessionId: string
  window: { startedAt: string; lastAt: string }
  filters?: readonly Filter[]
  label: string
  children: ReactNode
}
/** The traces of a whole session, in the time that it took, with a minute to spare at both ends. */
export function TracesOfSession({ sessionId, window, filters = [], label, children }: OfSession) {
  const spare = (iso: string, by: number) => new Date(Date.parse(iso) + by).toISOString()
  return (
    <TracesLink
      search={{
        filter: writeFilters([{ field: 'sessionId', op: 'eq', value: sessionId }, ...filters]),
        range: undefined,
        from: spare(window.startedAt, -60_000),
        to: spare(window.lastAt, 60_000),
      }}
      label={label}
    >
      {children}
    </TracesLink>
  )
}
