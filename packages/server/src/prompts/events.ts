import type { Output, Parsed, PromptEvent, PromptEventKind, PromptTarget } from '@signalbox/schema'
import { actorName } from '../lib/actor-name.ts'
import type { SqlSession } from '../store/ports.ts'
import { readOrder, writeOrder } from './cursors.ts'

type Row = {
  id: string
  prompt: string
  kind: PromptEventKind
  at: Date
  by: string | null
  label: string | null
  version: number | null
  from_target: PromptTarget | null
  to_target: PromptTarget | null
  why: string
  approver: string | null
  approval_id: string | null
  revision: number
  position: number
}

/** Newest first. */
export async function listEvents(
  session: SqlSession,
  projectId: string,
  { name, label, kind, from, to, limit, cursor }: Parsed<'prompts.events'>,
): Promise<Output<'prompts.events'>> {
  const [revision, position] = cursor === undefined ? [null, null] : readOrder(cursor)
  const rows = await session.query<Row>(
    `select id, prompt, kind, at, ${actorName('by_id')} as by, label, version, from_target, to_target, why, ${actorName('approved_by')} as approver,
       approval_id, revision, position from prompt_events
     where project_id = $1 and ($2::text is null or prompt = $2) and ($3::text is null or label = $3) and ($4::text is null or kind = $4)
       and ($5::timestamptz is null or at >= $5) and ($6::timestamptz is null or at < $6)
       and ($7::bigint is null or (revision, position) < ($7::bigint, $8::int))
     order by revision desc, position desc limit $9`,
    [projectId, name ?? null, label ?? null, kind ?? null, from ?? null, to ?? null, revision, position, limit + 1],
  )
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return { events: rows.slice(0, limit).map(toEvent), ...(last && { nextCursor: writeOrder(last.revision, last.position) }) }
}

const toEvent = ({ at, from_target: from, to_target: to, approver, approval_id: approvalId, ...row }: Row): PromptEvent => ({
  id: row.id,
  prompt: row.prompt,
  kind: row.kind,
  at: at.toISOString(),
  by: row.by,
  label: row.label,
  version: row.version,
  from,
  to,
  why: row.why,
  approvedBy: approver,
  approvalId,
})
