import { AppError, type SqlAnswer } from '@signalbox/schema'
import type { Events } from '../../../store/ports.ts'
import { rewrite } from './rewrite.ts'
import { SQL_TABLES } from './tables.ts'

/** More rows than this are an export. */
export const MOST_SQL_ROWS = 10_000

/**
 * One SELECT of a user over the rows of their project, on a read-only connection of its own with limits of time and memory.
 * Two gates: the query is put together anew from harmless pieces (`rewrite`), and before it runs the engine tells which tables it
 * understood, which must be no others than ours.
 */
export async function runSql(events: Events, projectId: string, sql: string): Promise<SqlAnswer> {
  const { text, values } = rewrite(sql, projectId)
  const limited = `SELECT * FROM ( ${text} ) LIMIT ${MOST_SQL_ROWS + 1}`
  const began = performance.now()
  try {
    const tree = await ask<[string]>(events, `EXPLAIN QUERY TREE run_passes = 1 ${limited}`, values)
    assertKnownTables(tree.data.map(([line]) => line))
    const { meta, data } = await ask<SqlAnswer['rows'][number]>(events, limited, values)
    return {
      columns: meta,
      rows: data.slice(0, MOST_SQL_ROWS),
      truncated: data.length > MOST_SQL_ROWS,
      tookMs: Math.round((performance.now() - began) * 10) / 10,
    }
  } catch (error) {
    throw explained(error)
  }
}

type Compact<R> = { meta: { name: string; type: string }[]; data: R[] }

async function ask<R>(events: Events, text: string, params: Record<string, unknown>): Promise<Compact<R>> {
  const bytes = await events.aside('sql', text, { params, format: 'JSONCompact' })
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as Compact<R>
}

/** The tables that can be read, with the columns as the engine types them. */
export async function sqlTables(events: Events, projectId: string): Promise<{ name: string; columns: { name: string; type: string }[] }[]> {
  return Promise.all(
    Object.keys(SQL_TABLES).map(async (name) => {
      const { columns } = await runSql(events, projectId, `SELECT * FROM ${name} LIMIT 0`)
      return { name, columns }
    }),
  )
}

/** The engine names a table in a line of its tree by `table_name: database.table`, and any other source by its kind. */
export function assertKnownTables(lines: readonly string[]): void {
  for (const line of lines) {
    // Text of the user stands only in constants, and those are of no table.
    const node = line.replace(/constant_value: '.*$/, '')
    if (/^\s*TABLE_FUNCTION id:/.test(node)) throw refused('a table function')
    if (!/^\s*TABLE id:/.test(node)) continue
    const name = /\btable_name: (\S+?)(?:,|$)/.exec(node)?.[1] ?? 'of an unknown name'
    const [, own = ''] = /^\w+\.(\w+)$/.exec(name) ?? []
    // `system.one` is what the engine reads where there is no FROM; it has one row, and a user cannot name it.
    if (name !== 'system.one' && (name.startsWith('system.') || !Object.hasOwn(SQL_TABLES, own))) throw refused(`the table ${name}`)
  }
}

const refused = (what: string) => new AppError('invalid-request', `The SQL would read ${what}, which it cannot.`)

/** What the engine says of the SQL is the user's to know; what it says of itself stays a fault of ours. */
function explained(error: unknown): unknown {
  if (error instanceof AppError && error.code !== 'unavailable') return error
  const cause = error instanceof AppError ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? Number(cause.code) : Number.NaN
  const reason = LIMITS[code]
  if (reason !== undefined)
    return new AppError('invalid-request', `The SQL ${reason}.`, { cause, hint: 'Ask for a shorter time, fewer columns or fewer groups.' })
  if ((error instanceof AppError && !THEIRS.has(code)) || !(cause instanceof Error) || !Number.isInteger(code)) return error
  // Behind "In scope" the engine repeats the query as it was put together.
  const [said = ''] = cause.message.split(/: (?:In scope|While processing|While executing)/)
  return new AppError('invalid-request', `The SQL was not understood: ${said.replace(/\s+/g, ' ').slice(0, 500)}`, { cause })
}

/** No such table or database, and a change that is not allowed: faults of the store elsewhere, and of the user here. */
const THEIRS: ReadonlySet<number> = new Set([60, 81, 164])

/** https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp */
const LIMITS: Record<number, string> = {
  158: 'reads too many rows',
  159: 'took too long',
  160: 'would take too long',
  191: 'makes too large a set',
  241: 'needs too much memory',
  307: 'reads too many bytes',
  396: 'answers too much at once',
}
