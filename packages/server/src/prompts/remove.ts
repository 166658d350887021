import { AppError, type PromptUse } from '@signalbox/schema'
import { assertHolds } from './assert-holds.ts'
import { archived, needsOf, noVersion, removeLabel } from './labels.ts'
import { assertMayMove } from './may-move.ts'
import { getPrompt, labelsOf } from './rows.ts'
import { usesOf } from './used-by.ts'
import { describe } from './versions.ts'
import type { Writing } from './writing.ts'

/** Deletes a version that nothing uses. */
export async function removeVersion(writing: Writing, name: string, version: number): Promise<void> {
  const { session, projectId, revision, now } = writing
  const prompt = await getPrompt(session, projectId, name)
  const labels = labelsOf(prompt, version).filter((label) => label !== 'latest')
  if (labels.length > 0)
    throw new AppError('conflict', `Version ${version} of ${JSON.stringify(name)} is in use: ${labels.join(', ')} points to it.`, {
      hint: 'Point the label elsewhere first.',
      data: { labels },
    })
  const [gone] = await session.query('delete from prompt_versions where prompt_id = $1 and version = $2 returning version', [
    prompt.id,
    version,
  ])
  if (!gone) throw noVersion(name, version)
  const [left] = await session.query<{ latest: number | null; count: number }>(
    'select max(version) as latest, count(*) as count from prompt_versions where prompt_id = $1',
    [prompt.id],
  )
  await writing.note({ prompt: name, kind: 'version-deleted', version })
  if (left?.latest == null) {
    await session.query('delete from prompts where id = $1', [prompt.id])
    await writing.note({ prompt: name, kind: 'deleted' })
  } else
    await session.query('update prompts set latest_version = $2, version_count = $3, revision = $4, updated_at = $5 where id = $1', [
      prompt.id,
      left.latest,
      left.count,
      revision,
      now,
    ])
  // Looked at after it is gone: what used it, also through `latest`, cannot be filled in any more.
  await refuseUsed(writing, name, (use) => use.version === null)
  await assertHolds(writing, [name])
}

/** Likewise with the labels that point to it and to nothing else. */
export async function removeVersionWithLabels(writing: Writing, name: string, version: number, labels: readonly string[]): Promise<void> {
  const { labels: now } = await getPrompt(writing.session, writing.projectId, name)
  for (const { label, split } of now) if (!split && labels.includes(label)) await removeLabel(writing, { name, label, why: '' })
  await removeVersion(writing, name, version)
}

/** Deletes a prompt with all its versions, where nobody uses it and who asks may move each of its labels. */
export async function removePrompt(writing: Writing, name: string): Promise<void> {
  const { session, projectId, caller } = writing
  const prompt = await getPrompt(session, projectId, name)
  for (const { label } of prompt.labels) assertMayMove(caller, { label, needs: await needsOf(writing, label) })
  await session.query('delete from prompts where id = $1', [prompt.id])
  await session.query(
    `update prompt_approvals set status = 'outdated', decided_at = $3 where project_id = $1 and prompt = $2 and status = 'open'`,
    [projectId, name, writing.now],
  )
  await writing.note({ prompt: name, kind: 'deleted' })
  await refuseUsed(writing, name, () => true)
}

async function refuseUsed(
  { session, projectId }: Writing,
  name: string,
  matters: (found: { version: number | null }) => boolean,
): Promise<void> {
  const uses = (await usesOf(session, projectId, name)).filter(({ found }) => matters({ version: found }))
  if (uses.length === 0) return
  const usedBy: PromptUse[] = uses.map(({ use }) => use)
  const [first] = usedBy
  const more = usedBy.length > 1 ? ` and ${usedBy.length - 1} more` : ''
  throw new AppError(
    'conflict',
    `${JSON.stringify(name)} is in use: version ${first?.version} of ${JSON.stringify(first?.prompt)}${more} includes it.`,
    {
      hint: 'Change what includes it first.',
      data: { usedBy },
    },
  )
}

export async function changePrompt(
  writing: Writing,
  name: string,
  {
    archived: archive,
    ...change
  }: { tags?: readonly string[] | undefined; description?: string | undefined; archived?: boolean | undefined },
): Promise<void> {
  const { session, projectId, revision, now } = writing
  const prompt = await getPrompt(session, projectId, name)
  if (prompt.archived_at && archive !== false) throw archived(name)
  await describe(writing, prompt, change)
  if (archive === undefined || archive === (prompt.archived_at !== null)) return
  await session.query('update prompts set archived_at = $2, revision = $3, updated_at = $4 where id = $1', [
    prompt.id,
    archive ? now : null,
    revision,
    now,
  ])
  await writing.note({ prompt: name, kind: archive ? 'archived' : 'unarchived' })
}
