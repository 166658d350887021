import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '@signalbox/schema/errors'
import { passed } from '../../evaluators/outcome.ts'
import type { Asked, Handler } from './asked.ts'
import { isRecord } from './types.ts'

type Options = { database?: string; type?: 'table' | 'column' }
type Parser = { astify(sql: string, options: Options): unknown; whiteListCheck(sql: string, allowed: string[], options: Options): unknown }

let parser: Parser | undefined

/** Its tables of 14 dialects are 90 MB on the disk: it is there where somebody put it, beside the configuration or this program. */
export function loadSqlParser(folder: string): void {
  const places = [join(folder, 'none.js'), fileURLToPath(import.meta.url), join(process.cwd(), 'none.js')]
  for (const place of places) {
    try {
      const { Parser } = createRequire(place)('node-sql-parser') as { Parser: new () => Parser }
      parser = new Parser()
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    }
  }
  throw new AppError(
    'invalid-request',
    'is-sql and contains-sql need the package node-sql-parser, which does not come along: it is 90 MB.',
    {
      hint: 'Run npm install node-sql-parser in the folder of the configuration.',
    },
  )
}

export const SQL: Record<string, Handler> = {
  'is-sql': (asked) => checked(asked.text, asked),
  'contains-sql': (asked) => {
    const fenced = /```(?:sql)?[^\S\n]*\n?([\s\S]+?)```/i.exec(asked.text)?.[1]
    return checked(fenced?.trim() ?? asked.text, asked)
  },
}

function checked(sql: string, { value }: Asked) {
  const { databaseType, database, allowedTables, allowedColumns } = isRecord(value) ? value : {}
  const options: Options = { database: String(databaseType ?? database ?? 'MySQL') }
  try {
    parser?.astify(sql, options)
    if (Array.isArray(allowedTables)) parser?.whiteListCheck(sql, allowedTables.map(String), { ...options, type: 'table' })
    if (Array.isArray(allowedColumns)) parser?.whiteListCheck(sql, allowedColumns.map(String), { ...options, type: 'column' })
    return passed(true)
  } catch (error) {
    return passed(false, `It is no ${options.database} that is allowed: ${(error as Error).message.split('\n')[0]}`)
  }
}
