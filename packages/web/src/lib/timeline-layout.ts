import type { SpanNode, SpanTree } from './span-tree.ts'

/** Spans of one row, by start. `end` is later than the span's own where it is still running. */
export type Placed = { node: SpanNode; start: number; end: number }
export type TimelineLayout = { lanes: Placed[][]; laneOf: ReadonlyMap<string, number> }

/**
 * Puts the spans of a trace into as few rows as will do: a span stands below its parent, in the first row that is free when it
 * begins. `now` (microseconds after the first span) is the end of what runs. One pass over the spans by start; the first
 * free row is found in a tree over the rows, so that thousands of parallel steps do not cost the square.
 */
export function layOutTimeline(tree: SpanTree, now: number): TimelineLayout {
  const all: { node: SpanNode; parent: SpanNode | null; start: number }[] = []
  const stack: { node: SpanNode; parent: SpanNode | null; earliest: number }[] = tree.roots.map((node) => ({
    node,
    parent: null,
    earliest: 0,
  }))
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { node, parent } = top
    // A clock that goes wrong lets a child begin before its parent; it is drawn from there on.
    const start = Math.max(node.offset, top.earliest)
    all.push({ node, parent, start })
    for (const child of node.children) stack.push({ node: child, parent: node, earliest: start })
  }
  all.sort((a, b) => a.start - b.start || a.node.depth - b.node.depth || b.node.duration - a.node.duration)
  const free = createFreeRows(all.length)
  const lanes: Placed[][] = []
  const laneOf = new Map<string, number>()
  for (const { node, parent, start } of all) {
    const above = parent ? (laneOf.get(parent.span.spanId) ?? -1) : -1
    const end = Math.max(start, endOf(node, now))
    const lane = free.take(above + 1, start, end)
    laneOf.set(node.span.spanId, lane)
    let row = lanes[lane]
    for (; !row; row = lanes[lane]) lanes.push([])
    row.push({ node, start, end })
  }
  return { lanes, laneOf }
}

/** When a span ends, in microseconds after the first; one that runs ends now. */
export const endOf = ({ span, offset, duration }: SpanNode, now: number): number =>
  span.status === 'running' ? Math.max(offset + duration, now) : offset + duration

/** Rows with the time from which each is free: the first one at or after `lowest` that is free at `start` is taken until `end`. */
function createFreeRows(count: number) {
  let size = 1
  while (size < count + 1) size *= 2
  /** A heap over the rows: each place holds the earliest time of the rows below it. */
  const earliest = new Float64Array(2 * size)
  function find(place: number, from: number, to: number, lowest: number, start: number): number {
    if (to <= lowest || (earliest[place] as number) > start) return -1
    if (to - from === 1) return from
    const middle = (from + to) / 2
    const left = find(2 * place, from, middle, lowest, start)
    return left === -1 ? find(2 * place + 1, middle, to, lowest, start) : left
  }
  return {
    take(lowest: number, start: number, end: number): number {
      const row = Math.max(0, find(1, 0, size, lowest, start))
      let place = row + size
      // A step without a length takes a moment all the same, or it would hide behind the next one.
      earliest[place] = Math.max(end, start + 1)
      for (place >>= 1; place >= 1; place >>= 1)
        earliest[place] = Math.min(earliest[2 * place] as number, earliest[2 * place + 1] as number)
      return row
    },
  }
}
