import { AppError, LATEST, type PromptTarget } from '@signalbox/schema'
import { actorName } from '../lib/actor-name.ts'
import { assertHolds } from './assert-holds.ts'
import { assertMayMove, assertMayRollBack } from './may-move.ts'
import { getPrompt, type StoredPrompt, sameTarget, targetOf, versionsOf } from './rows.ts'
import type { Writing } from './writing.ts'

export type Expected = { expected?: number | null | undefined; expectedRevision?: number | undefined }
export type Move = Expected & { name: string; label: string; to: PromptTarget; why: string }

/** Points a label somewhere. The same place again is no move. */
export async function moveLabel(writing: Writing, move: Move): Promise<void> {
  const prompt = await getPrompt(writing.session, writing.projectId, move.name)
  const needs = await needsOf(writing, move.label)
  assertMayMove(writing.caller, { label: move.label, needs })
  await put(writing, prompt, move, { kind: 'label-set' })
}

/** Likewise, after somebody else said yes. */
export async function moveApproved(
  writing: Writing,
  move: Move,
  approval: { id: string; approvedBy: string; requestedBy: string },
): Promise<void> {
  const prompt = await getPrompt(writing.session, writing.projectId, move.name)
  // Whoever asked for it moved it; who approved stands beside.
  await put({ ...writing, by: approval.requestedBy }, prompt, move, {
    kind: 'label-set',
    approvedBy: approval.approvedBy,
    approvalId: approval.id,
  })
}

export async function rollBack(writing: Writing, { name, label, why, ...expected }: Omit<Move, 'to'>): Promise<void> {
  const { session, projectId, caller } = writing
  const prompt = await getPrompt(session, projectId, name)
  assertMayRollBack(caller, { label, needs: await needsOf(writing, label) })
  if (!prompt.labels.some((one) => one.label === label)) throw noLabel(prompt, label)
  const [last] = await session.query<{ from_target: PromptTarget | null }>(
    `select from_target from prompt_events where project_id = $1 and prompt = $2 and label = $3
       and kind in ('label-set', 'label-removed', 'rolled-back') order by revision desc, position desc limit 1`,
    [projectId, name, label],
  )
  if (!last?.from_target)
    throw new AppError('conflict', `The label ${label} of ${JSON.stringify(name)} pointed nowhere before its last move.`, {
      hint: 'Point it to a version with PUT /api/v1/prompts/{name}/labels/{label}.',
    })
  await put(writing, prompt, { name, label, to: last.from_target, why, ...expected }, { kind: 'rolled-back' })
}

export async function removeLabel(writing: Writing, { name, label, why }: { name: string; label: string; why: string }): Promise<void> {
  const { session, projectId, caller } = writing
  const prompt = await getPrompt(session, projectId, name)
  assertMayMove(caller, { label, needs: await needsOf(writing, label) })
  const before = prompt.labels.find((one) => one.label === label)
  if (!before) throw noLabel(prompt, label)
  await session.query('delete from prompt_labels where prompt_id = $1 and label = $2', [prompt.id, label])
  await touch(writing, prompt)
  await outdate(writing, name, label)
  await writing.note({ prompt: name, kind: 'label-removed', label, from: targetOf(before), why })
  await assertHolds(writing, [name])
}

type As = { kind: 'label-set' | 'rolled-back'; approvedBy?: string; approvalId?: string }
async function put(writing: Writing, prompt: StoredPrompt, { name, label, to, why, ...expected }: Move, as: As): Promise<void> {
  const { session, revision, now, by } = writing
  if (prompt.archived_at) throw archived(name)
  const before = prompt.labels.find((one) => one.label === label)
  await assertExpected(writing, prompt, label, expected)
  const from = before ? targetOf(before) : null
  if (from && sameTarget(from, to)) return
  await assertVersions(writing, prompt, versionsOf(to))
  await session.query(
    `insert into prompt_labels (prompt_id, label, version, split, revision, moved_at, moved_by, why)
     values ($1, $2, $3, $4::text::jsonb, $5, $6, $7, $8)
     on conflict (prompt_id, label) do update set version = excluded.version, split = excluded.split, revision = excluded.revision,
       moved_at = excluded.moved_at, moved_by = excluded.moved_by, why = excluded.why`,
    [prompt.id, label, 'split' in to ? null : to.version, 'split' in to ? JSON.stringify(to.split) : null, revision, now, by, why],
  )
  await touch(writing, prompt)
  await outdate(writing, name, label, as.approvalId)
  await writing.note({ prompt: name, label, from, to, why, by, ...as })
  await assertHolds(writing, [name], { of: name, versions: versionsOf(to) })
}

