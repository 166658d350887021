import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { canonicalJson } from '@signalbox/schema/canonical-json'
import { AppError } from '@signalbox/schema/errors'
import { CsvRecords, csvCells } from '../../lib/read-csv.ts'
import { lineAt, linesOf, readAt } from './lines.ts'

export type Row = Record<string, unknown>

/** The rows of a dataset by their number. In memory are the places of the rows and their ids, not the rows. */
export type Rows = {
  count: number
  /** SHA-256 of the rows that were kept, in their order. */
  hash: string
  at(index: number): Row
  idAt(index: number): string
  close(): void
}

export type RowsOptions = {
  /** Rows that are to be left out say false; `index` counts rows that were kept. */
  keep?: ((row: Row, id: string, index: number) => boolean) | undefined
  /** What a cell of CSV becomes; text by default. */
  cell?: ((name: string, text: string) => unknown) | undefined
  /** Of a row to its id, where it has one. */
  idOf?: ((row: Row) => string | undefined) | undefined
}

export type RowsFormat = 'jsonl' | 'csv' | 'json'

/** What a name ends in says what is in the file. */
export const formatOf = (file: string): RowsFormat | undefined =>
  file.endsWith('.jsonl') || file.endsWith('.ndjson')
    ? 'jsonl'
    : file.endsWith('.csv')
      ? 'csv'
      : file.endsWith('.json')
        ? 'json'
        : undefined

