import { AppError, DEFAULT_LABEL, LATEST, type PromptContent, type PromptVersion, type PromptVersionRow, shareOf } from '@signalbox/schema'
import { actorName } from '../lib/actor-name.ts'
import type { SqlSession } from '../store/ports.ts'
import { readContent } from './content.ts'
import { type ExampleRows, withExamples } from './examples.ts'
import { createResolver, type Resolution } from './fragments.ts'
import { noLabel, noVersion } from './labels.ts'
import { findPromptAnd, getPrompt, labelsOf, type StoredPrompt, targetOf, toRow } from './rows.ts'

export type Which = { version?: number | undefined; label?: string | undefined; session?: string | undefined }
type VersionRow = { version: number; hash: string; content: string; message: string; saved_at: Date; saved_by_name: string | null }
/** A version with its prompt, as it is kept. */
export type StoredVersion = {
  prompt: StoredPrompt
  version: number
  hash: string
  content: PromptContent
  message: string
  createdAt: Date
  createdBy: string | null
}
const COLUMNS = `v.version, v.hash, v.content, v.message, v.created_at as saved_at, ${actorName('v.created_by')} as saved_by_name`

export async function readVersion(session: SqlSession, projectId: string, name: string, which: Which): Promise<StoredVersion> {
  const { label = which.version === undefined ? DEFAULT_LABEL : null } = which
  const direct = await findPromptAnd<Partial<VersionRow>>(session, projectId, name, {
    columns: COLUMNS,
    joins: `left join prompt_versions v on v.prompt_id = p.id and v.version = case when $3::int is not null then $3::int
      when $4::text = '${LATEST}' then p.latest_version
      else (select l.version from prompt_labels l where l.prompt_id = p.id and l.label = $4::text) end`,
    params: [which.version ?? null, label],
  })
  const prompt = direct ?? (await getPrompt(session, projectId, name))
  const version = which.version ?? versionOf(prompt, which)
  // Of a divided label it is only known now which version is meant.
  const row = direct?.version === version ? (direct as VersionRow) : await versionRow(session, prompt.id, version)
  if (!row) throw noVersion(name, version)
  return {
    prompt,
    version,
    hash: row.hash,
    content: readContent(row.content),
    message: row.message,
    createdAt: row.saved_at,
    createdBy: row.saved_by_name,
  }
}

async function versionRow(session: SqlSession, promptId: string, version: number): Promise<VersionRow | undefined> {
  const [row] = await session.query<VersionRow>(`select ${COLUMNS} from prompt_versions v where v.prompt_id = $1 and v.version = $2`, [
    promptId,
    version,
  ])
  return row
}

export const resolveVersion = (session: SqlSession, projectId: string, { prompt, version, content }: StoredVersion): Promise<Resolution> =>
  createResolver(session, projectId)(prompt.name, version, content)

/** What a label points to. */
function versionOf(prompt: StoredPrompt, { label = DEFAULT_LABEL, session }: Which): number {
  if (label === LATEST) return prompt.latest_version
  const found = prompt.labels.find((one) => one.label === label)
  if (!found) throw noLabel(prompt, label)
  const target = targetOf(found)
  return 'split' in target ? shareOf(target.split, { name: prompt.name, label }, session) : target.version
}

export async function shownVersion(
  session: SqlSession,
  projectId: string,
  name: string,
  which: Which,
  examples?: ExampleRows,
): Promise<PromptVersion> {
  if (which.version !== undefined && which.label !== undefined)
    throw new AppError('invalid-request', 'Send either `version` or `label`, not both.')
  const found = await readVersion(session, projectId, name, which)
  const { resolved, fragments } = await resolveVersion(session, projectId, found)
  return {
    version: found.version,
    hash: found.hash,
    message: found.message,
    createdAt: found.createdAt.toISOString(),
    createdBy: found.createdBy,
    labels: labelsOf(found.prompt, found.version),
    prompt: toRow(found.prompt),
    content: found.content,
    resolved: resolved && (await withExamples(resolved, examples, { session, projectId })).content,
    fragments,
  }
}

/** Newest first, without what they say. */
export async function listVersions(
  session: SqlSession,
  projectId: string,
  { name, limit, cursor }: { name: string; limit: number; cursor?: string | undefined },
): Promise<{ versions: PromptVersionRow[]; nextCursor?: string }> {
  const prompt = await getPrompt(session, projectId, name)
  if (cursor !== undefined && !/^\d{1,10}$/.test(cursor))
    throw new AppError('invalid-request', 'The cursor is not one that this list gave out.', { hint: 'Start again without `cursor`.' })
  const rows = await session.query<Omit<VersionRow, 'content'>>(
    `select v.version, v.hash, v.message, v.created_at as saved_at, ${actorName('v.created_by')} as saved_by_name from prompt_versions v
     where v.prompt_id = $1 and ($2::int is null or v.version < $2::int) order by v.version desc limit $3`,
    [prompt.id, cursor ?? null, limit + 1],
  )
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    versions: rows.slice(0, limit).map((row) => ({
      version: row.version,
      hash: row.hash,
      message: row.message,
      createdAt: row.saved_at.toISOString(),
      createdBy: row.saved_by_name,
      labels: labelsOf(prompt, row.version),
    })),
    ...(last && { nextCursor: String(last.version) }),
  }
}

/** Newest first, by place. */
export async function versionsOfPrompt(
  session: SqlSession,
  promptId: string,
  { limit, offset }: { limit: number; offset: number },
): Promise<{ version: number; hash: string; message: string; createdAt: Date }[]> {
  const rows = await session.query<{ version: number; hash: string; message: string; created_at: Date }>(
    'select version, hash, message, created_at from prompt_versions where prompt_id = $1 order by version desc limit $2 offset $3',
    [promptId, limit, offset],
  )
  return rows.map(({ created_at: createdAt, ...row }) => ({ ...row, createdAt }))
}

/** By its whole hash, or by a beginning of it that no other version has. */
export async function findByHash(session: SqlSession, promptId: string, start: string): Promise<number | undefined> {
  if (!/^[0-9a-f]{6,64}$/.test(start)) return undefined
  const rows = await session.query<{ version: number }>(
    'select version from prompt_versions where prompt_id = $1 and starts_with(hash, $2) limit 2',
    [promptId, start],
  )
  return rows.length === 1 ? rows[0]?.version : undefined
}
