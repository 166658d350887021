import type { SpanOutline } from '@signalbox/schema'
import { parseMicros } from './format-time.ts'

export type SpanNode = {
  span: SpanOutline
  depth: number
  children: SpanNode[]
  /** Spans below this one, at any depth. */
  descendants: number
  /** Microseconds after the first span of the trace. */
  offset: number
  /** Microseconds. */
  duration: number
  /** Its parent is named but has not arrived. */
  orphan: boolean
  /** This span or one below it failed. */
  failed: boolean
}
/** `start` in microseconds since 1970; `running` where a span has not ended yet. */
export type SpanTree = { roots: SpanNode[]; count: number; start: number; duration: number; running: boolean }

/** The tree of a trace in one pass over its spans, whatever their order; cycles and lost parents become roots. */
export function buildSpanTree(spans: readonly SpanOutline[]): SpanTree {
  const nodes = new Map<string, SpanNode>()
  let start = Number.POSITIVE_INFINITY
  let end = Number.NEGATIVE_INFINITY
  for (const span of spans) {
    const offset = parseMicros(span.startedAt)
    const duration = Math.max(0, span.durationMs * 1000)
    start = Math.min(start, offset)
    end = Math.max(end, offset + duration)
    nodes.set(span.spanId, { span, depth: 0, children: [], descendants: 0, offset, duration, orphan: false, failed: false })
  }
  const ordered = [...nodes.values()].sort((a, b) => a.offset - b.offset || b.duration - a.duration)
  const roots: SpanNode[] = []
  for (const node of ordered) {
    node.offset -= start
    const { parentId, spanId } = node.span
    const parent = parentId ? nodes.get(parentId) : undefined
    if (parent && parentId !== spanId) parent.children.push(node)
    else {
      node.orphan = Boolean(parentId) && parentId !== spanId
      roots.push(node)
    }
  }
  const seen = settle(roots, new Set())
  for (const node of ordered) {
    if (seen.has(node)) continue
    cutCycle(node, seen)
    roots.push(node)
    settle([node], seen)
  }
  const running = ordered.some(({ span }) => span.status === 'running')
  return { roots, count: nodes.size, start: nodes.size > 0 ? start : 0, duration: nodes.size > 0 ? end - start : 0, running }
}

export type VisibleNode = { node: SpanNode; expanded: boolean }

/** The rows to show, top to bottom, with the children of collapsed spans left out. */
export function flattenSpanTree(tree: SpanTree, collapsed: ReadonlySet<string>): VisibleNode[] {
  const rows: VisibleNode[] = []
  const stack = [...tree.roots].reverse()
  for (let node = stack.pop(); node; node = stack.pop()) {
    const expanded = node.children.length > 0 && !collapsed.has(node.span.spanId)
    rows.push({ node, expanded })
    if (expanded) for (let at = node.children.length - 1; at >= 0; at -= 1) stack.push(node.children[at] as SpanNode)
  }
  return rows
}

/** Ids of the spans above one, nearest first. */
export function ancestorsOf(tree: SpanTree, spanId: string): string[] {
  const parents = new Map<string, string>()
  const stack = [...tree.roots]
  for (let node = stack.pop(); node; node = stack.pop()) {
    for (const child of node.children) {
      parents.set(child.span.spanId, node.span.spanId)
      stack.push(child)
    }
  }
  const path: string[] = []
  for (let at = parents.get(spanId); at; at = parents.get(at)) path.push(at)
  return path
}

/** Whether a span ended otherwise than it should have; one that runs has not ended. */
export const isFailure = ({ status }: Pick<SpanOutline, 'status'>): boolean => status !== 'ok' && status !== 'running'

/** Sets depth, descendants and failure without recursion: a trace may be 3,000 deep. */
function settle(roots: SpanNode[], seen: Set<SpanNode>): Set<SpanNode> {
  const order: SpanNode[] = []
  const stack = [...roots]
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (seen.has(node)) continue
    seen.add(node)
    order.push(node)
    for (const child of node.children) {
      child.depth = node.depth + 1
      stack.push(child)
    }
  }
  for (let at = order.length - 1; at >= 0; at -= 1) {
    const node = order[at] as SpanNode
    node.failed = isFailure(node.span)
    for (const child of node.children) {
      node.descendants += child.descendants + 1
      node.failed ||= child.failed
    }
  }
  return seen
}

/** Takes the edge out that leads back to `first`, so that what hangs together in a circle is shown once. */
function cutCycle(first: SpanNode, seen: ReadonlySet<SpanNode>): void {
  const visited = new Set<SpanNode>()
  const stack = [first]
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (visited.has(node) || seen.has(node)) continue
    visited.add(node)
    node.children = node.children.filter((child) => child !== first)
    stack.push(...node.children)
  }
}
