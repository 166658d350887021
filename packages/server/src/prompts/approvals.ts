import { AppError, allows, type Caller, type Output, type Parsed, type PromptApproval, type PromptTarget } from '@signalbox/schema'
import { actorName } from '../lib/actor-name.ts'
import { newId } from '../lib/ids.ts'
import type { SqlSession } from '../store/ports.ts'
import { assertHolds } from './assert-holds.ts'
import { readTime, writeTime } from './cursors.ts'
import { archived, moveApproved, noVersion } from './labels.ts'
import { getPrompt, sameTarget, targetOf, versionsOf } from './rows.ts'
import { personOf, type Writing } from './writing.ts'

type Status = PromptApproval['status']
type Comment = { at: string; by: string; text: string }
type Row = {
  id: string
  prompt: string
  label: string
  from_target: PromptTarget | null
  to_target: PromptTarget
  label_revision: number | null
  why: string
  status: Status
  requested_at: Date
  requested_by: string
  requested_name: string | null
  person: string | null
  decided_at: Date | null
  decided_name: string | null
  comments: (Comment & { name: string | null })[]
}
const SELECT = `select a.id, a.prompt, a.label, a.from_target, a.to_target, a.label_revision, a.why, a.status, a.requested_at, a.requested_by,
  ${actorName('a.requested_by')} as requested_name, a.person, a.decided_at, ${actorName('a.decided_by')} as decided_name,
  (select coalesce(json_agg(json_build_object('at', c.at, 'by', c.by, 'text', c.text, 'name', ${actorName('c.by')}) order by c.at), '[]')
    from jsonb_to_recordset(a.comments) as c (at text, by text, text text)) as comments from prompt_approvals a`

/** Asks for a move that a second person decides. What could not be done anyway is said at once. */
export async function requestMove(
  writing: Writing,
  { name, label, to, why }: { name: string; label: string; to: PromptTarget; why: string },
): Promise<string> {
  const { session, projectId, now, by, caller } = writing
  const prompt = await getPrompt(session, projectId, name)
  if (prompt.archived_at) throw archived(name)
  const current = prompt.labels.find((one) => one.label === label)
  if (current && sameTarget(targetOf(current), to)) throw new AppError('conflict', `The label ${label} points there already.`)
  const known = await session.query<{ version: number }>(
    'select version from prompt_versions where prompt_id = $1 and version = any($2::int[])',
    [prompt.id, versionsOf(to)],
  )
  const missing = versionsOf(to).find((version) => !known.some((one) => one.version === version))
  if (missing !== undefined) throw noVersion(name, missing)
  await assertHolds(writing, [], { of: name, versions: versionsOf(to) })
  const [same] = await session.query<{ id: string }>(
    `select id from prompt_approvals where project_id = $1 and prompt = $2 and label = $3 and status = 'open' and to_target = $4::text::jsonb`,
    [projectId, name, label, JSON.stringify(to)],
  )
  if (same)
    throw new AppError('conflict', `This was asked for already and is open.`, { hint: 'Comment on it, or decide.', data: { id: same.id } })
  const id = newId('appr')
  const from = current ? targetOf(current) : null
  await session.query(
    `insert into prompt_approvals (id, project_id, prompt, label, from_target, to_target, label_revision, why, status, requested_at, requested_by,
       person, comments)
     values ($1, $2, $3, $4, $5::text::jsonb, $6::text::jsonb, $7, $8, 'open', $9, $10, $11, '[]')`,
    [
      id,
      projectId,
      name,
      label,
      from && JSON.stringify(from),
      JSON.stringify(to),
      current?.revision ?? null,
      why,
      now,
      by,
      personOf(caller),
    ],
  )
  await writing.note({ prompt: name, kind: 'requested', label, from, to, why, approvalId: id })
  return id
}

/** The move is made in the same transaction as the decision. */
export async function approve(writing: Writing, id: string, comment: string | undefined): Promise<void> {
  const { caller } = writing
  const found = await open(writing, id)
  if (!caller.userId) throw new AppError('permission-denied', 'A person approves, not a key.', { hint: 'Log in and approve it there.' })
  if (caller.userId === found.requested_by || caller.userId === found.person)
    throw new AppError('permission-denied', 'You asked for this: a second person must approve it.')
  if (comment) await addComment(writing, found, comment)
  const { prompt: name, label, to_target: to, why } = found
  await decide(writing, id, 'approved')
  await moveApproved(
    writing,
    { name, label, to, why, expectedRevision: found.label_revision ?? 0 },
    { id, approvedBy: caller.userId, requestedBy: found.requested_by },
  )
}

