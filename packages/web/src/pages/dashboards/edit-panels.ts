import { addsUp, type Dashboard, DashboardPanel, type PanelKind, type PanelQuery } from '@signalbox/schema'
import { arrange, type Placed } from './grid.ts'

export const KINDS: { kind: PanelKind; title: string; says: string }[] = [
  { kind: 'line', title: 'Lines', says: 'Measures over time, or one measure by a dimension' },
  { kind: 'bar', title: 'Bars', says: 'One measure over time' },
  { kind: 'stacked', title: 'Stacked bars', says: 'Parts of a sum over time' },
  { kind: 'number', title: 'Number', says: 'One value, and how it changed' },
  { kind: 'top', title: 'Top list', says: 'The greatest values of a dimension' },
  { kind: 'table', title: 'Table', says: 'Measures by dimensions' },
  { kind: 'heatmap', title: 'Heat map', says: 'A dimension over time, darker is more' },
  { kind: 'text', title: 'Text', says: 'Notes in Markdown' },
]

/** Most measures and dimensions of each kind, and whether a dimension must be there. */
const FITS: Record<Exclude<PanelKind, 'text'>, { measures: number; dimensions: number; needs?: true }> = {
  line: { measures: 8, dimensions: 1 },
  stacked: { measures: 8, dimensions: 1 },
  bar: { measures: 1, dimensions: 0 },
  number: { measures: 1, dimensions: 0 },
  table: { measures: 12, dimensions: 4 },
  top: { measures: 1, dimensions: 1, needs: true },
  heatmap: { measures: 1, dimensions: 1, needs: true },
}
export const fitsOf = (kind: PanelKind) => (kind === 'text' ? { measures: 0, dimensions: 0 } : FITS[kind])
export const hasThresholds = (kind: PanelKind): boolean => kind === 'line' || kind === 'number' || kind === 'table' || kind === 'top'
export const hasBuckets = (kind: PanelKind): boolean => kind === 'line' || kind === 'bar' || kind === 'stacked' || kind === 'heatmap'

/** The panel as another kind: what that kind cannot show is left out, what it needs is there. */
export function withKind(panel: DashboardPanel, kind: PanelKind): DashboardPanel {
  const { query, text, thresholds, ...rest } = panel
  if (kind === 'text') return { ...rest, kind, text: text ?? '', thresholds: [] }
  return {
    ...rest,
    kind,
    query: fitted(query ?? { measures: ['calls'], dimensions: [], filters: [] }, kind),
    thresholds: hasThresholds(kind) ? thresholds : [],
  }
}

function fitted(query: PanelQuery, kind: Exclude<PanelKind, 'text'>): PanelQuery {
  const { measures: most, dimensions: width, needs } = FITS[kind]
  const dimensions = needs && query.dimensions.length === 0 ? ['model'] : query.dimensions.slice(0, width)
  const usable = kind === 'stacked' ? query.measures.filter(addsUp) : query.measures
  const single = dimensions.length > 0 && (kind === 'line' || kind === 'stacked')
  const measures = usable.slice(0, single ? 1 : most)
  const { bucket, ...rest } = query
  return { ...rest, measures: measures.length > 0 ? measures : ['calls'], dimensions, ...(bucket && hasBuckets(kind) && { bucket }) }
}

const freeId = (panels: readonly DashboardPanel[], wanted: string): string => {
  const taken = new Set(panels.map(({ id }) => id))
  for (let count = 1; ; count++) {
    const id = count === 1 ? wanted : `${wanted.slice(0, 50)}-${count}`
    if (!taken.has(id)) return id
  }
}

const SIZES: Partial<Record<PanelKind, { w: number; h: number }>> = { number: { w: 3, h: 2 }, text: { w: 12, h: 2 } }

/** A new panel below the others. */
export function addPanel({ panels }: Dashboard, kind: PanelKind): DashboardPanel {
  const id = freeId(panels, kind)
  return withKind({ id, title: '', kind: 'line', ...(SIZES[kind] ?? { w: 6, h: 4 }), thresholds: [] }, kind)
}

/** A copy of a panel, of the same size, at the next place that is free. */
export function copyPanel({ panels }: Dashboard, panel: DashboardPanel): DashboardPanel {
  const { x: _x, y: _y, ...rest } = panel
  return { ...rest, id: freeId(panels, `${panel.id}-copy`.slice(0, 50)), title: panel.title && `${panel.title} (copy)`.slice(0, 120) }
}

/** The dashboard with its panels where the grid has them. */
export function withPlaces(dashboard: Dashboard, placed: readonly Placed[]): Dashboard {
  const byId = new Map(placed.map(({ id, ...place }) => [id, place]))
  return { ...dashboard, panels: dashboard.panels.map((panel) => ({ ...panel, ...byId.get(panel.id) })) }
}

/** As it is saved: every panel with its place, in reading order. */
export function toSave(dashboard: Dashboard): Dashboard {
  const placed = withPlaces(dashboard, arrange(dashboard.panels))
  return { ...placed, panels: placed.panels.toSorted((a, b) => (a.y ?? 0) - (b.y ?? 0) || (a.x ?? 0) - (b.x ?? 0)) }
}

/** What is wrong with a panel, by its field; nothing where it can be saved. */
export function problemsOfPanel(panel: DashboardPanel): Record<string, string> {
  const { error } = DashboardPanel.safeParse(panel)
  return Object.fromEntries(
    (error?.issues ?? []).map(({ path, message }) => [path.join('.'), message.replace(` (panel ${panel.id})`, '')]).reverse(),
  )
}
