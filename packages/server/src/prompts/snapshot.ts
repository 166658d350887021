import type { PromptContent, PromptTarget, SnapshotPrompt } from '@signalbox/schema'
import type { Sql } from '../store/ports.ts'
import { readContent } from './content.ts'
import { type ExampleRows, withExamples } from './examples.ts'
import { createResolver, liveIncluding } from './fragments.ts'
import { type StoredPrompt, targetOf, versionsInUse } from './rows.ts'

type Read = { revision: number; value: SnapshotPrompt; datasets: Map<string, string | undefined> }
type OfProject = {
  revision: number
  prompts: Map<string, Read>
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
export function createPromptSnapshots({
  sql,
  examples,
  warn,
}: {
  sql: Sql
  examples?: ExampleRows
  warn: (details: object, what: string) => void
}) {
  const known = new Map<string, OfProject>()

  async function ofProject(projectId: string, revision: number): Promise<Record<string, SnapshotPrompt>> {
    const before = known.get(projectId)
    const picking = before ? await namesWithOtherRows(projectId, before) : []
    if (before?.revision === revision && picking.length === 0) return before.record
    const all = await sql.query<{ name: string; revision: number }>(
      'select name, revision from prompts where project_id = $1 order by name',
      [projectId],
    )
    const kept = before?.prompts ?? new Map<string, Read>()
    const there = new Set(all.map(({ name }) => name))
    const gone = [...kept.keys()].filter((name) => !there.has(name))
    const written = all.filter(({ name, revision: of }) => kept.get(name)?.revision !== of).map(({ name }) => name)
    const including =
      kept.size === 0 ? [] : (await liveIncluding(sql, projectId, [...written, ...gone], { pinned: true })).map(({ name }) => name)
    const wanted = [...new Set([...written, ...including, ...picking])].filter((name) => there.has(name))
    const prompts = new Map(kept)
    for (const name of gone) prompts.delete(name)
    for (let at = 0; at < wanted.length; at += AT_ONCE)
      for (const [name, read] of await readPrompts(projectId, wanted.slice(at, at + AT_ONCE))) prompts.set(name, read)
    const record = Object.fromEntries([...prompts].map(([name, { value }]) => [name, value]))
    known.set(projectId, { revision, prompts, record })
    return record
  }

  /** Prompts that show rows of a dataset that is not what it was. */
  async function namesWithOtherRows(projectId: string, { prompts }: OfProject): Promise<string[]> {
    const showing = [...prompts].filter(([, { datasets }]) => datasets.size > 0)
    if (showing.length === 0 || !examples) return []
    const stamps = await examples.stamps(sql, projectId, [...new Set(showing.flatMap(([, { datasets }]) => [...datasets.keys()]))])
    return showing.filter(([, { datasets }]) => [...datasets].some(([name, stamp]) => stamps.get(name) !== stamp)).map(([name]) => name)
  }

  async function readPrompts(projectId: string, names: readonly string[]): Promise<Map<string, Read>> {
    const rows = await sql.query<LiveRow>(
      `select p.name, p.latest_version, p.revision, v.version, v.hash, v.content,
         (select coalesce(json_agg(json_build_object('label', l.label, 'version', l.version, 'split', l.split) order by l.label), '[]')
           from prompt_labels l where l.prompt_id = p.id) as labels
       from prompts p ${versionsInUse({ pinned: true })}
       where p.project_id = $1 and p.name = any($2::text[])`,
      [projectId, names],
    )
    const resolve = createResolver(sql, projectId)
    const read = new Map<string, Read>()
    for (const { name, latest_version: latest, revision, labels, version, hash, content } of rows) {
      const { resolved, problems } = await resolve(name, version, readContent(content))
      const one: Read = read.get(name) ?? { revision, value: { labels: labelTargets(labels, latest), versions: {} }, datasets: new Map() }
      read.set(name, one)
      if (resolved) {
        const { content: whole, from } = await withExamples(resolved, examples, { session: sql, projectId })
        if (from) one.datasets.set(from.dataset, from.stamp)
        one.value.versions[version] = { hash, content: atEdges(whole) }
      } else warn({ project: projectId, prompt: name, version, problems }, 'a version in use cannot be given to edges')
    }
    return read
  }

  return {
    ofPrompt: async (projectId: string, name: string): Promise<SnapshotPrompt | undefined> =>
      (await readPrompts(projectId, [name])).get(name)?.value,
    async hasOtherRows(): Promise<boolean> {
      for (const [projectId, of] of known) if ((await namesWithOtherRows(projectId, of)).length > 0) return true
      return false
    },
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
