import { readFileSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import type { DatasetChange, DatasetItem, ImportFormat } from '@signalbox/schema'
import { AppError } from '@signalbox/schema/errors'
import { csvLine } from '../lib/csv.ts'
import { type ConnectionOptions, connect } from './connection.ts'
import { printJson, printTable } from './print.ts'
import { writeWhole } from './write-whole.ts'

/** How many items are asked for at once. */
const PAGE = 500
const FORMAT_OF: Record<string, ImportFormat> = {
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  json: 'json',
  csv: 'csv',
  parquet: 'parquet',
  yaml: 'promptfoo',
  yml: 'promptfoo',
}
const FIELDS = ['id', 'input', 'expected', 'context', 'tags', 'split'] as const
type Field = (typeof FIELDS)[number]

export async function listDatasets({ search, ...options }: ConnectionOptions & { search?: string }): Promise<number> {
  const { client } = connect(options)
  const datasets = []
  for (let cursor: string | undefined; ; ) {
    const page = await client.datasets.list({ limit: PAGE, ...(search && { search }), ...(cursor && { cursor }) })
    datasets.push(...page.datasets)
    cursor = page.nextCursor
    if (cursor === undefined) break
  }
  if (options.json) printJson({ datasets })
  else
    printTable(
      datasets.map(({ name, version, itemCount, updatedAt, description }) => ({
        dataset: name,
        version: `${version}`,
        items: `${itemCount}`,
        changed: updatedAt,
        description,
      })),
      ['dataset', 'version', 'items', 'changed', 'description'],
    )
  return 0
}

export async function showDataset(name: string, options: ConnectionOptions): Promise<number> {
  const { client } = connect(options)
  const found = await client.datasets.get({ name })
  const { versions } = await client.datasets.versions({ name, limit: 10 })
  if (options.json) {
    printJson({ ...found, versions })
    return 0
  }
  const { dataset, splits, tags } = found
  const counts = (all: typeof splits) => all.map(({ value, count }) => `${value || 'none'} ${count}`).join(', ') || 'none'
  console.log(`${dataset.name}, version ${dataset.version}, ${dataset.itemCount} items\nsplits: ${counts(splits)}\ntags: ${counts(tags)}\n`)
  printTable(
    versions.map((one) => ({
      version: `${one.version}`,
      made: one.createdAt,
      by: one.createdBy ?? '',
      added: `${one.added}`,
      changed: `${one.changed}`,
      removed: `${one.removed}`,
      message: one.message,
    })),
    ['version', 'made', 'by', 'added', 'changed', 'removed', 'message'],
  )
  return 0
}

export async function createDataset(
  name: string,
  { description, ...options }: ConnectionOptions & { description?: string },
): Promise<number> {
  const dataset = await connect(options).client.datasets.create({ name, ...(description && { description }) })
  if (options.json) printJson(dataset)
  else console.log(`Made ${dataset.name}. Fill it with: signalbox dataset import ${JSON.stringify(dataset.name)} FILE`)
  return 0
}

type ImportOptions = ConnectionOptions & {
  format?: ImportFormat
  field?: string[]
  split?: 'train' | 'validation' | 'test' | 'holdout'
  tag?: string[]
  replace?: boolean
  skipDuplicates?: boolean
  message?: string
  dryRun?: boolean
}

export async function importDataset(name: string, file: string, options: ImportOptions): Promise<number> {
  const format = options.format ?? FORMAT_OF[file.split('.').at(-1)?.toLowerCase() ?? '']
  if (!format)
    throw new AppError('invalid-request', `Nothing says what is in ${file}.`, {
      hint: 'Name it with --format jsonl, json, csv, parquet, openai-evals or promptfoo.',
    })
  const fields = fieldsOf(options.field ?? [])
  const bytes = file === '-' ? await buffer(process.stdin) : read(file)
  const content = bytes.toString(format === 'parquet' ? 'base64' : 'utf8')
  const { client } = connect(options)
  const change = await client.datasets.import({
    name,
    format,
    text: content,
    fields,
    tags: options.tag ?? [],
    create: true,
    replace: options.replace ?? false,
    dryRun: options.dryRun ?? false,
    duplicates: options.skipDuplicates ? 'skip' : 'add',
    message: options.message ?? '',
    ...(options.split && { split: options.split }),
  })
  if (options.json) printJson(change)
  else console.log(`${options.dryRun ? 'Would be' : 'Is'} version ${change.version}: ${inWords(change)}.`)
  return 0
}

export async function exportDataset(
  name: string,
  options: ConnectionOptions & { version?: string; format: 'jsonl' | 'csv' | 'parquet'; unseal?: string; output?: string },
): Promise<number> {
  if (options.format === 'parquet') return (await import('./dataset-filling.ts')).exportFile(name, options)
  const { client } = connect(options)
  const wanted = options.version === undefined ? undefined : wholeNumber(options.version)
  const { sealed } = await writeWhole(options.output, async (write) => {
    let hidden = 0
    if (options.format === 'csv') await write(csvLine([...FIELDS, 'metadata']))
    let version = wanted
    for (let cursor: string | undefined; ; ) {
      const page = await client.datasets.items({
        name,
        limit: PAGE,
        ...(version !== undefined && { version }),
        ...(cursor && { cursor }),
        ...(options.unseal && { unseal: options.unseal }),
      })
      // The version of the first page is that of all.
      version = page.version
      for (const item of page.items) {
        if (item.content) await write(options.format === 'csv' ? toCsv(item) : `${JSON.stringify({ id: item.id, ...item.content })}\n`)
        else hidden++
      }
      cursor = page.nextCursor
      if (cursor === undefined || version === 0) return { sealed: hidden }
    }
  })
  if (sealed > 0) console.error(`${sealed} items of the holdout are not in it; --unseal WHY opens them.`)
  return 0
}

export async function diffDataset(name: string, from: string, to: string | undefined, options: ConnectionOptions): Promise<number> {
  const { client } = connect(options)
  const until = to === undefined ? (await client.datasets.get({ name })).version : wholeNumber(to)
  const changes = []
  for (let cursor: string | undefined; ; ) {
    const page = await client.datasets.diff({ name, from: wholeNumber(from), to: until, limit: PAGE, ...(cursor && { cursor }) })
    changes.push(...page.changes)
    cursor = page.nextCursor
    if (cursor === undefined) break
  }
  if (options.json) printJson({ from: wholeNumber(from), to: until, changes })
  else for (const { id, kind } of changes) console.log(`${{ added: '+', changed: '~', removed: '-' }[kind]} ${id}`)
  return changes.length > 0 ? 1 : 0
}

export async function restoreDataset(name: string, version: string, options: ConnectionOptions): Promise<number> {
  const change = await connect(options).client.datasets.restore({ name, version: wholeNumber(version) })
  if (options.json) printJson(change)
  else console.log(`Is version ${change.version}: ${inWords(change)}.`)
  return 0
}

function fieldsOf(given: readonly string[]): Partial<Record<Field, string>> {
  return Object.fromEntries(
    given.map((one) => {
      const [ours = '', theirs = ''] = one.split(/=(.*)/s)
      if (!FIELDS.includes(ours as Field) || theirs === '')
        throw new AppError('invalid-request', `--field ${one} says nothing.`, {
          hint: `Write OURS=THEIRS, where OURS is one of ${FIELDS.join(', ')}.`,
        })
      return [ours, theirs]
    }),
  )
}

function read(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new AppError('invalid-request', `${file} cannot be read (${(cause as NodeJS.ErrnoException).code}).`, { cause })
  }
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new AppError('invalid-request', `${JSON.stringify(text)} is no version.`, { hint: 'A version is a whole number.' })
  return Number(text)
}

const inWords = ({ added, changed, removed, unchanged, skipped, duplicates }: DatasetChange): string =>
  [
    `${added} added`,
    `${changed} changed`,
    `${removed} removed`,
    `${unchanged} as they were`,
    ...(skipped > 0 ? [`${skipped} left out as duplicates`] : duplicates.length > 0 ? [`${duplicates.length} resemble others`] : []),
  ].join(', ')

function toCsv({ id, content }: DatasetItem): string {
  const { input, expected, context, metadata, tags = [], split } = content ?? {}
  return csvLine([id, input, expected, context, tags.join(';'), split, JSON.stringify(metadata ?? {})])
}
