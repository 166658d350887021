import { AppError, type Output, type Parsed } from '@signalbox/schema'
import type { SqlSession } from '../store/ports.ts'
import { PROMPT_COLUMNS, type StoredPrompt, toRow } from './rows.ts'

/** More than a tree or a choice can show. */
const MOST_GROUPS = 1000

type Wanted = Parsed<'prompts.list'>

/** By name. With a folder only what is directly in it, and the folders in it. */
export async function listPrompts(session: SqlSession, projectId: string, wanted: Wanted): Promise<Output<'prompts.list'>> {
  const { folder, search = null, tag = null, label = null, type = null, archived, limit, cursor } = wanted
  const prefix = folder === undefined ? null : folder === '' ? '' : `${folder.replace(/\/+$/, '')}/`
  const after = cursor === undefined ? null : nameOfCursor(cursor)
  const filter = `p.project_id = $1 and (p.archived_at is not null) = $2
    and ($3::text is null or strpos(lower(p.name collate "default"), lower($3)) > 0 or strpos(lower(p.description), lower($3)) > 0
      or strpos(lower(p.tags::text), lower($3)) > 0)
    and ($4::text is null or p.tags ? $4)
    and ($5::text is null or $5 = 'latest' or exists (select 1 from prompt_labels l where l.prompt_id = p.id and l.label = $5))
    and ($6::text is null or p.type = $6)`
  const given = [projectId, archived === 'true', search, tag, label, type]
  const here = `${filter} and ($7::text is null or (starts_with(p.name, $7) and strpos(substr(p.name, length($7) + 1), '/') = 0))`
  const rows = await session.query<StoredPrompt>(
    `select ${PROMPT_COLUMNS} from prompts p where ${here} and ($8::text is null or p.name > $8) order by p.name limit $9`,
    [...given, prefix, after, limit + 1],
  )
  const folders =
    prefix === null
      ? []
      : await session.query<{ part: string; count: number }>(
          `select split_part(substr(p.name, length($7) + 1), '/', 1) as part, count(*) as count from prompts p
           where ${filter} and starts_with(p.name, $7) and strpos(substr(p.name, length($7) + 1), '/') > 0
           group by 1 order by 1 limit ${MOST_GROUPS}`,
          [...given, prefix],
        )
  const tags = await session.query<{ tag: string }>(
    `select distinct t.tag from prompts p, jsonb_array_elements_text(p.tags) as t (tag) where p.project_id = $1 and p.tags <> '[]' order by 1 limit ${MOST_GROUPS}`,
    [projectId],
  )
  const [total] = await session.query<{ count: number }>(`select count(*) as count from prompts p where ${here}`, [...given, prefix])
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    prompts: rows.slice(0, limit).map(toRow),
    folders: folders.map(({ part, count }) => ({ name: `${prefix}${part}`, count })),
    tags: tags.map(({ tag: one }) => one),
    total: total?.count ?? 0,
    ...(last && { nextCursor: Buffer.from(last.name).toString('base64url') }),
  }
}

function nameOfCursor(cursor: string): string {
  const name = Buffer.from(cursor, 'base64url').toString('utf8')
  if (name === '' || name.includes('\uFFFD') || name.includes('\0'))
    throw new AppError('invalid-request', 'The cursor is not one that this list gave out.', { hint: 'Start again without `cursor`.' })
  return name
}
