import type { Filter } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { CALLS } from '../../data/calls.ts'
import { useProject } from '../../data/view.ts'
import { writeFilters } from '../../lib/filter-search.ts'

/** The traces of a prompt, or of one version of it. */
export const tracesOfPrompt = (name: string, version?: number | null, more: readonly Filter[] = []) => ({
  filter: writeFilters([
    CALLS,
    { field: 'promptName', op: 'eq', value: name },
    ...(version === undefined || version === null ? [] : [{ field: 'promptVersion', op: 'eq' as const, value: String(version) }]),
    ...more,
  ]),
})

export const ERRORS: Filter = { field: 'status', op: 'in', value: ['error', 'interrupted'] }

type Props = {
  name: string
  version?: number | undefined
  tab?: 'versions' | 'compare'
  a?: number
  b?: number
  children: ReactNode
  className?: string
}
/** Leads to a prompt, or to one of its versions. */
export function PromptLink({ name, version, tab, a, b, children, className }: Props) {
  return (
    <Link
      to="/p/$project/prompts/$"
      params={{ project: useProject(), _splat: name }}
      search={{ version: version?.toString(), tab, a: a?.toString(), b: b?.toString() }}
      className={className ?? 'hover:text-accent hover:underline'}
    >
      {children}
    </Link>
  )
}
