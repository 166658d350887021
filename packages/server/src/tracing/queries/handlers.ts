import type { HandlersOf } from '../../lib/handlers.ts'
import type { Events } from '../../store/ports.ts'
import { runSql, sqlTables } from './sql/run-sql.ts'

/** What people ask of traces beyond lists: SQL. The project is the caller's, never the request's. */
export const queryHandlers = ({ events }: { events: Events }): HandlersOf<'sql'> => ({
  'sql.run': ({ sql }, { caller }) => runSql(events, caller.projectId, sql),
  'sql.tables': async (_, { caller }) => ({ tables: await sqlTables(events, caller.projectId) }),
})
