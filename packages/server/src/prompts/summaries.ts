import type { PromptType } from '@signalbox/schema'
import type { SqlSession } from '../store/ports.ts'
import { readContent } from './content.ts'

export type Summary = {
  name: string
  type: PromptType
  versions: number[]
  labels: string[]
  tags: string[]
  updatedAt: Date
  config: unknown
}
type Wanted = {
  name?: string | undefined
  label?: string | undefined
  tag?: string | undefined
  version?: number | undefined
  updatedFrom?: string | undefined
  updatedTo?: string | undefined
  limit: number
  offset: number
}

/** Prompts by name, each with all its versions: as other tools list them. */
export async function summaries(session: SqlSession, projectId: string, wanted: Wanted): Promise<{ items: Summary[]; total: number }> {
  const { name, label, tag, version, updatedFrom, updatedTo, limit, offset } = wanted
  // No database takes it, so there is none.
  if ([name, label, tag].some((text) => text?.includes('\0'))) return { items: [], total: 0 }
  const filter = `p.project_id = $1 and p.archived_at is null and ($2::text is null or p.name = $2)
    and ($3::text is null or $3 = 'latest' or exists (select 1 from prompt_labels l where l.prompt_id = p.id and l.label = $3))
    and ($4::text is null or p.tags ? $4)
    and ($5::int is null or exists (select 1 from prompt_versions v where v.prompt_id = p.id and v.version = $5))
    and ($6::timestamptz is null or p.updated_at >= $6) and ($7::timestamptz is null or p.updated_at < $7)`
  const given = [projectId, name ?? null, label ?? null, tag ?? null, version ?? null, updatedFrom ?? null, updatedTo ?? null]
  const rows = await session.query<Omit<Summary, 'updatedAt' | 'config'> & { updated_at: Date; content: string }>(
    `select p.name, p.type, p.tags, p.updated_at,
       (select json_agg(v.version order by v.version) from prompt_versions v where v.prompt_id = p.id) as versions,
       (select coalesce(json_agg(l.label order by l.label), '[]') from prompt_labels l where l.prompt_id = p.id) as labels,
       (select v.content from prompt_versions v where v.prompt_id = p.id and v.version = p.latest_version) as content
     from prompts p where ${filter} order by p.name limit $8 offset $9`,
    [...given, limit, offset],
  )
  const [total] = await session.query<{ count: number }>(`select count(*) as count from prompts p where ${filter}`, given)
  return {
    items: rows.map(({ updated_at: updatedAt, content, labels, ...row }) => ({
      ...row,
      labels: [...labels, 'latest'],
      updatedAt,
      config: readContent(content).config,
    })),
    total: total?.count ?? 0,
  }
}
