import type { DatasetItem } from '@signalbox/schema'
import { csvLine } from '../lib/csv.ts'
import { Streamed } from '../lib/streamed.ts'
import type { Sql } from '../store/ports.ts'
import { listItems } from './list.ts'
import type { StoredDataset } from './rows.ts'

const PAGE = 500
const FIELDS = ['id', 'input', 'expected', 'context', 'tags', 'split', 'metadata'] as const
const TYPES = { jsonl: 'application/x-ndjson', csv: 'text/csv; charset=utf-8', parquet: 'application/vnd.apache.parquet' } as const

type Wanted = { version: number; format: keyof typeof TYPES; open: boolean }

/** The items of a version as a file that can be imported again. Sealed ones are left out unless the holdout is open. */
export function exportItems(sql: Sql, dataset: StoredDataset, { format, ...wanted }: Wanted): Streamed {
  const pieces = { jsonl, csv, parquet }[format](itemsOf(sql, dataset, wanted))
  const name = dataset.name.replace(/[^\p{L}\p{N}._-]+/gu, '-')
  return new Streamed(pieces, { contentType: TYPES[format], fileName: `${name}-v${wanted.version}.${format}` })
}

async function* itemsOf(sql: Sql, dataset: StoredDataset, { version, open }: Omit<Wanted, 'format'>): AsyncGenerator<DatasetItem[]> {
  for (let cursor: string | undefined; ; ) {
    const page = await listItems(sql, dataset, { version, open, limit: PAGE, cursor })
    yield page.items.filter(({ content }) => content !== null)
    cursor = page.nextCursor
    if (cursor === undefined) return
  }
}

async function* jsonl(pages: AsyncGenerator<DatasetItem[]>): AsyncGenerator<Uint8Array> {
  for await (const items of pages) yield Buffer.from(items.map(({ id, content }) => `${JSON.stringify({ id, ...content })}\n`).join(''))
}

async function* csv(pages: AsyncGenerator<DatasetItem[]>): AsyncGenerator<Uint8Array> {
  yield Buffer.from(csvLine(FIELDS))
  for await (const items of pages)
    yield Buffer.from(
      items
        .map(({ id, content }) => {
          const { input, expected, context, tags = [], split, metadata } = content ?? {}
          return csvLine([id, input, expected, context, tags.join(';'), split, JSON.stringify(metadata ?? {})])
        })
        .join(''),
    )
}

/** The end of a Parquet file says where everything is, so it is made whole. Whatever is no text is JSON. */
async function* parquet(pages: AsyncGenerator<DatasetItem[]>): AsyncGenerator<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer')
  const columns: Record<(typeof FIELDS)[number], (string | null)[]> = {
    id: [],
    input: [],
    expected: [],
    context: [],
    tags: [],
    split: [],
    metadata: [],
  }
  for await (const items of pages)
    for (const { id, content } of items) {
      const { input, expected, context, tags = [], split, metadata } = content ?? {}
      const row = { id, input, expected, context, tags: tags.join(';'), split, metadata: metadata ?? {} }
      for (const name of FIELDS) columns[name].push(text(row[name]))
    }
  const bytes = parquetWriteBuffer({ columnData: FIELDS.map((name) => ({ name, data: columns[name], type: 'STRING', nullable: true })) })
  yield new Uint8Array(bytes)
}

const text = (value: unknown): string | null =>
  value === undefined || value === null ? null : typeof value === 'string' ? value : JSON.stringify(value)
