/** What is laid out: boxes of one size and arrows between them, in any order, with loops. */
type Input = { nodes: readonly string[]; edges: readonly { from: string; to: string }[]; size: Size; gap: Size }
type Size = { width: number; height: number }
type Point = { x: number; y: number }
/** The middle of each box, and for each arrow the points it goes through; `back` is one against the direction of the others. */
export type Layout = { places: ReadonlyMap<string, Point>; lines: { points: Point[]; back: boolean }[]; width: number; height: number }

type Item = { id: string; layer: number; x: number; width: number; up: Item[]; down: Item[] }

const SWEEPS = 8
const BEND = 14

/**
 * Lays a graph out in layers from top to bottom: arrows that close a loop are turned around, a box stands below all that
 * lead to it, long arrows bend around the boxes between, and each layer is ordered by where its neighbours stand.
 */
export function layOutLayers({ nodes, edges, size, gap }: Input): Layout {
  const back = backEdges(nodes, edges)
  const down = edges.map(({ from, to }, at) => (back.has(at) ? { from: to, to: from } : { from, to }))
  const layers = layersOf(nodes, down)
  const items = new Map<string, Item>(
    nodes.map((id) => [id, { id, layer: layers.get(id) ?? 0, x: 0, width: size.width, up: [], down: [] }]),
  )
  const rows: Item[][] = Array.from({ length: Math.max(0, ...layers.values()) + 1 }, () => [])
  for (const item of items.values()) rows[item.layer]?.push(item)
  const join = (upper: Item, lower: Item) => {
    upper.down.push(lower)
    lower.up.push(upper)
  }
  const bends = down.map(({ from, to }, at) => {
    const [start, end] = [items.get(from), items.get(to)]
    if (!start || !end || start === end) return []
    const between: Item[] = []
    for (let layer = start.layer + 1; layer < end.layer; layer += 1) {
      const bend: Item = { id: `${at}/${layer}`, layer, x: 0, width: BEND, up: [], down: [] }
      rows[layer]?.push(bend)
      between.push(bend)
    }
    const chain = [start, ...between, end]
    for (let step = 1; step < chain.length; step += 1) join(chain[step - 1] as Item, chain[step] as Item)
    return between
  })
  arrange(rows, gap.width)
  const left = Math.min(0, ...rows.flat().map(({ x, width }) => x - width / 2))
  const width = Math.max(0, ...rows.flat().map((item) => item.x + item.width / 2)) - left
  const place = ({ x, layer }: Item): Point => ({ x: x - left, y: layer * (size.height + gap.height) + size.height / 2 })
  return {
    places: new Map([...items].map(([id, item]) => [id, place(item)])),
    lines: edges.map((_, at) => {
      const points = (bends[at] ?? []).map(place)
      return { points: back.has(at) ? points.reverse() : points, back: back.has(at) }
    }),
    width,
    height: rows.length * (size.height + gap.height) - gap.height,
  }
}

/** The places of the arrows that close a loop, found from the first node on; an arrow to itself is one. */
function backEdges(nodes: readonly string[], edges: Input['edges']): Set<number> {
  const from = Map.groupBy(edges.keys(), (at) => edges[at]?.from ?? '')
  const state = new Map<string, 'open' | 'done'>()
  const back = new Set<number>()
  const targets = new Set(edges.filter((edge) => edge.from !== edge.to).map(({ to }) => to))
  // What nothing leads to is where a reader begins.
  for (const root of [...nodes.filter((id) => !targets.has(id)), ...nodes]) {
    if (state.has(root)) continue
    state.set(root, 'open')
    const stack = [{ id: root, next: 0 }]
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const at = from.get(top.id)?.[top.next]
      top.next += 1
      if (at === undefined) {
        state.set(top.id, 'done')
        stack.pop()
        continue
      }
      const to = edges[at]?.to ?? ''
      if (state.get(to) === 'open') back.add(at)
      else if (!state.has(to)) {
        state.set(to, 'open')
        stack.push({ id: to, next: 0 })
      }
    }
  }
  return back
}

/** The layer of each node: one more than the lowest that leads to it. Without loops, so it ends. */
function layersOf(nodes: readonly string[], edges: Input['edges']): Map<string, number> {
  const layers = new Map(nodes.map((id) => [id, 0]))
  const left = new Map(nodes.map((id) => [id, 0]))
  const real = edges.filter(({ from, to }) => from !== to)
  for (const { to } of real) left.set(to, (left.get(to) ?? 0) + 1)
  const from = Map.groupBy(real, (edge) => edge.from)
  const ready = nodes.filter((id) => left.get(id) === 0)
  for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
    for (const { to } of from.get(id) ?? []) {
      layers.set(to, Math.max(layers.get(to) ?? 0, (layers.get(id) ?? 0) + 1))
      left.set(to, (left.get(to) ?? 0) - 1)
      if (left.get(to) === 0) ready.push(to)
    }
  }
  return layers
}

/** Orders each layer by the middle of its neighbours, up and down in turn, and moves what stands in it towards them. */
function arrange(rows: Item[][], gap: number): void {
  const middle = (items: Item[], own: number) => (items.length === 0 ? own : items.reduce((sum, { x }) => sum + x, 0) / items.length)
  for (const row of rows)
    spread(
      row,
      row.map((_, at) => at),
      gap,
    )
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const down = sweep % 2 === 0
    for (const row of down ? rows : rows.toReversed()) {
      const wanted = new Map(row.map((item) => [item, middle(down ? item.up : item.down, item.x)]))
      row.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0))
      spread(
        row,
        row.map((item) => wanted.get(item) ?? 0),
        gap,
      )
    }
  }
}

/** Gives each item of a layer the place it wants, as far as the ones before leave room; the whole layer keeps its middle. */
function spread(row: Item[], wanted: number[], gap: number): void {
  let free = Number.NEGATIVE_INFINITY
  for (const [at, item] of row.entries()) {
    item.x = Math.max(wanted[at] ?? 0, free + item.width / 2)
    free = item.x + item.width / 2 + gap
  }
  const shift = row.reduce((sum, item, at) => sum + item.x - (wanted[at] ?? 0), 0) / Math.max(1, row.length)
  for (const item of row) item.x -= shift
}
