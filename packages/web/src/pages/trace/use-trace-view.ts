import type { SpanOutline } from '@signalbox/schema'
import { useEffect, useMemo, useState } from 'react'
import { ancestorsOf, buildSpanTree, flattenSpanTree, isFailure, type SpanNode, type VisibleNode } from '../../lib/span-tree.ts'
import { isInGroup, type SpanGroup } from './span-group.ts'

/** The rows of a trace in sight, what is folded, what is looked for, and what the arrow keys do. */
export function useTraceView({
  spans,
  selected,
  group,
  onSelect,
}: {
  spans: SpanOutline[]
  selected: string | undefined
  /** Only the spans of this kind and name. */
  group: SpanGroup | undefined
  onSelect: (spanId: string) => void
}) {
  const tree = useMemo(() => buildSpanTree(spans), [spans])
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set())
  const [text, setText] = useState('')
  const rows = useMemo((): VisibleNode[] => {
    if (text.trim() === '' && !group) return flattenSpanTree(tree, collapsed)
    const all = flattenSpanTree(tree, new Set())
    const wanted = text.trim().toLowerCase()
    return all
      .filter(({ node }) => (!group || isInGroup(node.span, group)) && (wanted === '' || matches(node, wanted)))
      .map(({ node }) => ({ node, expanded: false }))
  }, [tree, collapsed, text, group])
  const chosen = selected && spans.some((span) => span.spanId === selected) ? selected : tree.roots[0]?.span.spanId
  const at = rows.findIndex(({ node }) => node.span.spanId === chosen)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a span that is asked for by its address is unfolded once.
  useEffect(() => {
    if (!selected || at !== -1) return
    const hidden = new Set(ancestorsOf(tree, selected))
    setCollapsed((before) => new Set([...before].filter((id) => !hidden.has(id))))
  }, [selected, tree])

  const fold = (spanId: string, closed: boolean) =>
    setCollapsed((before) => {
      const next = new Set(before)
      if (closed) next.add(spanId)
      else next.delete(spanId)
      return next
    })
  const step = (by: number) => {
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))]
    if (next) onSelect(next.node.span.spanId)
  }
  const arrows = {
    arrowdown: () => step(1),
    arrowup: () => step(-1),
    arrowright: () => {
      const row = rows[at]
      if (!row || row.node.children.length === 0) return
      if (row.expanded) step(1)
      else fold(row.node.span.spanId, false)
    },
    arrowleft: () => {
      const row = rows[at]
      if (!row) return
      if (row.expanded) fold(row.node.span.spanId, true)
      else if (row.node.span.parentId && rows.some(({ node }) => node.span.spanId === row.node.span.parentId))
        onSelect(row.node.span.parentId)
    },
  }
  return {
    tree,
    rows,
    at,
    chosen,
    arrows,
    fold,
    text,
    setText,
    foldAll: () => setCollapsed(new Set(spans.map((span) => span.spanId))),
    unfoldAll: () => setCollapsed(new Set()),
    folded: collapsed.size > 0,
    /** The next span that failed, after the chosen one, around the end. */
    nextError: () => {
      const failed = flattenSpanTree(tree, new Set()).filter(({ node }) => isFailure(node.span))
      const place = failed.findIndex(({ node }) => node.span.spanId === chosen)
      const next = failed[(place + 1) % Math.max(1, failed.length)]
      if (next) {
        setText('')
        onSelect(next.node.span.spanId)
      }
    },
  }
}
export type TraceView = ReturnType<typeof useTraceView>

const matches = ({ span }: SpanNode, text: string): boolean =>
  [span.name, span.kind, span.model, span.provider, span.status, span.statusMessage, span.spanId].some((value) =>
    value?.toLowerCase().includes(text),
  )
