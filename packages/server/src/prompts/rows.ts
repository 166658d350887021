import { AppError, type LabelProtection, type PromptLabel, type PromptRow, type PromptTarget, type PromptType } from '@signalbox/schema'
import { actorName } from '../lib/actor-name.ts'
import type { SqlSession } from '../store/ports.ts'

type LabelJson = {
  label: string
  version: number | null
  split: { version: number; weight: number }[] | null
  revision: number
  movedAt: string
  movedBy: string | null
  why: string
  needs: LabelProtection['needs'] | null
}
/** A prompt as it is kept. */
export type StoredPrompt = {
  id: string
  name: string
  type: PromptType
  description: string
  tags: string[]
  last_version: number
  latest_version: number
  version_count: number
  revision: number
  archived_at: Date | null
  created_at: Date
  updated_at: Date
  created_by_name: string | null
  labels: LabelJson[]
}

/** With its labels, so that one question is enough. `p` is the prompt. */
export const PROMPT_COLUMNS = `p.id, p.name, p.type, p.description, p.tags, p.last_version, p.latest_version, p.version_count, p.revision,
  p.archived_at, p.created_at, p.updated_at, ${actorName('p.created_by')} as created_by_name,
  (select coalesce(json_agg(json_build_object('label', l.label, 'version', l.version, 'split', l.split, 'revision', l.revision,
      'movedAt', to_char(l.moved_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'movedBy', ${actorName('l.moved_by')}, 'why', l.why,
      'needs', (select n.needs from prompt_protections n where n.project_id = p.project_id and n.label = l.label)) order by l.label), '[]')
    from prompt_labels l where l.prompt_id = p.id) as labels`

export const findPrompt = (session: SqlSession, projectId: string, name: string): Promise<StoredPrompt | undefined> =>
  findPromptAnd(session, projectId, name)

/** With more of the same question: `joins` and `columns` may use `$3` and following. */
export async function findPromptAnd<More>(
  session: SqlSession,
  projectId: string,
  name: string,
  more: { columns: string; joins: string; params: readonly unknown[] } = { columns: '', joins: '', params: [] },
): Promise<(StoredPrompt & More) | undefined> {
  // No database takes it, so there is none.
  if (name.includes('\0')) return undefined
  const [row] = await session.query<StoredPrompt & More>(
    `select ${PROMPT_COLUMNS}${more.columns && `, ${more.columns}`} from prompts p ${more.joins} where p.project_id = $1 and p.name = $2`,
    [projectId, name, ...more.params],
  )
  return row
}

export async function getPrompt(session: SqlSession, projectId: string, name: string): Promise<StoredPrompt> {
  const found = await findPrompt(session, projectId, name)
  if (!found)
    throw new AppError('not-found', `There is no prompt ${JSON.stringify(name)}.`, { hint: 'List them with GET /api/v1/prompts.' })
  return found
}

export const targetOf = ({ version, split }: Pick<LabelJson, 'version' | 'split'>): PromptTarget =>
  split ? { split } : { version: version ?? 0 }
export const versionsOf = (target: PromptTarget): number[] =>
  'split' in target ? target.split.map(({ version }) => version) : [target.version]
export const sameTarget = (a: PromptTarget, b: PromptTarget): boolean => JSON.stringify(a) === JSON.stringify(b)
/**
 * Joins to the prompt `p` the versions of it in use: the newest, those that labels point to and, with `pinned`, those that gateways asked
 * for by number. `offset 0` makes the database find each by its key; left to itself it reads the versions of all prompts, for it takes a
 * hundred names for many.
 */
export const versionsInUse = ({ pinned }: { pinned: boolean }): string => `cross join lateral (
    select p.latest_version as version
    union select l.version from prompt_labels l where l.prompt_id = p.id and l.version is not null
    union select (s.share ->> 'version')::int from prompt_labels l, jsonb_array_elements(l.split) as s (share) where l.prompt_id = p.id
    ${pinned ? 'union select n.version from prompt_pins n where n.prompt_id = p.id' : ''}
  ) as used cross join lateral (
    select * from prompt_versions at where at.prompt_id = p.id and at.version = used.version offset 0
  ) as v`
/** Which labels point to a version, in a fixed order. */
export const labelsOf = ({ labels, latest_version }: Pick<StoredPrompt, 'labels' | 'latest_version'>, version: number): string[] => [
  ...labels.filter((label) => versionsOf(targetOf(label)).includes(version)).map(({ label }) => label),
  ...(latest_version === version ? ['latest'] : []),
]
export const toLabel = ({ label, version, split, revision, movedAt, movedBy, why, needs }: LabelJson): PromptLabel => ({
  label,
  kind: split ? 'split' : needs ? 'protected' : 'plain',
  needs,
  version,
  split,
  revision,
  movedAt,
  movedBy,
  why,
})

export const toRow = (prompt: StoredPrompt): PromptRow => ({
  name: prompt.name,
  type: prompt.type,
  description: prompt.description,
  tags: prompt.tags,
  latestVersion: prompt.latest_version,
  versionCount: prompt.version_count,
  labels: prompt.labels.map(toLabel),
  createdAt: prompt.created_at.toISOString(),
  updatedAt: prompt.updated_at.toISOString(),
  createdBy: prompt.created_by_name,
  archivedAt: prompt.archived_at?.toISOString() ?? null,
})
