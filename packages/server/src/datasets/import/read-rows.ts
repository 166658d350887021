import { AppError, type ImportFormat } from '@signalbox/schema'
import { jsonCell } from '../../lib/json-cell.ts'
import { csvTable } from '../../lib/read-csv.ts'
import { readYaml } from '../../lib/yaml/yaml.ts'
import type { Placed, Row } from './placed.ts'
import { readParquet } from './read-parquet.ts'

/** Each format to its rows. Samples of OpenAI Evals are JSON lines with `input` and `ideal`. */
export const READERS: Record<ImportFormat, (text: string) => Placed[] | Promise<Placed[]>> = {
  jsonl: readLines,
  json: (text) => asRows(parseJson(text.replace(/^\uFEFF/, ''), 'The file'), 'Row'),
  csv: readCsv,
  parquet: readParquet,
  'openai-evals': readLines,
  promptfoo: readPromptfoo,
}

export const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value)

function readLines(text: string): Placed[] {
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .flatMap((line, at) => {
      if (line.trim() === '') return []
      const place = `Line ${at + 1}`
      const row = parseJson(line, place)
      if (!isRow(row)) throw new AppError('invalid-request', `${place} is not an object.`, { hint: 'Write one JSON object per line.' })
      return [{ row, place }]
    })
}

function readCsv(text: string): Placed[] {
  const { cells, open } = csvTable(text)
  if (open)
    throw new AppError('invalid-request', 'The file ends inside double quotes.', { hint: 'Close them, or write "" for one inside a cell.' })
  const [header = [], ...records] = cells
  return records.map((record, at) => {
    const place = `Record ${at + 2}`
    if (record.length > header.length)
      throw new AppError('invalid-request', `${place} has ${record.length} cells, and the first line names ${header.length}.`, {
        hint: 'Put a cell with a comma in it into double quotes.',
      })
    const named = record.map((cell, column) => [header[column]?.trim() ?? '', jsonCell(cell)] as const)
    return { row: Object.fromEntries(named.filter(([name]) => name !== '')), place }
  })
}

/**
 * The tests of a `promptfooconfig.yaml`, or a list of tests: what `vars` holds is the input. An assertion that an answer equals or contains
 * something says what is expected; all assertions are kept in the metadata.
 */
function readPromptfoo(text: string): Placed[] {
  const { value, problems } = readYaml(text, null)
  const [problem] = problems
  if (problem) throw new AppError('invalid-request', `The file is no YAML: line ${problem.line}: ${problem.message}`)
  const tests = isRow(value) ? value.tests : value
  if (!Array.isArray(tests))
    throw new AppError('invalid-request', 'There is no list of tests in the file.', {
      hint: 'Where `tests` names another file, import that one.',
    })
  return asRows(tests, 'Test').map(({ row, place }) => {
    if (!isRow(row.vars)) throw new AppError('invalid-request', `${place} has no vars.`, { hint: 'They become the input of the item.' })
    const assertions = Array.isArray(row.assert) ? row.assert : []
    const told = assertions.find((one): one is Row => isRow(one) && ['equals', 'contains', 'icontains'].includes(String(one.type)))
    const metadata = {
      ...(isRow(row.metadata) ? row.metadata : {}),
      ...(typeof row.description === 'string' && { description: row.description }),
      ...(assertions.length > 0 && { assert: assertions }),
    }
    return { place, row: { input: row.vars, ...(told?.value !== undefined && { expected: told.value }), metadata } }
  })
}

function asRows(value: unknown, what: string): Placed[] {
  if (!Array.isArray(value)) throw new AppError('invalid-request', 'The file is not a list of rows.', { hint: 'Write [ { … }, { … } ].' })
  return value.map((row, at) => {
    if (!isRow(row)) throw new AppError('invalid-request', `${what} ${at + 1} is not an object.`)
    return { row, place: `${what} ${at + 1}` }
  })
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('invalid-request', `${what} is not JSON: ${(cause as Error).message}`, { cause })
  }
}
