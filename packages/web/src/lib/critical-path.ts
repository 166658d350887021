import type { SpanNode, SpanTree } from './span-tree.ts'
import { endOf } from './timeline-layout.ts'

/** A stretch of time that a span itself accounts for, in microseconds after the first span. */
export type Stretch = { node: SpanNode; from: number; to: number }
/** The longest chain of waiting: what would have to be quicker for the trace to be quicker. */
export type CriticalPath = { stretches: Stretch[]; spanIds: ReadonlySet<string>; byKind: [kind: string, micros: number][] }

/**
 * Walks back from the end: a span waits for the child that ended last before; what lies between children is its own time.
 * The stretches cover the whole trace without overlap, except where nothing ran.
 */
export function criticalPath(tree: SpanTree, now: number): CriticalPath {
  const stretches: Stretch[] = []
  const end = (node: SpanNode) => endOf(node, now)
  const stack: { node: SpanNode | null; children: SpanNode[]; from: number; to: number }[] = [
    { node: null, children: tree.roots, from: 0, to: tree.roots.reduce((last, root) => Math.max(last, end(root)), 0) },
  ]
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { node, from, to } = top
    let at = to
    const own = (start: number) => {
      if (node && at > start) stretches.push({ node, from: start, to: at })
    }
    for (const child of top.children.toSorted((a, b) => end(b) - end(a) || b.offset - a.offset)) {
      if (child.offset >= at) continue
      const ended = Math.min(end(child), at)
      if (ended <= from) break
      own(ended)
      const began = Math.max(child.offset, from)
      stack.push({ node: child, children: child.children, from: began, to: ended })
      at = began
    }
    own(from)
  }
  stretches.sort((a, b) => a.from - b.from)
  const byKind = new Map<string, number>()
  for (const { node, from, to } of stretches) byKind.set(node.span.kind, (byKind.get(node.span.kind) ?? 0) + to - from)
  return {
    stretches,
    spanIds: new Set(stretches.map(({ node }) => node.span.spanId)),
    byKind: [...byKind].sort((a, b) => b[1] - a[1]),
  }
}
