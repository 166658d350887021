import type { Parsed } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { scope } from './conditions.ts'
import { fieldSql } from './fields.ts'
import { once } from './once.ts'
import { parameters } from './parameters.ts'

/** The values that a field really has in spans of the project, most frequent first; what is absent is left out. */
export async function fieldValues(
  events: Events,
  projectId: string,
  { field, search, from, to, limit }: Parsed<'traces.values'>,
): Promise<{ values: { value: string; count: number }[] }> {
  const bound = parameters()
  const { sql, type } = fieldSql(field, bound)
  const value = type === 'strings' ? `arrayJoin(${sql})` : type === 'boolean' ? `if(${sql} = 1, 'true', 'false')` : `toString(${sql})`
  const text = `
SELECT ifNull(value, '') AS value, count() AS count
FROM (SELECT ${value} AS value FROM spans${await once(events, projectId, { from, to })} WHERE ${scope(projectId, { from, to }, bound).join(' AND ')})
WHERE value != ''${search ? ` AND positionCaseInsensitiveUTF8(ifNull(value, ''), ${bound.bind('String', search)}) > 0` : ''}
GROUP BY value
ORDER BY count DESC, value
LIMIT ${bound.bind('UInt32', limit)}`
  return { values: await events.query<{ value: string; count: number }>(text, bound.values) }
}