/** Reads through a file once: what is wrong with a row is an error with its line, before anything is paid for. */
export function openRows(file: string, format: RowsFormat, options: RowsOptions = {}): Rows {
  if (format === 'json') return inlineRows(jsonRows(file), file, options)
  let fd: number
  try {
    fd = openSync(file, 'r')
  } catch (cause) {
    throw unreadable(file, cause)
  }
  try {
    return format === 'csv' ? csvRows(fd, file, options) : jsonLines(fd, file, options)
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** Rows that stand in the configuration itself. */
export function inlineRows(rows: readonly unknown[], where: string, options: RowsOptions = {}): Rows {
  const book = new Book(options)
  const kept = rows.filter((row, index) => {
    if (!isRow(row))
      throw new AppError('invalid-request', `${where}: row ${index + 1} is not an object.`, {
        hint: 'Write each row as { input: …, expected: … }.',
      })
    return book.add(row, index)
  }) as Row[]
  return { ...book.done(where), at: (index) => kept[index] as Row, close: () => {} }
}

function jsonLines(fd: number, file: string, options: RowsOptions): Rows {
  const book = new Book(options)
  let line = 0
  for (const { bytes, offset } of linesOf(fd)) {
    line++
    if (isBlank(bytes)) continue
    book.add(parse(bytes, file, line), offset)
  }
  return { ...book.done(file), at: (index) => JSON.parse(textOf(lineAt(fd, book.place(index)))) as Row, close: () => closeSync(fd) }
}

function csvRows(fd: number, file: string, options: RowsOptions): Rows {
  const book = new Book(options)
  const records = new CsvRecords()
  const ends = new Places()
  let header: string[] | undefined
  const rowOf = (bytes: Buffer): Row => {
    const cells = csvCells(bytes)
    const row: Row = {}
    for (const [at, name] of (header ?? []).entries()) {
      const text = cells[at]
      if (text !== undefined && name !== '') row[name] = options.cell ? options.cell(name, text) : text
    }
    return row
  }
  let number = 0
  const take = (from: number, to: number) => {
    const bytes = readAt(fd, from, to - from)
    number++
    if (isBlank(bytes)) return
    if (!header) {
      header = csvCells(bytes).map((name, at) => (at === 0 ? name.replace(/^\uFEFF/, '') : name).trim())
      return
    }
    const cells = csvCells(bytes).length
    if (cells > header.length)
      throw new AppError('invalid-request', `${file}: record ${number} has ${cells} cells, and the first line names ${header.length}.`, {
        hint: 'Put a cell with a comma in it into double quotes.',
      })
    if (book.add(rowOf(bytes), from)) ends.push(to)
  }
  const chunk = Buffer.allocUnsafe(1 << 18)
  for (let at = 0; ; ) {
    const read = readSync(fd, chunk, 0, chunk.length, at)
    if (read === 0) break
    at += read
    records.push(chunk.subarray(0, read), take)
  }
  if (records.end(take).open)
    throw new AppError('invalid-request', `${file} ends inside double quotes.`, { hint: 'Close them, or write "" for one inside a cell.' })
  return {
    ...book.done(file),
    at: (index) => rowOf(readAt(fd, book.place(index), ends.at(index) - book.place(index))),
    close: () => closeSync(fd),
  }
}

/** Ids, places and the hash of what is kept. */
class Book {
  readonly #options: RowsOptions
  readonly #hash = createHash('sha256')
  readonly #places = new Places()
  readonly #ids: string[] = []
  readonly #seen = new Set<string>()

  constructor(options: RowsOptions) {
    this.#options = options
  }

  add(row: Row, place: number): boolean {
    const text = canonicalJson(row)
    const named = this.#options.idOf?.(row)
    const content = named ?? createHash('sha256').update(text).digest('hex').slice(0, 16)
    let id = content
    for (let copy = 2; this.#seen.has(id); copy++) id = `${content}#${copy}`
    if (this.#options.keep && !this.#options.keep(row, id, this.#ids.length)) return false
    this.#seen.add(id)
    this.#ids.push(id)
    this.#places.push(place)
    this.#hash.update(text).update('\n')
    return true
  }

  place(index: number): number {
    return this.#places.at(index)
  }

  done(where: string): Pick<Rows, 'count' | 'hash' | 'idAt'> {
    if (this.#ids.length === 0)
      throw new AppError('invalid-request', `${where} has no rows${this.#options.keep ? ' that pass the filter' : ''}.`, {
        hint: 'Add at least one.',
      })
    const ids = this.#ids
    this.#seen.clear()
    return { count: ids.length, hash: this.#hash.digest('hex'), idAt: (index) => ids[index] ?? '' }
  }
}

/** Numbers up to 2^53, without an object for each. */
class Places {
  #values = new Float64Array(1024)
  #count = 0

  push(value: number): void {
    if (this.#count === this.#values.length) {
      const more = new Float64Array(this.#count * 2)
      more.set(this.#values)
      this.#values = more
    }
    this.#values[this.#count++] = value
  }

  at(index: number): number {
    return this.#values[index] ?? 0
  }
}

function jsonRows(file: string): unknown[] {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw (cause as NodeJS.ErrnoException).code
      ? unreadable(file, cause)
      : new AppError('invalid-request', `${file} is not JSON: ${(cause as Error).message}`)
  }
  if (!Array.isArray(value)) throw new AppError('invalid-request', `${file} is not a list of rows.`, { hint: 'Write [ { … }, { … } ].' })
  return value
}

const textOf = (bytes: Buffer): string => bytes.toString('utf8').replace(/^\uFEFF/, '')

function parse(bytes: Buffer, file: string, line: number): Row {
  let value: unknown
  try {
    value = JSON.parse(textOf(bytes))
  } catch (cause) {
    throw new AppError('invalid-request', `${file}:${line} is not JSON: ${(cause as Error).message}`, {
      hint: 'Write one JSON object per line.',
    })
  }
  if (!isRow(value)) throw new AppError('invalid-request', `${file}:${line} is not an object.`, { hint: 'Write one JSON object per line.' })
  return value
}

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value)

function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte !== 32 && byte !== 9 && byte !== 13) return false
  return true
}

const unreadable = (file: string, cause: unknown): AppError =>
  new AppError('invalid-request', `${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? cause}).`, {
    hint: 'Paths are relative to the file that names them.',
    cause,
  })
