import { isDeepStrictEqual } from 'node:util'
import type { Dashboard, DashboardPanel } from '@signalbox/schema'

const PLACE = new Set(['x', 'y', 'w', 'h'])

/** What is different, in words, most telling first: what people look at before they decide whose change stays. */
export function changesBetween(before: Dashboard, after: Dashboard): string[] {
  const changes: string[] = []
  if (before.name !== after.name) changes.push(`name: ${before.name} → ${after.name}`)
  for (const field of ['description', 'range', 'filters', 'variables'] as const) {
    if (!isDeepStrictEqual(before[field], after[field])) changes.push(`${field} changed`)
  }
  const old = new Map(before.panels.map((panel) => [panel.id, panel]))
  const moved: string[] = []
  for (const panel of after.panels) {
    const known = old.get(panel.id)
    old.delete(panel.id)
    if (!known) {
      changes.push(`panel ${nameOf(panel)} added`)
      continue
    }
    const fields = differing(known, panel)
    const inside = fields.filter((field) => !PLACE.has(field))
    if (inside.length > 0) changes.push(`panel ${nameOf(panel)}: ${inside.join(', ')} changed`)
    else if (fields.length > 0) moved.push(nameOf(panel))
  }
  for (const panel of old.values()) changes.push(`panel ${nameOf(panel)} removed`)
  if (moved.length > 0) changes.push(`moved or resized: ${moved.join(', ')}`)
  if (changes.length === 0 && !isDeepStrictEqual(before.panels, after.panels)) changes.push('panels in another order')
  return changes
}

const nameOf = ({ id, title }: DashboardPanel): string => (title ? `"${title}"` : id)

const differing = (before: DashboardPanel, after: DashboardPanel): string[] => {
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof DashboardPanel>
  return [...fields].filter((field) => !isDeepStrictEqual(before[field], after[field]))
}
