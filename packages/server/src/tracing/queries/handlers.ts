import type { HandlersOf } from '../../lib/handlers.ts'
import type { Events } from '../../store/ports.ts'
import { exportSpans } from '../export/export-spans.ts'
import { runSql, sqlTables } from './sql/run-sql.ts'

/** What people ask of traces beyond lists: SQL, and everything at once. The project is the caller's, never the request's. */
export const queryHandlers = ({ events, folder }: { events: Events; folder: string }): HandlersOf<'sql' | 'export'> => ({
  'sql.run': ({ sql }, { caller }) => runSql(events, caller.projectId, sql),
  'sql.tables': async (_, { caller }) => ({ tables: await sqlTables(events, caller.projectId) }),
  'export.spans': async (query, { caller }) => exportSpans({ events, folder }, caller.projectId, query),
})
