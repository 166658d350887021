import type { Caller, PromptEvent, PromptEventKind, PromptTarget } from '@signalbox/schema'
import { actorName } from '../lib/actor-name.ts'
import { newId } from '../lib/ids.ts'
import type { Sql, SqlSession } from '../store/ports.ts'
import type { ExampleRows } from './examples.ts'

export type PromptDeps = {
  sql: Sql
  /** Called after a change, so that every edge gets a new snapshot. */
  changed(): unknown
  /** What else belongs to a change, in its transaction: either all of it happens or nothing does. */
  alongside?: (session: SqlSession, projectId: string, events: readonly PromptEvent[]) => Promise<void>
  /** After it. */
  announce?: (projectId: string, events: readonly PromptEvent[], by: { caller: Caller; revision: number }) => void
  now?: () => Date
  /** Rows of datasets for prompts that show some. */
  examples?: ExampleRows
}

type Noted = {
  prompt: string
  kind: PromptEventKind
  label?: string
  version?: number
  from?: PromptTarget | null
  to?: PromptTarget | null
  why?: string
  /** In place of who writes. */
  by?: string
  approvedBy?: string | null
  approvalId?: string
}
/** A transaction that writes to the prompts of a project, alone: whoever comes second waits, and then sees what the first one did. */
export type Writing = {
  session: SqlSession
  caller: Caller
  projectId: string
  /** Grows with every write. */
  revision: number
  now: Date
  by: string
  note(event: Noted): Promise<void>
}
/** Does it and takes it back. */
export type Try = (caller: Caller, work: (writing: Writing) => Promise<void>) => Promise<void>
export type Write = <T>(caller: Caller, work: (writing: Writing) => Promise<T>) => Promise<T>

/** The account, or the key, that does something. */
export const actorOf = ({ userId, keyId }: Caller): string => userId ?? keyId ?? ''
/** The person behind it: the account, also of who made the key. */
export const personOf = ({ userId, ownerId }: Caller): string | null => userId ?? ownerId ?? null

class TakenBack extends Error {}
export function createTry({ sql, now }: Pick<PromptDeps, 'sql' | 'now'>): Try {
  const write = createWrite({ sql, changed: () => {}, ...(now && { now }) })
  return async (caller, work) => {
    try {
      await write(caller, async (writing) => {
        await work(writing)
        throw new TakenBack()
      })
    } catch (error) {
      if (!(error instanceof TakenBack)) throw error
    }
  }
}

export function createWrite({ sql, changed, alongside, announce, now = () => new Date() }: PromptDeps): Write {
  return async (caller, work) => {
    const { projectId } = caller
    const events: PromptEvent[] = []
    let revision = 0
    const result = await sql.transaction(async (session) => {
      const [row] = await session.query<{ revision: number }>(
        `insert into prompt_revisions (project_id, revision) values ($1, 1)
         on conflict (project_id) do update set revision = prompt_revisions.revision + 1 returning revision`,
        [projectId],
      )
      revision = row?.revision ?? 1
      const by = actorOf(caller)
      const writing: Writing = {
        session,
        caller,
        projectId,
        revision,
        now: now(),
        by,
        note: (event) => note(writing, event, events),
      }
      const done = await work(writing)
      if (events.length > 0) await alongside?.(session, projectId, events)
      return done
    })
    if (events.length > 0) {
      announce?.(projectId, events, { caller, revision })
      await changed()
    }
    return result
  }
}

async function note(writing: Writing, event: Noted, events: PromptEvent[]): Promise<void> {
  const { session, projectId, revision, now } = writing
  const {
    prompt,
    kind,
    by = writing.by,
    label = null,
    version = null,
    from = null,
    to = null,
    why = '',
    approvedBy = null,
    approvalId = null,
  } = event
  const id = newId('pev')
  const [names] = await session.query<{ by: string | null; approver: string | null }>(
    `insert into prompt_events (id, project_id, prompt, kind, at, by_id, label, version, from_target, to_target, why, approved_by, approval_id,
       revision, position)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb, $10::text::jsonb, $11, $12, $13, $14, $15)
     returning ${actorName('by_id')} as by, ${actorName('approved_by')} as approver`,
    [
      id,
      projectId,
      prompt,
      kind,
      now,
      by,
      label,
      version,
      from && JSON.stringify(from),
      to && JSON.stringify(to),
      why,
      approvedBy,
      approvalId,
      revision,
      events.length,
    ],
  )
  events.push({
    id,
    prompt,
    kind,
    at: now.toISOString(),
    by: names?.by ?? null,
    label,
    version,
    from,
    to,
    why,
    approvedBy: names?.approver ?? null,
    approvalId,
  })
}
