import type { Caller, ConfigEntry } from '@signalbox/schema'
import type { DescribedFile } from '../config/describe-file.ts'
import { diffEntries } from '../config/diff-entries.ts'
import type { Context, Handlers } from '../lib/handlers.ts'
import type { Log } from '../lib/log.ts'
import { type Changed, changeLine, fileLine, kindOf } from '../monitoring/markers/change-words.ts'
import type { Markers } from '../monitoring/markers/markers.ts'
import type { Sql } from '../store/ports.ts'

type Rooms = { markers: Pick<Markers, 'note'>; sql: Sql; log: Log }

const SECTIONS = ['providers', 'models', 'splits', 'budgets'] as const
const CHANGES = ['create', 'change', 'remove'] as const

/** What differs between two descriptions of the same project, wherever their entries come from. How charts are drawn bends no line. */
const differences = (after: readonly ConfigEntry[], before: readonly ConfigEntry[]): Changed[] => {
  const seen = (entries: readonly ConfigEntry[]) =>
    entries.filter(({ hidden }) => !hidden).map((one) => ({ ...one, from: 'file' as const }))
  return diffEntries(seen(after), seen(before))
}

/**
 * The same handlers, where a change of a route, a provider or a budget that succeeded is marked with what is different. A marker that
 * cannot be kept is no reason to refuse the change.
 */
export function markingChanges(handlers: Handlers, { markers, log }: Omit<Rooms, 'sql'>): Handlers {
  const marked: Record<string, unknown> = { ...handlers }
  for (const section of SECTIONS) {
    for (const change of CHANGES) {
      const id = `${section}.${change}` as const
      const handle = handlers[id] as (input: { name: string }, context: Context) => Promise<unknown>
      const entryOf = async (context: Context, name: string) => {
        const { entries } = await handlers['config.get']({}, context)
        return entries.filter((one) => one.section === section && one.name === name && one.from === 'project')
      }
      const unread = (error: unknown) => void log.warn({ err: error }, 'a change could not be marked')
      marked[id] = async (input: { name: string }, context: Context) => {
        const before = await entryOf(context, input.name).catch(unread)
        const output = await handle(input, context)
        if (before)
          await entryOf(context, input.name)
            .then((after) => noteChange(context.caller, differences(after, before)))
            .catch(unread)
        return output
      }
    }
  }
  async function noteChange(caller: Caller, changes: Changed[]): Promise<void> {
    const [changed] = changes
    if (!changed) return
    const line = changeLine(changed)
    const title = `${line.charAt(0).toUpperCase()}${line.slice(1)}`
    await markers.note(caller.projectId, { kind: kindOf(changes), title, origin: 'change', details: [line], by: caller })
  }
  return marked as Handlers
}

/**
 * Marks what signalbox.yaml says otherwise than when a core looked last, for each project: after a start, and after each change that is in
 * effect. Of several cores that follow the same file one marks it.
 */
export async function markFileChanges(file: { name: string; described(): DescribedFile }, { markers, sql, log }: Rooms): Promise<void> {
  const { projects } = file.described()
  const known = await sql.query<{ id: string }>('select id from projects')
  for (const { id } of known) {
    await sql
      .transaction(async (session) => {
        const [seen] = await session.query<{ entries: ConfigEntry[] }>('select entries from config_seen where project_id = $1 for update', [
          id,
        ])
        const entries = projects[id] ?? []
        if (!seen) {
          // The first look: there is nothing to compare with.
          await session.query(
            'insert into config_seen (project_id, entries, seen_at) values ($1, $2::text::jsonb, now()) on conflict do nothing',
            [id, JSON.stringify(entries)],
          )
          return
        }
        const changes = differences(JSON.parse(JSON.stringify(entries)) as ConfigEntry[], seen.entries)
        if (changes.length === 0) return
        await markers.note(
          id,
          { kind: kindOf(changes), title: fileLine(file.name, changes), origin: 'file', details: changes.map(changeLine) },
          session,
        )
        await session.query('update config_seen set entries = $2::text::jsonb, seen_at = now() where project_id = $1', [
          id,
          JSON.stringify(entries),
        ])
      })
      .catch((error: unknown) => log.warn({ err: error, project: id }, 'what changed in the configuration could not be marked'))
  }
}
