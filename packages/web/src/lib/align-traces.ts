import type { SpanOutline } from '@signalbox/schema'
import type { SpanNode, SpanTree } from './span-tree.ts'

/** Two spans that stand for each other, or one that the other trace does not have. */
export type AlignedSpan = { a: SpanNode | null; b: SpanNode | null; depth: number; change: Change; differs: readonly Difference[] }
export type Change = 'same' | 'changed' | 'added' | 'removed'
/** What of a span is another one. Durations always are, so they are no difference by themselves. */
export type Difference = 'name' | 'model' | 'status' | 'tokens' | 'cost'

/** More pairs than this are not weighed one by one. */
const MOST_PAIRS = 250_000
/** How far ahead the same step is looked for where there are too many to weigh. */
const AHEAD = 500
const SAME_STEP = 8
const SAME_KIND = 1

/**
 * Lays one trace beside another, from the roots down. The children of two spans that stand for each other are aligned like
 * two texts: the order is kept, and of all ways to pair them the one that counts most is taken. The same kind and name count
 * most, a little more with the same model and as many children; the same kind alone counts little, so that a step that was
 * renamed is paired where it disturbs nothing else. What is left is added or removed with all below it. A step that moved to
 * another parent is one that was removed and one that was added. Equal beginnings and ends are taken first; where very many children are
 * left, each takes the next one of its kind and name.
 */
export function alignTraces(a: SpanTree, b: SpanTree): AlignedSpan[] {
  const rows: AlignedSpan[] = []
  const stack: { a: SpanNode | null; b: SpanNode | null; depth: number }[] = []
  const push = (pairs: Pair[], depth: number) => {
    for (const [one, other] of pairs.toReversed()) stack.push({ a: one, b: other, depth })
  }
  push(pair(a.roots, b.roots), 0)
  for (let top = stack.pop(); top; top = stack.pop()) {
    rows.push(compared(top))
    push(pair(top.a?.children ?? [], top.b?.children ?? []), top.depth + 1)
  }
  return rows
}

function compared({ a, b, depth }: { a: SpanNode | null; b: SpanNode | null; depth: number }): AlignedSpan {
  if (!a || !b) return { a, b, depth, change: a ? 'removed' : 'added', differs: [] }
  const differs = DIFFERENCES.filter(([, isSame]) => !isSame(a.span, b.span)).map(([name]) => name)
  return { a, b, depth, change: differs.length > 0 ? 'changed' : 'same', differs }
}

const DIFFERENCES: [Difference, (a: SpanOutline, b: SpanOutline) => boolean][] = [
  ['name', (a, b) => a.name === b.name && a.kind === b.kind],
  ['model', (a, b) => a.model === b.model && a.provider === b.provider],
  ['status', (a, b) => a.status === b.status],
  ['tokens', (a, b) => a.inputTokens === b.inputTokens && a.outputTokens === b.outputTokens],
  ['cost', (a, b) => a.costUsd === b.costUsd],
]

type Pair = [SpanNode | null, SpanNode | null]
type Children = readonly SpanNode[]

const isSameStep = (a: SpanNode, b: SpanNode): boolean => a.span.kind === b.span.kind && a.span.name === b.span.name

function pair(a: Children, b: Children): Pair[] {
  if (a.length === 0 || b.length === 0) return [...a.map((node): Pair => [node, null]), ...b.map((node): Pair => [null, node])]
  let head = 0
  const shorter = Math.min(a.length, b.length)
  while (head < shorter && isSameStep(a[head] as SpanNode, b[head] as SpanNode)) head += 1
  let tail = 0
  while (tail < shorter - head && isSameStep(a[a.length - 1 - tail] as SpanNode, b[b.length - 1 - tail] as SpanNode)) tail += 1
  const inner = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)] as const
  return [
    ...a.slice(0, head).map((node, at): Pair => [node, b[at] ?? null]),
    ...(inner[0].length * inner[1].length <= MOST_PAIRS ? weighed(...inner) : next(...inner)),
    ...a.slice(a.length - tail).map((node, at): Pair => [node, b[b.length - tail + at] ?? null]),
  ]
}

/** What a pair counts; 0 is none. */
function weight(a: SpanNode, b: SpanNode): number {
  if (isSameStep(a, b)) return SAME_STEP + (a.span.model === b.span.model ? 1 : 0) + (a.children.length === b.children.length ? 1 : 0)
  return a.span.kind === b.span.kind ? SAME_KIND : 0
}

/** The pairing in order that counts most, by a table of what the rests of both can count. */
function weighed(a: Children, b: Children): Pair[] {
  const wide = b.length + 1
  const best = new Float64Array((a.length + 1) * wide)
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const own = weight(a[i] as SpanNode, b[j] as SpanNode)
      const paired = own > 0 ? own + (best[(i + 1) * wide + j + 1] as number) : 0
      best[i * wide + j] = Math.max(paired, best[(i + 1) * wide + j] as number, best[i * wide + j + 1] as number)
    }
  }
  const pairs: Pair[] = []
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const [one, other] = [a[i] as SpanNode, b[j] as SpanNode]
    const here = best[i * wide + j] as number
    const own = weight(one, other)
    if (own > 0 && here === own + (best[(i + 1) * wide + j + 1] as number)) {
      pairs.push([one, other])
      i += 1
      j += 1
    } else if (here === best[(i + 1) * wide + j]) {
      pairs.push([one, null])
      i += 1
    } else {
      pairs.push([null, other])
      j += 1
    }
  }
  return [...pairs, ...a.slice(i).map((node): Pair => [node, null]), ...b.slice(j).map((node): Pair => [null, node])]
}

/** Each takes the next of the same kind and name, if one is not too far ahead. */
function next(a: Children, b: Children): Pair[] {
  const pairs: Pair[] = []
  let from = 0
  for (const one of a) {
    let at = from
    const end = Math.min(b.length, from + AHEAD)
    while (at < end && !isSameStep(one, b[at] as SpanNode)) at += 1
    if (at === end) pairs.push([one, null])
    else {
      for (const skipped of b.slice(from, at)) pairs.push([null, skipped])
      pairs.push([one, b[at] as SpanNode])
      from = at + 1
    }
  }
  return [...pairs, ...b.slice(from).map((node): Pair => [null, node])]
}
