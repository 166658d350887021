import type { Events } from '../../store/ports.ts'
import { scope, type Window } from './conditions.ts'
import { parameters } from './parameters.ts'

/**
 * What to write behind `spans` so that each span is read once, as it was told last: nothing, unless there are spans in the window
 * that came in parts. Reading with FINAL takes up to four times as long, and who sends whole spans should not pay for it.
 */
export async function once(events: Events, projectId: string, window: Window = {}): Promise<'' | ' FINAL'> {
  const bound = parameters()
  const where = [...scope(projectId, window, bound), 'versioned = 1']
  const found = await events.query(`SELECT 1 FROM spans WHERE ${where.join(' AND ')} LIMIT 1`, bound.values)
  return found.length > 0 ? ' FINAL' : ''
}
