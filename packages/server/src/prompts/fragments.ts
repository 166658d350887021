import {
  FRAGMENT_DEPTH,
  type FragmentRef,
  fillFragments,
  fragmentsIn,
  type PromptContent,
  type PromptFragment,
  writePromptRef,
} from '@signalbox/schema'
import type { SqlSession } from '../store/ports.ts'
import { readContent } from './content.ts'
import { versionsInUse } from './rows.ts'

/** The longest text that a version may become with its fragments: what nests a few levels can grow very fast. */
const MOST_CHARACTERS = 1_000_000

export type Resolution = { resolved: PromptContent | null; fragments: PromptFragment[]; problems: string[] }
type Node = { content: PromptContent | null; version: number | null; problem: string | null }

/** Fills in fragments as they are in the database now. What one of them says is read once, however often it is included. */
export function createResolver(session: SqlSession, projectId: string) {
  const known = new Map<string, Node>()

  async function load(refs: readonly FragmentRef[]): Promise<void> {
    const missing = refs.filter((ref) => !known.has(writePromptRef(ref)))
    if (missing.length === 0) return
    const rows = await session.query<{ at: number; name: string | null; version: number | null; content: string | null; split: unknown }>(
      `select r.at, p.name, v.version, v.content, l.split
       from json_to_recordset($2::text::json) as r (at int, name text, label text, version int)
       left join prompts p on p.project_id = $1 and p.name = r.name
       left join prompt_labels l on l.prompt_id = p.id and l.label = r.label
       left join prompt_versions v on v.prompt_id = p.id
         and v.version = case when r.label = 'latest' then p.latest_version when r.label is not null then l.version else r.version end`,
      [projectId, JSON.stringify(missing.map((ref, at) => ({ at, ...ref })))],
    )
    for (const { at, name, version, content, split } of rows) {
      const ref = missing[at] as FragmentRef
      known.set(writePromptRef(ref), nodeOf(ref, { name, version, content, split }))
    }
  }

  return async function resolve(name: string, version: number, content: PromptContent): Promise<Resolution> {
    const fragments = new Map<string, PromptFragment>()
    const problems: string[] = []
    const { refs, broken } = fragmentsIn(content)
    for (const { tag, problem } of broken) problems.push(`${tag}: ${problem}`)
    if (refs.length === 0) return { resolved: problems.length > 0 ? null : content, fragments: [], problems }
    let level: readonly FragmentRef[] = refs
    // One level deeper than is allowed, so that what is too deep can be said.
    for (let depth = 0; depth <= FRAGMENT_DEPTH && level.length > 0; depth++) {
      await load(level)
      level = level.flatMap((ref) => {
        const { content: inner } = known.get(writePromptRef(ref)) as Node
        return inner ? fragmentsIn(inner).refs : []
      })
    }

    const filled = new Map<string, { text: string; height: number }>()
    const tooLong = () => void problems.push(`With its fragments it is longer than ${MOST_CHARACTERS} characters.`)
    /** The text of a fragment and how many levels it has itself. */
    const fill = (ref: FragmentRef, path: readonly string[]): { text: string; height: number } => {
      const key = writePromptRef(ref)
      const node = known.get(key)
      const exact = `${ref.name}@${node?.version}`
      const already = filled.get(key)
      const problem = problemOf(node, { ref, exact, path, engine: content.engine, height: already?.height ?? 1 })
      if (!fragments.has(key) || problem) {
        const inner = node?.content ? fragmentsIn(node.content).refs.map(writePromptRef) : []
        fragments.set(key, {
          name: ref.name,
          label: 'label' in ref ? ref.label : null,
          version: node?.version ?? null,
          problem,
          fragments: inner,
        })
      }
      if (problem || !node?.content) {
        if (problem) problems.push(problem)
        return { text: '', height: 1 }
      }
      if (already) return already
      const done = whole(node.content, [...path, exact])
      const one = { text: done.content.text ?? '', height: done.height + 1 }
      filled.set(key, one)
      return one
    }
    const whole = (one: PromptContent, path: readonly string[]): { content: PromptContent; height: number } => {
      let [length, height] = [0, 0]
      const done = fillFragments(one, (ref) => {
        if (length > MOST_CHARACTERS) return ''
        const inner = fill(ref, path)
        length += inner.text.length
        height = Math.max(height, inner.height)
        if (length <= MOST_CHARACTERS) return inner.text
        tooLong()
        return ''
      })
      return { content: done, height }
    }
    const { content: resolved } = whole(content, [`${name}@${version}`])
    return { resolved: problems.length > 0 ? null : resolved, fragments: [...fragments.values()], problems: [...new Set(problems)] }
  }
}

function nodeOf(ref: FragmentRef, row: { name: string | null; version: number | null; content: string | null; split: unknown }): Node {
  const nothing = (problem: string): Node => ({ content: null, version: null, problem })
  if (row.name === null) return nothing(`there is no prompt ${JSON.stringify(ref.name)}`)
  if (row.split) return nothing(`it is divided between versions, and a fragment needs one`)
  if (row.content === null || row.version === null)
    return nothing(
      'label' in ref
        ? `${JSON.stringify(ref.name)} has no label ${ref.label}`
        : `${JSON.stringify(ref.name)} has no version ${ref.version}`,
    )
  const content = readContent(row.content)
  if (content.type !== 'text') return { content: null, version: row.version, problem: 'it is a chat prompt, and a fragment must be text' }
  return { content, version: row.version, problem: null }
}

function problemOf(
  node: Node | undefined,
  { ref, exact, path, engine, height }: { ref: FragmentRef; exact: string; path: readonly string[]; engine: string; height: number },
): string | null {
  const tag = `The fragment ${writePromptRef(ref)}`
  // The text of the path is checked first: whoever is in it has been loaded.
  if (node?.version != null && path.includes(exact)) return `${tag} includes itself: ${[...path, exact].join(' → ')}.`
  if (path.length + height - 1 > FRAGMENT_DEPTH || !node) return `${tag} stands deeper than ${FRAGMENT_DEPTH} levels: ${path.join(' → ')}.`
  if (node.problem) return `${tag} cannot be used: ${node.problem}.`
  if (node.content && node.content.engine !== engine)
    return `${tag} is written for ${node.content.engine}, and what includes it for ${engine}.`
  return null
}

type Live = { id: string; name: string; version: number; content: string }
/** The versions in use that include one of these prompts, also through others. A version that was asked for by number may break. */
export async function liveIncluding(
  session: SqlSession,
  projectId: string,
  names: readonly string[],
  { pinned = false } = {},
): Promise<Live[]> {
  // In two steps: nearly always nobody includes them, and then the versions are not looked at.
  const including = await session.query<{ name: string }>(
    `with recursive reached (name, includes) as (
       select unnest($2::text[]) collate "C", false
       union
       select p.name, true from reached r join prompt_includes i on i.project_id = $1 and i.fragment = r.name join prompts p on p.id = i.prompt_id
     )
     select distinct name from reached where includes`,
    [projectId, names],
  )
  if (including.length === 0) return []
  return await session.query<Live>(
    `select p.id, p.name, v.version, v.content from prompts p ${versionsInUse({ pinned })}
     where p.project_id = $1 and p.name = any($2::text[])
       and exists (select 1 from prompt_includes i where i.prompt_id = p.id and i.version = v.version)
     order by p.name, v.version`,
    [projectId, including.map(({ name }) => name)],
  )
}
