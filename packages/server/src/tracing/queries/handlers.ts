import type { HandlersOf } from '../../lib/handlers.ts'
import type { Events, Sql } from '../../store/ports.ts'
import { exportSpans } from '../export/export-spans.ts'
import { viewHandlers } from './saved-views.ts'
import { runSql, sqlTables } from './sql/run-sql.ts'

/** What people ask of traces beyond lists: SQL, and everything at once. The project is the caller's, never the request's. */
export const queryHandlers = ({
  sql,
  events,
  folder,
}: {
  sql: Sql
  events: Events
  folder: string
}): HandlersOf<'sql' | 'export' | 'views'> => ({
  'sql.run': ({ sql: text }, { caller }) => runSql(events, caller.projectId, text),
  'sql.tables': async (_, { caller }) => ({ tables: await sqlTables(events, caller.projectId) }),
  'export.spans': async (query, { caller }) => exportSpans({ events, folder }, caller.projectId, query),
  ...viewHandlers({ sql }),
})
