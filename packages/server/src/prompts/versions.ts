import { AppError, fragmentsIn, LATEST, type PromptContent } from '@signalbox/schema'
import { newId } from '../lib/ids.ts'
import { assertHolds } from './assert-holds.ts'
import { hashOf } from './content.ts'
import { withoutPicked } from './examples.ts'
import { archived, moveLabel } from './labels.ts'
import { findPrompt, type StoredPrompt } from './rows.ts'
import type { Writing } from './writing.ts'

export type NewVersion = {
  name: string
  content: PromptContent
  message: string
  labels: readonly string[]
  tags?: readonly string[] | undefined
  description?: string | undefined
  expectedLatest?: number | undefined
  why?: string
  /** Looks at the text with its fragments; throws where it cannot be used. */
  check?: (resolved: PromptContent) => Promise<void>
}

/** Saves a version. Content that is there already keeps its number; what was asked for beside it is done all the same. */
export async function saveVersion(writing: Writing, wanted: NewVersion): Promise<{ version: number; created: boolean }> {
  const { session, projectId } = writing
  const content = withoutPicked(wanted.content)
  const { name, labels, expectedLatest } = wanted
  const found = await findPrompt(session, projectId, name)
  if (found?.archived_at) throw archived(name)
  if (found && found.version_count > 0 && found.type !== content.type)
    throw new AppError('invalid-request', `${JSON.stringify(name)} is a ${found.type} prompt, and this is a ${content.type} prompt.`, {
      hint: 'Choose another name: the type of a prompt does not change.',
    })
  if (expectedLatest !== undefined && expectedLatest !== (found?.latest_version ?? 0))
    throw new AppError(
      'conflict',
      `The newest version of ${JSON.stringify(name)} is ${found?.latest_version ?? 'not there'}, not ${expectedLatest}.`,
      {
        hint: 'Read it, and save your change on top of it.',
        data: { latestVersion: found?.latest_version ?? 0 },
      },
    )
  const { broken } = fragmentsIn(content)
  if (broken[0]) throw new AppError('invalid-request', `${broken[0].tag} is no fragment: it ${broken[0].problem}.`)

  const prompt = found ?? (await makePrompt(writing, { name, type: content.type }))
  const saved = await put(writing, prompt, { ...wanted, content })
  await describe(writing, prompt, wanted)
  if (saved.created) await refuse(assertHolds(writing, [name], { of: name, versions: [saved.version], check: wanted.check }))
  for (const label of new Set(labels)) {
    if (label !== LATEST) await moveLabel(writing, { name, label, to: { version: saved.version }, why: wanted.why ?? wanted.message })
  }
  return saved
}

/** A prompt without versions. Its type is settled by the first one. */
export async function makePrompt(
  { session, projectId, revision, now, by, note }: Writing,
  { name, type }: Pick<StoredPrompt, 'name' | 'type'>,
): Promise<StoredPrompt> {
  const prompt: StoredPrompt = {
    id: newId('prompt'),
    name,
    type,
    description: '',
    tags: [],
    last_version: 0,
    latest_version: 0,
    version_count: 0,
    revision,
    archived_at: null,
    created_at: now,
    updated_at: now,
    created_by_name: null,
    labels: [],
  }
  await session.query(
    `insert into prompts (id, project_id, name, type, description, tags, last_version, latest_version, version_count, revision,
       created_at, updated_at, created_by)
     values ($1, $2, $3, $4, '', '[]', 0, 0, 0, $5, $6, $6, $7)`,
    [prompt.id, projectId, name, type, revision, now, by],
  )
  await note({ prompt: name, kind: 'created' })
  return prompt
}

async function put(
  writing: Writing,
  prompt: StoredPrompt,
  { name, content, message }: NewVersion,
): Promise<{ version: number; created: boolean }> {
  const { session, projectId, revision, now, by } = writing
  const hash = hashOf(content)
  const [same] = await session.query<{ version: number }>('select version from prompt_versions where prompt_id = $1 and hash = $2', [
    prompt.id,
    hash,
  ])
  if (same) return { version: same.version, created: false }
  const version = prompt.last_version + 1
  await session.query(
    `insert into prompt_versions (prompt_id, version, hash, content, message, created_at, created_by) values ($1, $2, $3, $4, $5, $6, $7)`,
    [prompt.id, version, hash, JSON.stringify(content), message, now, by],
  )
  const { refs } = fragmentsIn(content)
  if (refs.length > 0)
    await session.query(
      `insert into prompt_includes (prompt_id, version, project_id, fragment, fragment_label, fragment_version)
       select $1, $2, $3, r.name, r.label, r.version from json_to_recordset($4::text::json) as r (name text, label text, version int)`,
      [prompt.id, version, projectId, JSON.stringify(refs)],
    )
  await session.query(
    `update prompts set last_version = $2, latest_version = $2, version_count = version_count + 1, revision = $3, updated_at = $4,
       type = $5 where id = $1`,
    [prompt.id, version, revision, now, content.type],
  )
  await writing.note({ prompt: name, kind: 'version', version, why: message })
  return { version, created: true }
}

/** What is left out stays. */
export async function describe(
  { session, revision, now, note }: Writing,
  { id, name, tags, description }: Pick<StoredPrompt, 'id' | 'name' | 'tags' | 'description'>,
  change: { tags?: readonly string[] | undefined; description?: string | undefined },
): Promise<void> {
  const next = { tags: [...new Set(change.tags ?? tags)], description: change.description ?? description }
  if (JSON.stringify(next) === JSON.stringify({ tags, description })) return
  await session.query('update prompts set tags = $2::text::jsonb, description = $3, revision = $4, updated_at = $5 where id = $1', [
    id,
    JSON.stringify(next.tags),
    next.description,
    revision,
    now,
  ])
  await note({ prompt: name, kind: 'described' })
}

/** What is wrong with what was sent is not a conflict with what is there. */
async function refuse(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof AppError) || error.data.usedBy) throw error
    throw new AppError('invalid-request', error.message, { cause: error, hint: error.hint })
  }
}