/** Who asked takes it back; anybody else who may move labels rejects it. */
export async function reject(writing: Writing, id: string, comment: string | undefined): Promise<void> {
  const { caller } = writing
  const found = await open(writing, id)
  const own = found.requested_by === writing.by || (found.person !== null && found.person === personOf(caller))
  if (!own && !allows(caller.permissions, 'prompts:promote'))
    throw new AppError('permission-denied', 'You may not reject this: it takes `prompts:promote`.')
  if (comment) await addComment(writing, found, comment)
  await decide(writing, id, own ? 'withdrawn' : 'rejected')
  const { prompt, label, to_target: to } = found
  await writing.note({ prompt, kind: own ? 'withdrawn' : 'rejected', label, to, why: comment ?? '', approvalId: id })
}

export async function commentOn(writing: Writing, id: string, text: string): Promise<void> {
  const found = await find(writing.session, writing.projectId, id)
  await addComment(writing, found, text)
  await writing.note({ prompt: found.prompt, kind: 'commented', label: found.label, why: text, approvalId: id })
}

async function addComment({ session, now, by }: Writing, { id, comments }: Row, text: string): Promise<void> {
  if (comments.length >= 500) throw new AppError('conflict', 'This request has 500 comments already.')
  const comment: Comment = { at: now.toISOString(), by, text }
  await session.query('update prompt_approvals set comments = comments || $2::text::jsonb where id = $1', [id, JSON.stringify([comment])])
}

const decide = ({ session, now, by }: Writing, id: string, status: Status) =>
  session.query('update prompt_approvals set status = $2, decided_at = $3, decided_by = $4 where id = $1', [id, status, now, by])

async function find(session: SqlSession, projectId: string, id: string): Promise<Row> {
  const [row] = await session.query<Row>(`${SELECT} where a.project_id = $1 and a.id = $2`, [projectId, id])
  if (!row)
    throw new AppError('not-found', `There is no request ${JSON.stringify(id)}.`, { hint: 'List them with GET /api/v1/prompt-approvals.' })
  return row
}

async function open({ session, projectId }: Writing, id: string): Promise<Row> {
  const found = await find(session, projectId, id)
  if (found.status === 'open') return found
  throw new AppError('conflict', `This request is ${found.status} already.`, {
    data: { status: found.status, decidedBy: found.decided_name },
  })
}

export const getApproval = async (session: SqlSession, caller: Caller, id: string): Promise<PromptApproval> =>
  toApproval(await find(session, caller.projectId, id), caller)

/** Newest first. */
export async function listApprovals(
  session: SqlSession,
  caller: Caller,
  { name, status, limit, cursor }: Parsed<'prompts.approvals'>,
): Promise<Output<'prompts.approvals'>> {
  const [at, id] = cursor === undefined ? [null, null] : readTime(cursor)
  const rows = await session.query<Row>(
    `${SELECT} where a.project_id = $1 and ($2::text is null or a.prompt = $2) and ($3::text is null or a.status = $3)
       and ($4::timestamptz is null or (a.requested_at, a.id) < ($4::timestamptz, $5::text))
     order by a.requested_at desc, a.id desc limit $6`,
    [caller.projectId, name ?? null, status ?? null, at, id, limit + 1],
  )
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    approvals: rows.slice(0, limit).map((row) => toApproval(row, caller)),
    ...(last && { nextCursor: writeTime(last.requested_at, last.id) }),
  }
}

const toApproval = (row: Row, caller: Caller): PromptApproval => ({
  id: row.id,
  prompt: row.prompt,
  label: row.label,
  from: row.from_target,
  to: row.to_target,
  why: row.why,
  status: row.status,
  requestedAt: row.requested_at.toISOString(),
  requestedBy: row.requested_name,
  own: row.requested_by === (caller.userId ?? caller.keyId) || (row.person !== null && row.person === personOf(caller)),
  decidedAt: row.decided_at?.toISOString() ?? null,
  decidedBy: row.decided_name,
  comments: row.comments.map(({ at, name, text }) => ({ at, by: name, text })),
})
