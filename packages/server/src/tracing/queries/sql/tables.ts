import { FIELD_NAMES, ScoreRow } from '@signalbox/schema'
import { scope } from '../conditions.ts'
import { fieldSql } from '../fields.ts'
import type { Parameters } from '../parameters.ts'

/** A column as a user of SQL sees it, and what it is made of. */
type Columns = readonly { name: string; sql: string }[]

const same = (names: readonly string[]): Columns => names.map((name) => ({ name, sql: name }))

/** What can be read with SQL: the same names as filters have, money in USD. */
export const SQL_TABLES: Readonly<Record<string, { from: string; columns: (parameters: Parameters) => Columns }>> = {
  spans: {
    from: 'spans FINAL',
    columns: (parameters) => [
      ...FIELD_NAMES.map((name) => ({ name, sql: fieldSql(name, parameters).sql })),
      { name: 'metadata', sql: 'metadata' },
      { name: 'costParts', sql: 'mapApply((bucket, nano) -> (bucket, nano / 1e9), costParts)' },
    ],
  },
  payloads: { from: 'payloads FINAL', columns: () => same(['traceId', 'spanId', 'startedAt', 'input', 'output', 'attributes']) },
  scores: { from: 'scores FINAL', columns: () => same(Object.keys(ScoreRow.shape).filter((name) => name !== 'projectId')) },
}

/** The table of a name, of one project only: the sole text in which a table of the store is named. */
export function tableSql(name: string, projectId: string, parameters: Parameters): string {
  const table = SQL_TABLES[name]
  if (!table) throw new Error(`there is no table ${name}`)
  return `(SELECT ${tableColumns(name, parameters)} FROM ${table.from} WHERE ${scope(projectId, {}, parameters).join(' AND ')})`
}

/** What is selected of a table of that name. */
export const tableColumns = (name: string, parameters: Parameters): string =>
  (SQL_TABLES[name]?.columns(parameters) ?? []).map(({ name: column, sql }) => (sql === column ? column : `${sql} AS ${column}`)).join(', ')
