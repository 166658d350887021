import { GRID_COLUMNS } from '@signalbox/schema'

/** A panel on the grid: column, row, and how many of them it takes. */
export type Place = { x: number; y: number; w: number; h: number }
export type Placed = Place & { id: string }
type Wanted = { id: string; x?: number | undefined; y?: number | undefined; w: number; h: number }

/** Pixels of a row, and between two panels. */
export const ROW = 52
export const GAP = 12
/** Panels are not made smaller than this: their numbers could not be read. */
export const LEAST = { w: 2, h: 2 }

const overlaps = (a: Place, b: Place): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h

/** Where each panel stands: those with a place in their order from above, the others at the next place that is free. No two overlap. */
export function arrange(panels: readonly Wanted[]): Placed[] {
  const fixed = panels.filter((panel): panel is Placed => panel.x !== undefined && panel.y !== undefined)
  const placed = settle(fixed.map(({ id, x, y, w, h }) => ({ id, x: clamp(x, 0, GRID_COLUMNS - w), y, w, h })))
  let from = 0
  for (const { id, x, y, w, h } of panels) {
    if (x !== undefined && y !== undefined) continue
    const place = nextFree(placed, { w, h }, from)
    from = place.y
    placed.push({ id, ...place })
  }
  const order = new Map(panels.map(({ id }, index) => [id, index]))
  return settle(placed).sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0))
}

function nextFree(placed: readonly Placed[], { w, h }: { w: number; h: number }, from: number): Place {
  for (let y = from; ; y++) {
    for (let x = 0; x + w <= GRID_COLUMNS; x++) {
      const place = { x, y, w, h }
      if (!placed.some((other) => overlaps(place, other))) return place
    }
  }
}

/** Moves everything up as far as what stands above allows. `first` goes before others of the same row. */
function settle(panels: readonly Placed[], first?: string): Placed[] {
  const rank = ({ id, y }: Placed) => (id === first ? y - 0.5 : y)
  const settled: Placed[] = []
  for (const panel of [...panels].sort((a, b) => rank(a) - rank(b) || a.x - b.x)) {
    const above = settled.filter((other) => panel.x < other.x + other.w && other.x < panel.x + panel.w)
    settled.push({ ...panel, y: Math.max(0, ...above.map(({ y, h }) => y + h)) })
  }
  return settled
}

/** The grid with one panel elsewhere, or of another size; what was there makes room. */
export function put(placed: readonly Placed[], id: string, to: Partial<Place>): Placed[] {
  const panels = placed.map((panel) => {
    if (panel.id !== id) return panel
    const w = clamp(to.w ?? panel.w, LEAST.w, GRID_COLUMNS - (to.x === undefined ? panel.x : 0))
    return {
      id,
      w,
      h: clamp(to.h ?? panel.h, LEAST.h, 24),
      x: clamp(to.x ?? panel.x, 0, GRID_COLUMNS - w),
      y: Math.max(0, to.y ?? panel.y),
    }
  })
  const settled = new Map(settle(panels, id).map((panel) => [panel.id, panel]))
  return placed.map((panel) => settled.get(panel.id) ?? panel)
}

/** One step by the keyboard. Down and up go past the next panel, since everything moves up into free places. */
export function step(placed: readonly Placed[], id: string, key: string, resize: boolean): Placed[] {
  const panel = placed.find((one) => one.id === id)
  if (!panel) return [...placed]
  const { x, y, w, h } = panel
  if (resize) {
    const sizes: Record<string, Partial<Place>> = {
      ArrowRight: { w: w + 1 },
      ArrowLeft: { w: w - 1 },
      ArrowDown: { h: h + 1 },
      ArrowUp: { h: h - 1 },
    }
    return put(placed, id, sizes[key] ?? {})
  }
  if (key === 'ArrowRight') return put(placed, id, { x: x + 1 })
  if (key === 'ArrowLeft') return put(placed, id, { x: x - 1 })
  const by = key === 'ArrowDown' ? 1 : -1
  const bottom = heightOf(placed)
  for (let at = y + by; at >= 0 && at <= bottom; at += by) {
    const next = put(placed, id, { y: at })
    if (next.some((one, index) => one.y !== placed[index]?.y)) return next
  }
  return [...placed]
}

/** How many rows the grid takes. */
export const heightOf = (placed: readonly Place[]): number => Math.max(0, ...placed.map(({ y, h }) => y + h))

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value))
