import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { parseGroup, type SpanGroup, writeGroup } from './span-group.ts'

export type Shape = 'tree' | 'timeline' | 'graph'

/** How a trace is looked at: it lives in the address, whichever page shows the trace. */
export function useLook() {
  const { as, group: groupText, edges } = useSearch({ strict: false })
  const navigate = useNavigate()
  const set = (next: { as?: string | undefined; group?: string | undefined; edges?: string | undefined; span?: string | undefined }) =>
    void navigate({ to: '.', search: (before) => ({ ...before, ...next }), replace: true })
  const group = useMemo(() => parseGroup(groupText), [groupText])
  const shape: Shape = as === 'timeline' || as === 'graph' ? as : 'tree'
  return {
    shape,
    group,
    /** What the lines of the graph mean: who called whom, or what came after what. */
    edges: edges === 'order' ? ('order' as const) : ('calls' as const),
    setShape: (next: Shape) => set({ as: next === 'tree' ? undefined : next }),
    setEdges: (next: 'calls' | 'order') => set({ edges: next === 'calls' ? undefined : next }),
    /** Shows only these spans, and the first of them. */
    setGroup: (next: SpanGroup | undefined, span?: string) => set({ group: next && writeGroup(next), ...(span !== undefined && { span }) }),
    showGroup: (next: SpanGroup) => set({ group: writeGroup(next), as: undefined }),
  }
}
export type Look = ReturnType<typeof useLook>
