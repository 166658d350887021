import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { DatasetItemContent } from '@signalbox/schema'
import { textOf } from '../../evaluators/row.ts'
import type { Sql } from '../../store/ports.ts'
import { Notes } from '../data/cases.ts'
import { openRows } from '../data/rows.ts'
import type { CaseSource, EvalCase } from '../plan.ts'

/** What of an item stands with its experiment. */
export type CaseContent = Pick<DatasetItemContent, 'input'> & Partial<Pick<DatasetItemContent, 'expected' | 'context' | 'metadata'>>
type ItemRow = { place: number; item_id: string; content: string; split: string | null; tags: string[]; cluster: string | null }

const PAGE = 1000

async function* itemsOf(sql: Pick<Sql, 'query'>, id: string, columns: string): AsyncGenerator<ItemRow> {
  for (let after = -1; ; ) {
    const page = await sql.query<ItemRow>(
      `select ${columns} from experiment_items where experiment_id = $1 and place > $2 order by place limit ${PAGE}`,
      [id, after],
    )
    yield* page
    if (page.length < PAGE) return
    after = page.at(-1)?.place ?? after
  }
}

/** The items of an experiment by their number: written into a file first, so that there may be more of them than memory. */
export async function fileCases(
  sql: Pick<Sql, 'query'>,
  { id, hash, folder }: { id: string; hash: string; folder: string },
): Promise<CaseSource> {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${id}.items.jsonl`)
  const fd = openSync(file, 'w')
  try {
    let text = ''
    for await (const { item_id, content, split, tags, cluster } of itemsOf(sql, id, 'place, item_id, content, split, tags, cluster')) {
      text += `${JSON.stringify({ id: item_id, content: JSON.parse(content), split, tags, cluster })}\n`
      if (text.length > 1 << 20) {
        writeAll(fd, text)
        text = ''
      }
    }
    writeAll(fd, text)
  } finally {
    closeSync(fd)
  }
  const notes = new Notes()
  const rows = openRows(file, 'jsonl', {
    idOf: (row) => row.id as string,
    keep: (row, _, index) => {
      notes.add(index, { tags: row.tags as string[], cluster: (row.cluster as string | null) ?? undefined })
      return true
    },
  })
  return {
    count: rows.count,
    hash,
    idAt: rows.idAt,
    clusterAt: notes.clusterAt,
    tagsAt: notes.tagsAt,
    at: (index) => caseOf(rows.at(index) as unknown as Written),
    close() {
      rows.close()
      rmSync(file, { force: true })
    },
  }
}

/** What reports need of items: everything but what they say. */
export async function plainCases(sql: Pick<Sql, 'query'>, { id, hash }: { id: string; hash: string }): Promise<CaseSource> {
  const notes = new Notes()
  const ids: string[] = []
  for await (const { place, item_id, tags, cluster } of itemsOf(sql, id, 'place, item_id, tags, cluster')) {
    ids[place] = item_id
    notes.add(place, { tags, cluster: cluster ?? undefined })
  }
  return {
    count: ids.length,
    hash,
    idAt: (index) => ids[index] ?? '',
    clusterAt: notes.clusterAt,
    tagsAt: notes.tagsAt,
    at: (index) => ({ id: ids[index] ?? '', vars: {}, tags: notes.tagsAt(index), cluster: notes.clusterAt(index), row: {} }),
    close() {},
  }
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
}

type Written = { id: string; content: CaseContent; split: string | null; tags: string[]; cluster: string | null }

/** Fields of the input go by their own names in templates, besides `input`, `expected`, `context` and `metadata`. */
export function caseOf({ id, content, split, tags, cluster }: Written): EvalCase {
  const { input, expected, context, metadata = {} } = content
  const fields = typeof input === 'object' && input !== null && !Array.isArray(input) ? input : {}
  const vars = {
    id,
    tags,
    metadata,
    ...(split !== null && { split }),
    ...(expected !== undefined && { expected }),
    ...(context !== undefined && { context }),
    ...fields,
    input,
  }
  return {
    id,
    vars,
    tags,
    cluster: cluster ?? undefined,
    row: {
      vars,
      input,
      metadata,
      ...(expected !== undefined && { expected }),
      ...(context !== undefined && { context: Array.isArray(context) ? context.map(textOf) : textOf(context) }),
      ...(isConversation(input) && { messages: input }),
    },
  }
}

export const isConversation = (input: unknown): input is { role: string }[] =>
  Array.isArray(input) && input.length > 0 && input.every((one) => typeof one === 'object' && one !== null && typeof one.role === 'string')
