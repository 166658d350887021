import type { Sql, SqlSession } from '../../store/ports.ts'
import type { SqlTable } from './manifest.ts'
import { sqlName } from './quote.ts'

const ROWS = 5000
/** Made by the migrations themselves. */
const MIGRATIONS = 'schema_migrations'

/** Runs `work` on one unchanging state of all tables. */
export const frozen = <T>(sql: Sql, work: (session: SqlSession) => Promise<T>): Promise<T> =>
  sql.transaction(async (session) => {
    await session.exec('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY')
    return await work(session)
  })

/** The tables, each behind those that it refers to, so that they can be filled in this order. */
export async function sqlTables(session: SqlSession): Promise<Omit<SqlTable, 'rows'>[]> {
  const rows = await session.query<{ table: string; columns: string[]; refers: string[] }>(
    `SELECT c.relname AS "table",
            (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns,
            (SELECT coalesce(array_agg(r.confrelid::regclass::text), '{}') FROM pg_constraint r
             WHERE r.conrelid = c.oid AND r.contype = 'f' AND r.confrelid <> c.oid) AS refers
     FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relname <> $1 ORDER BY 1`,
    [MIGRATIONS],
  )
  const sorted: Omit<SqlTable, 'rows'>[] = []
  const visit = (row: (typeof rows)[number]) => {
    if (sorted.some(({ table }) => table === row.table)) return
    for (const other of rows) if (row.refers.includes(other.table)) visit(other)
    sorted.push({ table: row.table, columns: row.columns })
  }
  for (const row of rows) visit(row)
  return sorted
}

export async function newestSqlMigration(session: SqlSession): Promise<number> {
  const [row] = await session.query<{ version: number }>(`SELECT coalesce(max(version), 0)::int AS version FROM ${MIGRATIONS}`)
  return row?.version ?? 0
}

/** The rows of a table as JSON lines, in pages. Postgres writes the JSON, so every type comes back as it was. */
export async function* sqlPages(session: SqlSession, table: Omit<SqlTable, 'rows'>): AsyncGenerator<string[]> {
  const columns = table.columns.map(sqlName).join(', ')
  await session.exec(
    `DECLARE backup_page NO SCROLL CURSOR FOR SELECT row_to_json(t)::text AS line FROM (SELECT ${columns} FROM ${sqlName(table.table)}) t`,
  )
  for (;;) {
    const rows = await session.query<{ line: string }>(`FETCH ${ROWS} FROM backup_page`)
    if (rows.length === 0) break
    yield rows.map(({ line }) => line)
  }
  await session.exec('CLOSE backup_page')
}

/** Adds a page of rows to a table. */
export async function insertSqlPage(session: SqlSession, { table, columns }: SqlTable, lines: readonly string[]): Promise<void> {
  const names = columns.map(sqlName).join(', ')
  await session.query(
    `INSERT INTO ${sqlName(table)} (${names}) OVERRIDING SYSTEM VALUE
     SELECT ${names} FROM json_populate_recordset(NULL::${sqlName(table)}, $1::text::json)`,
    [`[${lines.join(',')}]`],
  )
}

/** Empties the tables, from what the migrations put into them. */
export async function emptySql(session: SqlSession, tables: readonly SqlTable[]): Promise<void> {
  if (tables.length > 0) await session.exec(`TRUNCATE ${tables.map(({ table }) => sqlName(table)).join(', ')} CASCADE`)
}

/** Lets every sequence go on behind the highest number that is taken. */
export async function continueSequences(session: SqlSession, tables: readonly SqlTable[]): Promise<void> {
  for (const { table, columns } of tables) {
    for (const column of columns) {
      const [row] = await session.query<{ sequence: string | null }>('SELECT pg_get_serial_sequence($1, $2) AS sequence', [
        sqlName(table),
        column,
      ])
      if (!row?.sequence) continue
      await session.exec(
        `SELECT setval('${row.sequence.replaceAll("'", "''")}', coalesce(max(${sqlName(column)}), 0) + 1, false) FROM ${sqlName(table)}`,
      )
    }
  }
}
