import type { ViewState } from '@signalbox/schema'
import { parseFilters, writeFilters } from '../../lib/filter-search.ts'
import { NEWEST_FIRST, readOrder } from './trace-order.ts'

/** The part of the address of the traces page that a saved view keeps. */
export type ViewAddress = { [K in 'filter' | 'search' | 'in' | 'sort' | 'columns']?: string | undefined }

/** What stands in the address as what is saved; what could not be understood of it is left out. */
export const toState = ({ filter, search, in: where, sort, columns }: ViewAddress): ViewState => ({
  filters: parseFilters(filter).filters,
  ...(search && { search, ...(where === 'content' && { in: 'content' as const }) }),
  ...(sort && readOrder(sort) !== NEWEST_FIRST && { sort: readOrder(sort) }),
  ...(columns && { columns: columns.split(',').filter(Boolean) }),
})

/** The address of what was saved; what it says nothing of is `undefined`, so that it is taken out of the address. */
export const toAddress = ({
  filters,
  search,
  in: where,
  sort,
  columns,
}: ViewState): { [K in keyof Required<ViewAddress>]: string | undefined } => ({
  filter: writeFilters(filters),
  search,
  in: where === 'content' ? where : undefined,
  sort,
  columns: columns?.join(','),
})

/** Whether the address shows what was saved. */
export const isShown = (address: ViewAddress, state: ViewState): boolean => {
  const saved = toAddress(state)
  const shown = toAddress(toState(address))
  return Object.keys(saved).every((name) => (saved[name as keyof ViewAddress] ?? '') === (shown[name as keyof ViewAddress] ?? ''))
}
