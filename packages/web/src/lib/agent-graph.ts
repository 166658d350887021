import type { SpanNode, SpanTree } from './span-tree.ts'

/** All spans that do the same, as one: an agent, a tool, a model, a retriever. */
export type GraphNode = {
  key: string
  kind: string
  name: string
  spanIds: string[]
  errors: number
  running: number
  durationMs: number
  tokens: number
}
/** How often one led to the other, how often that failed, and the time it took. */
export type GraphEdge = { from: string; to: string; count: number; errors: number; durationMs: number }
export type AgentGraph = { nodes: GraphNode[]; edges: GraphEdge[]; leftOut: number }

/** Steps that only hold others together; they are looked through, unless a trace has nothing else. */
const GLUE = new Set(['chain', 'span', 'workflow'])
/** More boxes than this say nothing to anybody. */
export const MOST_NODES = 60

const keyOf = ({ span }: SpanNode): string => `${span.kind}:${span.name}`

/**
 * A trace as a graph: spans of the same kind and name are one node. `calls` draws an edge from each step to those it called;
 * `order` from a step to its first call, and from each call to the one after it, so that a loop of model and tool shows.
 */
export function agentGraph(tree: SpanTree, mode: 'calls' | 'order'): AgentGraph {
  const { kept, leftOut } = keptNodes(tree)
  const edges = new Map<string, GraphEdge>()
  const link = (from: string, to: SpanNode) => {
    const id = `${from}\n${keyOf(to)}`
    const edge = edges.get(id) ?? { from, to: keyOf(to), count: 0, errors: 0, durationMs: 0 }
    edges.set(id, edge)
    edge.count += 1
    edge.errors += isFailed(to) ? 1 : 0
    edge.durationMs += to.span.durationMs
  }
  const stack: { node: SpanNode; owner: SpanNode | null }[] = tree.roots.map((node) => ({ node, owner: null }))
  const callsOf = new Map<SpanNode, SpanNode[]>()
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { node, owner } = top
    const isKept = kept.has(keyOf(node))
    if (isKept && owner) {
      const calls = callsOf.get(owner)
      if (calls) calls.push(node)
      else callsOf.set(owner, [node])
    }
    for (const child of node.children) stack.push({ node: child, owner: isKept ? node : owner })
  }
  for (const [owner, calls] of callsOf) {
    if (mode === 'calls') for (const call of calls) link(keyOf(owner), call)
    else {
      calls.sort((a, b) => a.offset - b.offset)
      for (const [at, call] of calls.entries()) link(keyOf(calls[at - 1] ?? owner), call)
    }
  }
  return { nodes: [...kept.values()], edges: [...edges.values()], leftOut }
}

function keptNodes(tree: SpanTree): { kept: Map<string, GraphNode>; leftOut: number } {
  const nodes = new Map<string, GraphNode>()
  const roots = new Set(tree.roots.map(keyOf))
  const stack = [...tree.roots].reverse()
  for (let node = stack.pop(); node; node = stack.pop()) {
    const { span } = node
    const found = nodes.get(keyOf(node)) ?? emptyNode(node)
    nodes.set(found.key, found)
    found.spanIds.push(span.spanId)
    found.errors += isFailed(node) ? 1 : 0
    found.running += span.status === 'running' ? 1 : 0
    found.durationMs += span.durationMs
    found.tokens += span.usageRole === 'leaf' ? span.inputTokens + span.outputTokens : 0
    for (let at = node.children.length - 1; at >= 0; at -= 1) stack.push(node.children[at] as SpanNode)
  }
  const all = [...nodes.values()]
  const meant = all.filter(({ key, kind }) => !GLUE.has(kind) || roots.has(key))
  const shown = meant.some(({ kind }) => !GLUE.has(kind)) ? meant : all
  // Where there are too many, what took longest stays, in the order of the trace.
  const longest = new Set(shown.length <= MOST_NODES ? shown : shown.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, MOST_NODES))
  return { kept: new Map(shown.filter((node) => longest.has(node)).map((node) => [node.key, node])), leftOut: shown.length - longest.size }
}

const emptyNode = (node: SpanNode): GraphNode => ({
  key: keyOf(node),
  kind: node.span.kind,
  name: node.span.name,
  spanIds: [],
  errors: 0,
  running: 0,
  durationMs: 0,
  tokens: 0,
})

const isFailed = ({ span }: SpanNode): boolean => span.status === 'error' || span.status === 'interrupted'
