import type { SpanKind } from '@signalbox/schema'

/** What has to be known of a span to tell whether it repeats what others used. */
export type Known = { spanId: string; parentId: string; kind: SpanKind; ours: boolean; used: boolean }

type Node = {
  /** Undefined until the span itself has come: others named it as their parent. */
  known: Known | undefined
  /** Something below it reports usage of its own. */
  below: boolean
  /** A call below it does, with nothing between that makes calls of its own accord: then it is the same call, seen twice. */
  calledBelow: boolean
}
type Tree = { nodes: Map<string, Node>; touchedAt: number }

/** Steps up from one span; a circle of parents ends there. */
const DEEPEST = 200

/** A call to a model: it repeats what is below only where that is the same call. */
export const isCall = (kind: SpanKind): boolean => kind === 'llm' || kind === 'embedding' || kind === 'reranker'
/** What a call to a model may be seen through: other views of it, and steps such as an HTTP request. */
const isThrough = (kind: SpanKind): boolean => isCall(kind) || kind === 'span' || kind === 'chain'

/**
 * The trees of the traces that were last heard of, to tell spans that repeat what others used. The order in which spans come does
 * not matter: what is known of a span that has not come yet waits for it.
 */
export class RoleMemory {
  readonly #most: number
  readonly #now: () => number
  readonly #trees = new Map<string, Tree>()
  #last: { trace: string; tree: Tree } | undefined
  #spans = 0
  #knownSince: number

  /** `most`: spans that are kept at a time. */
  constructor(most: number, now: () => number = Date.now) {
    this.#most = most
    this.#now = now
    this.#knownSince = now()
  }

  /** Milliseconds since 1970: of a trace that is not here, nothing came after this. */
  get knownSince(): number {
    return this.#knownSince
  }

  has(trace: string): boolean {
    return this.#trees.has(trace)
  }

  /** Adds a span, again or for the first time. Calls `changed` with spans that came before and now have something below them. */
  add(trace: string, span: Known, changed: (spanId: string) => void): void {
    const tree = this.#treeOf(trace)
    const node = this.#nodeOf(tree, span.spanId)
    const before = node.known
    node.known = before ? { ...span, used: before.used || span.used } : span
    this.#tell(tree, node, changed)
  }

  /** Whether this span, with usage of its own, repeats what stands below it. */
  repeats(trace: string, spanId: string): boolean {
    const node = this.#trees.get(trace)?.nodes.get(spanId)
    return node?.known !== undefined && repeatsBelow(node.known, node)
  }

  /** Forgets the traces that were not heard of for longest. */
  trim(): void {
    this.#last = undefined
    for (const [trace, tree] of this.#trees) {
      if (this.#spans <= this.#most) return
      this.#trees.delete(trace)
      this.#spans -= tree.nodes.size
      this.#knownSince = Math.max(this.#knownSince, tree.touchedAt)
    }
  }

  #treeOf(trace: string): Tree {
    // Spans of a trace come together.
    if (trace === this.#last?.trace) return this.#last.tree
    const tree = this.#trees.get(trace) ?? { nodes: new Map(), touchedAt: 0 }
    tree.touchedAt = this.#now()
    this.#trees.delete(trace)
    this.#trees.set(trace, tree)
    this.#last = { trace, tree }
    return tree
  }

  #nodeOf(tree: Tree, spanId: string): Node {
    let node = tree.nodes.get(spanId)
    if (!node) {
      node = { known: undefined, below: false, calledBelow: false }
      tree.nodes.set(spanId, node)
      this.#spans++
    }
    return node
  }

  /** Tells the spans above what is below them, until one knows it already. */
  #tell(tree: Tree, from: Node, changed: (spanId: string) => void): void {
    let node = from
    for (let step = 0; step < DEEPEST; step++) {
      const { known } = node
      if (!known || known.parentId === '') return
      const below = known.used || node.below
      const calledBelow = (known.used && isCall(known.kind)) || (isThrough(known.kind) && node.calledBelow)
      if (!below && !calledBelow) return
      const parent = this.#nodeOf(tree, known.parentId)
      if ((parent.below || !below) && (parent.calledBelow || !calledBelow)) return
      const repeated = parent.known !== undefined && repeatsBelow(parent.known, parent)
      parent.below ||= below
      parent.calledBelow ||= calledBelow
      if (parent.known && !repeated && repeatsBelow(parent.known, parent)) changed(parent.known.spanId)
      node = parent
    }
  }
}

/** The gateway counts what it served itself: its numbers stand. */
const repeatsBelow = ({ ours, used, kind }: Known, { below, calledBelow }: Node): boolean =>
  !ours && used && (isCall(kind) ? calledBelow : below)
