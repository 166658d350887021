import { AppError, DatasetItemContent, DatasetItemId, type ImportFormat, type Parsed } from '@signalbox/schema'
import type { NewItem } from '../write-items.ts'
import type { Placed } from './placed.ts'
import { isRow, READERS } from './read-rows.ts'

type Wanted = Pick<Parsed<'datasets.import'>, 'format' | 'text' | 'fields' | 'split' | 'tags'>
type Field = 'id' | 'input' | 'expected' | 'context' | 'tags' | 'split'

/** What a field of ours is called elsewhere, best first. */
const NAMES: Record<Field, readonly string[]> = {
  id: ['id'],
  input: ['input', 'question', 'query', 'prompt', 'messages'],
  expected: ['expected', 'ideal', 'expected_output', 'reference', 'answer', 'output'],
  context: ['context', 'contexts', 'retrieved_contexts'],
  tags: ['tags'],
  split: ['split'],
}
const MOST_ROWS = 100_000

/** The rows of a file as items. What is wrong with one of them is an error that names it, and then none is taken. */
export async function importItems({ format, text, fields = {}, split, tags }: Wanted): Promise<{ items: NewItem[]; columns: string[] }> {
  const rows = await READERS[format](text)
  if (rows.length === 0)
    throw new AppError('invalid-request', 'There are no rows in the file.', { hint: 'Is it of the format that was named?' })
  if (rows.length > MOST_ROWS)
    throw new AppError('payload-too-large', `The file has ${rows.length} rows; ${MOST_ROWS} can be read at once.`, { hint: 'Divide it.' })
  const columns = [...new Set(rows.slice(0, 100).flatMap(({ row }) => Object.keys(row)))].slice(0, 500)
  return { items: rows.map((placed) => toItem(placed, { fields, split, tags, format, columns })), columns }
}

type About = { fields: NonNullable<Wanted['fields']>; split: Wanted['split']; tags: string[]; format: ImportFormat; columns: string[] }

/** Fields that mean nothing to us are kept as metadata. */
function toItem({ row, place }: Placed, { fields, split, tags, format, columns }: About): NewItem {
  const used = new Set<string>(isRow(row.metadata) ? ['metadata'] : [])
  const take = (field: Field): unknown => {
    const named = fields[field]
    if (named !== undefined && field === 'input' && !Object.hasOwn(row, named))
      throw new AppError('invalid-request', `${place} has no ${JSON.stringify(named)}.`, {
        hint: `It has ${namesOf(row)}.`,
        data: { columns },
      })
    const name = named ?? NAMES[field].find((one) => Object.hasOwn(row, one))
    if (name === undefined || !Object.hasOwn(row, name)) return undefined
    used.add(name)
    const value = row[name]
    return value === null || (value === '' && field !== 'input') ? undefined : value
  }
  const input = take('input')
  if (input === undefined)
    throw new AppError('invalid-request', `${place} has no input.`, {
      hint: `Say where it stands with fields: { "input": "…" }. There is ${namesOf(row)}.`,
      data: { columns },
    })
  const [id, expected, context, ownTags, ownSplit = split] = (['id', 'expected', 'context', 'tags', 'split'] as const).map(take)
  const rest = Object.fromEntries(Object.entries(row).filter(([name, value]) => !used.has(name) && value !== undefined && value !== ''))
  const content = DatasetItemContent.safeParse({
    input,
    ...(expected !== undefined && { expected }),
    ...(context !== undefined && { context }),
    metadata: { ...rest, ...(isRow(row.metadata) ? row.metadata : {}) },
    tags: [...new Set([...listOf(ownTags), ...tags])],
    ...(ownSplit !== undefined && { split: ownSplit }),
  })
  if (!content.success) {
    const [issue] = content.error.issues
    throw new AppError('invalid-request', `${place}: ${issue?.path.join('.') || 'it'}: ${issue?.message}.`)
  }
  const known = id === undefined ? undefined : DatasetItemId.safeParse(String(id))
  if (known && !known.success) throw new AppError('invalid-request', `${place}: its id must have 1 to 200 characters.`)
  return { id: known?.data, content: content.data, source: { kind: 'import', format } }
}

const namesOf = (row: Record<string, unknown>): string => Object.keys(row).join(', ') || 'nothing'

function listOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value.map(String) : typeof value === 'string' ? value.split(/[,;]/) : []
  return list.map((one) => one.trim()).filter(Boolean)
}