/** Of two who promote at once the second one learns who was first. */
async function assertExpected(
  { session }: Writing,
  prompt: StoredPrompt,
  label: string,
  { expected, expectedRevision }: Expected,
): Promise<void> {
  const now = prompt.labels.find((one) => one.label === label)
  const asExpected =
    (expectedRevision === undefined || expectedRevision === (now?.revision ?? 0)) &&
    (expected === undefined || expected === (now?.version ?? null))
  if (asExpected) return
  const [last] = await session.query<{ by: string | null; at: Date; from_target: PromptTarget | null; to_target: PromptTarget | null }>(
    `select ${actorName('by_id')} as by, at, from_target, to_target from prompt_events where prompt = $1 and label = $2
       and project_id = (select project_id from prompts where id = $3)
       and kind in ('label-set', 'label-removed', 'rolled-back') order by revision desc, position desc limit 1`,
    [prompt.name, label, prompt.id],
  )
  const where = now ? `points to ${describe(targetOf(now))}` : 'is not there'
  const who = last ? `: ${last.by ?? 'somebody'} moved it at ${last.at.toISOString()}` : ''
  throw new AppError('conflict', `The label ${label} of ${JSON.stringify(prompt.name)} ${where}, not where you read it${who}.`, {
    hint: 'Read it again and decide again.',
    data: {
      label,
      version: now?.version ?? null,
      split: now?.split ?? null,
      revision: now?.revision ?? 0,
      movedBy: last?.by ?? null,
      movedAt: last?.at.toISOString() ?? null,
      from: last?.from_target ?? null,
    },
  })
}

export const describe = (target: PromptTarget): string =>
  'split' in target
    ? target.split.map(({ version, weight }) => `version ${version} (${weight})`).join(' and ')
    : `version ${target.version}`

async function assertVersions({ session }: Writing, { id, name }: StoredPrompt, versions: readonly number[]): Promise<void> {
  const rows = await session.query<{ version: number }>(
    'select version from prompt_versions where prompt_id = $1 and version = any($2::int[])',
    [id, versions],
  )
  const found = new Set(rows.map(({ version }) => version))
  const missing = versions.filter((version) => !found.has(version))
  if (missing.length > 0) throw noVersion(name, missing[0] ?? 0)
}

/** Requests for another place of this label are answered by what happened. */
async function outdate({ session, projectId, now }: Writing, name: string, label: string, except = ''): Promise<void> {
  await session.query(
    `update prompt_approvals set status = 'outdated', decided_at = $4 where project_id = $1 and prompt = $2 and label = $3 and status = 'open' and id <> $5`,
    [projectId, name, label, now, except],
  )
}

/** What edges know of it is no longer true. */
export const touch = ({ session, revision, now }: Writing, { id }: Pick<StoredPrompt, 'id'>) =>
  session.query('update prompts set revision = $2, updated_at = $3 where id = $1', [id, revision, now])

export async function needsOf(
  { session, projectId }: Pick<Writing, 'session' | 'projectId'>,
  label: string,
): Promise<'role' | 'approval' | null> {
  const [row] = await session.query<{ needs: 'role' | 'approval' }>(
    'select needs from prompt_protections where project_id = $1 and label = $2',
    [projectId, label],
  )
  return row?.needs ?? null
}

export const archived = (name: string) =>
  new AppError('conflict', `The prompt ${JSON.stringify(name)} is archived.`, { hint: 'Take it out of the archive first.' })
export const noVersion = (name: string, version: number) =>
  new AppError('not-found', `The prompt ${JSON.stringify(name)} has no version ${version}.`, {
    hint: 'List them with GET /api/v1/prompts/{name}/versions.',
  })
export const noLabel = (prompt: StoredPrompt, label: string) =>
  new AppError('not-found', `The prompt ${JSON.stringify(prompt.name)} has no label ${label}.`, {
    hint: `It has ${[...prompt.labels.map((one) => one.label), LATEST].join(', ')}.`,
    data: { labels: prompt.labels.map((one) => one.label) },
  })
