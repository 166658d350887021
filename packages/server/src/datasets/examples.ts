import type { PickedExample, PromptExamples } from '@signalbox/schema'
import type { SqlSession } from '../store/ports.ts'
import { readContent } from './rows.ts'

/** Of rows from which those that resemble a question are chosen, and of their texts together: every edge has them in memory. */
const POOL = 200
const MOST_CHARACTERS = 256_000

type Wanted = Exclude<PromptExamples, readonly unknown[]>

/**
 * Rows of the newest version of a dataset as examples for a prompt, always the same ones until the dataset changes. Rows that nobody gave an
 * answer are left out, and the holdout is never shown. Undefined where there is no such dataset.
 */
export async function pickExamples(
  session: SqlSession,
  projectId: string,
  { dataset, select, k, tag, split }: Wanted,
): Promise<{ rows: PickedExample[]; stamp: string } | undefined> {
  const [found] = await session.query<{ id: string; version: number }>(
    'select id, version from datasets where project_id = $1 and name = $2',
    [projectId, dataset],
  )
  if (!found) return undefined
  const rows = await session.query<{ content: string }>(
    `select i.content from dataset_items i where i.dataset_id = $1 and i.to_version is null and i.split is distinct from 'holdout'
       and ($2::text is null or i.tags ? $2) and ($3::text is null or i.split = $3) and i.content like '%"expected":%'
     order by ${select === 'random' ? 'i.hash, i.item_id' : 'i.position'} limit ${POOL}`,
    [found.id, tag ?? null, split ?? null],
  )
  const picked: PickedExample[] = []
  let characters = 0
  for (const row of rows) {
    const { input, expected } = readContent(row.content)
    if (expected === undefined) continue
    const example = { input: textOf(input), output: textOf(expected) }
    characters += example.input.length + example.output.length
    if (characters > MOST_CHARACTERS) break
    picked.push(example)
    if (select !== 'similar' && picked.length === k) break
  }
  return { rows: picked, stamp: stampOf(found) }
}

/** What these datasets are now: where that is something else, examples are picked again. */
export async function stampsOfDatasets(session: SqlSession, projectId: string, names: readonly string[]): Promise<Map<string, string>> {
  const rows = await session.query<{ name: string; id: string; version: number }>(
    'select name, id, version from datasets where project_id = $1 and name = any($2::text[])',
    [projectId, names],
  )
  return new Map(rows.map((row) => [row.name, stampOf(row)]))
}

/** Another dataset of the same name is another one. */
const stampOf = ({ id, version }: { id: string; version: number }): string => `${id}@${version}`

/** A text as it is, messages by the last thing a user said, an object with one text by that; all else as JSON. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) {
    const last = value.findLast((message) => message?.role === 'user')?.content
    if (typeof last === 'string') return last
  } else if (value !== null && typeof value === 'object') {
    const [only, ...more] = Object.values(value)
    if (typeof only === 'string' && more.length === 0) return only
  }
  return JSON.stringify(value)
}
