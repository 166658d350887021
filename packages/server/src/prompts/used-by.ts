import type { PromptUse } from '@signalbox/schema'
import type { SqlSession } from '../store/ports.ts'
import { labelsOf, type StoredPrompt } from './rows.ts'

/** One use, and which version of the prompt it finds: null where there is none any more. */
type Found = { use: PromptUse; found: number | null }
type Row = {
  name: string
  version: number
  latest_version: number
  labels: StoredPrompt['labels']
  fragment_label: string | null
  fragment_version: number | null
  found: number | null
}

/** The versions with labels that include a prompt directly. Older ones keep what they say, but nobody gets them without asking for them. */
export async function usesOf(session: SqlSession, projectId: string, name: string): Promise<Found[]> {
  const rows = await session.query<Row>(
    `select p.name, i.version, p.latest_version, i.fragment_label, i.fragment_version,
       (select coalesce(json_agg(json_build_object('label', l.label, 'version', l.version, 'split', l.split) order by l.label), '[]')
         from prompt_labels l where l.prompt_id = p.id) as labels,
       (select v.version from prompts f join prompt_versions v on v.prompt_id = f.id
         where f.project_id = $1 and f.name = $2 and v.version = case when i.fragment_label = 'latest' then f.latest_version
           when i.fragment_label is not null then (select l.version from prompt_labels l where l.prompt_id = f.id and l.label = i.fragment_label)
           else i.fragment_version end) as found
     from prompt_includes i join prompts p on p.id = i.prompt_id
     where i.project_id = $1 and i.fragment = $2 and p.name <> $2
     order by p.name, i.version desc`,
    [projectId, name],
  )
  return rows.flatMap((row) => {
    const labels = labelsOf(row, row.version)
    if (labels.length === 0) return []
    const through = `${name}@${row.fragment_label ?? row.fragment_version}`
    return [{ use: { prompt: row.name, version: row.version, labels, through }, found: row.found }]
  })
}

/** Likewise through others. `which` narrows the first step: what includes this version of the prompt. */
export async function allUsesOf(
  session: SqlSession,
  projectId: string,
  name: string,
  which?: (found: number | null, through: string) => boolean,
): Promise<PromptUse[]> {
  const uses: PromptUse[] = []
  const seen = new Set<string>([name])
  let level = [name]
  while (level.length > 0) {
    const next: string[] = []
    for (const one of level) {
      for (const { use, found } of await usesOf(session, projectId, one)) {
        if (one === name && which && !which(found, use.through)) continue
        uses.push(use)
        if (!seen.has(use.prompt)) next.push(use.prompt)
        seen.add(use.prompt)
      }
    }
    level = next
  }
  return uses
}
