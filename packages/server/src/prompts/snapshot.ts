import type { PromptContent, PromptTarget, SnapshotPrompt } from '@signalbox/schema'
import type { Sql } from '../store/ports.ts'
import { readContent } from './content.ts'
import { createResolver, liveIncluding } from './fragments.ts'
import { type StoredPrompt, targetOf } from './rows.ts'

type OfProject = {
  revision: number
  prompts: Map<string, { revision: number; value: SnapshotPrompt }>
  record: Record<string, SnapshotPrompt>
}
type LiveRow = {
  name: string
  latest_version: number
  revision: number
  labels: StoredPrompt['labels']
  version: number
  hash: string
  content: string
}

/** How many prompts are read at once: what they say is in memory then. */
const AT_ONCE = 500

/**
 * What edges are given of prompts: where labels point, and what those versions say with fragments filled in. Kept from one snapshot to the
 * next: only prompts that were written since, and those that include one of them, are read again.
 */
export function createPromptSnapshots({ sql, warn }: { sql: Sql; warn: (details: object, what: string) => void }) {
  const known = new Map<string, OfProject>()

  async function ofProject(projectId: string, revision: number): Promise<Record<string, SnapshotPrompt>> {
    const before = known.get(projectId)
    if (before?.revision === revision) return before.record
    const all = await sql.query<{ name: string; revision: number }>(
      'select name, revision from prompts where project_id = $1 order by name',
      [projectId],
    )
    const kept = before?.prompts ?? new Map<string, { revision: number; value: SnapshotPrompt }>()
    const there = new Set(all.map(({ name }) => name))
    const gone = [...kept.keys()].filter((name) => !there.has(name))
    const written = all.filter(({ name, revision: of }) => kept.get(name)?.revision !== of).map(({ name }) => name)
    const including = kept.size === 0 ? [] : (await liveIncluding(sql, projectId, [...written, ...gone])).map(({ name }) => name)
    const wanted = [...new Set([...written, ...including])]
    const prompts = new Map(kept)
    for (const name of gone) prompts.delete(name)
    for (let at = 0; at < wanted.length; at += AT_ONCE)
      for (const [name, read] of await readPrompts(projectId, wanted.slice(at, at + AT_ONCE))) prompts.set(name, read)
    const record = Object.fromEntries([...prompts].map(([name, { value }]) => [name, value]))
    known.set(projectId, { revision, prompts, record })
    return record
  }

  async function readPrompts(
    projectId: string,
    names: readonly string[],
  ): Promise<Map<string, { revision: number; value: SnapshotPrompt }>> {
    const rows = await sql.query<LiveRow>(
      `select p.name, p.latest_version, p.revision, v.version, v.hash, v.content,
         (select coalesce(json_agg(json_build_object('label', l.label, 'version', l.version, 'split', l.split) order by l.label), '[]')
           from prompt_labels l where l.prompt_id = p.id) as labels
       from prompts p join prompt_versions v on v.prompt_id = p.id
       where p.project_id = $1 and p.name = any($2::text[])
         and (v.version = p.latest_version or exists (select 1 from prompt_labels l where l.prompt_id = p.id and (l.version = v.version
           or l.split @> jsonb_build_array(jsonb_build_object('version', v.version)))))`,
      [projectId, names],
    )
    const resolve = createResolver(sql, projectId)
    const read = new Map<string, { revision: number; value: SnapshotPrompt }>()
    for (const { name, latest_version: latest, revision, labels, version, hash, content } of rows) {
      const { resolved, problems } = await resolve(name, version, readContent(content))
      const one = read.get(name) ?? { revision, value: { labels: labelTargets(labels, latest), versions: {} } }
      read.set(name, one)
      if (resolved) one.value.versions[version] = { hash, content: atEdges(resolved) }
      else warn({ project: projectId, prompt: name, version, problems }, 'a version in use cannot be given to edges')
    }
    return read
  }

  return {
    async ofAll(projectIds: readonly string[]): Promise<Record<string, Record<string, SnapshotPrompt>>> {
      const revisions = await sql.query<{ project_id: string; revision: number }>('select project_id, revision from prompt_revisions')
      const wanted = new Set(projectIds)
      for (const id of known.keys()) if (!wanted.has(id)) known.delete(id)
      const found: Record<string, Record<string, SnapshotPrompt>> = {}
      for (const { project_id: id, revision } of revisions) {
        if (!wanted.has(id)) continue
        const prompts = await ofProject(id, revision)
        if (Object.keys(prompts).length > 0) found[id] = prompts
      }
      return found
    },
  }
}

const labelTargets = (labels: StoredPrompt['labels'], latest: number): Record<string, PromptTarget> => ({
  ...Object.fromEntries(labels.map((label) => [label.label, targetOf(label)])),
  latest: { version: latest },
})

/** Without what nobody reads there: what other tools keep with it, and how it is tested. */
function atEdges({ config: _config, manifest: _manifest, tests: _tests, ...content }: PromptContent): PromptContent {
  return content
}
