import type { Sql } from '../../store/ports.ts'
import { readContent } from '../content.ts'
import { type StoredPrompt, targetOf } from '../rows.ts'
import { KnownTexts } from './known-texts.ts'

/** Where the labels of a prompt point, without `latest`. */
export type LabelOf = { label: string; versions: number[]; movedAt: number }
/** What is registered in a project: the texts of its versions, and the labels of its prompts. */
export type Registered = { revision: number; texts: KnownTexts; labels: ReadonlyMap<string, LabelOf[]> }

/** More would take long to look through. Those that labels point to come first, then the newest. */
const MOST_VERSIONS = 2000
const LONGEST = 100_000

export async function readRegistered(sql: Sql, projectId: string, revision: number): Promise<Registered> {
  const labels = new Map<string, LabelOf[]>()
  const rows = await sql.query<{
    name: string
    label: string
    version: number | null
    split: StoredPrompt['labels'][number]['split']
    moved_at: Date
  }>(
    'select p.name, l.label, l.version, l.split, l.moved_at from prompts p join prompt_labels l on l.prompt_id = p.id where p.project_id = $1',
    [projectId],
  )
  for (const { name, label, moved_at: movedAt, version, split } of rows) {
    const target = targetOf({ label, version, split } as StoredPrompt['labels'][number])
    const versions = 'version' in target ? [target.version] : target.split.map((share) => share.version)
    labels.set(name, [...(labels.get(name) ?? []), { label, versions, movedAt: movedAt.getTime() }])
  }
  const versions = await sql.query<{ name: string; version: number; content: string }>(
    `select p.name, v.version, v.content from prompts p join prompt_versions v on v.prompt_id = p.id
     where p.project_id = $1 and length(v.content) <= ${LONGEST}
     order by exists (select 1 from prompt_labels l where l.prompt_id = p.id and l.version = v.version) desc, v.created_at desc limit ${MOST_VERSIONS}`,
    [projectId],
  )
  const texts = new KnownTexts()
  for (const { name: prompt, version, content } of versions) texts.add({ prompt, version }, readContent(content))
  return { revision, texts, labels }
}

/** The label that a version should have been left for: it points to newer ones, and has done so for a while. */
export function leftFor(labels: readonly LabelOf[], version: number, before: number): (LabelOf & { version: number }) | undefined {
  if (labels.some(({ versions }) => versions.includes(version))) return undefined
  const newer = labels.filter(({ versions, movedAt }) => movedAt <= before && Math.min(...versions) > version)
  const found = newer.find(({ label }) => label === 'production') ?? newer[0]
  return found && { ...found, version: Math.max(...found.versions) }
}
