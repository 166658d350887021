import { isAbsolute, join } from 'node:path'
import { AppError } from '@signalbox/schema/errors'
import type { DatasetFilter, EvalFile } from '@signalbox/schema/experiment'
import { textOf } from '../../evaluators/row.ts'
import { jsonCell } from '../../lib/json-cell.ts'
import type { CaseSource, EvalCase } from '../plan.ts'
import { formatOf, inlineRows, openRows, type Row, type Rows, type RowsOptions } from './rows.ts'

/** Fields of a row that mean something; all others are only for templates. */
const EXPECTED = ['expected', 'ideal', 'reference', 'answer'] as const

/** Opens the dataset of `signalbox.eval.yaml`. Its rows are `{ id?, input?, expected?, context?, metadata?, tags?, split?, cluster?, … }`. */
export function openDataset(dataset: EvalFile['dataset'], folder: string): CaseSource {
  const filter = typeof dataset === 'object' && !Array.isArray(dataset) ? dataset.filter : undefined
  const notes = new Notes()
  const options: RowsOptions = {
    idOf: ({ id }) => (typeof id === 'string' || typeof id === 'number' ? String(id) : undefined),
    cell: (name, text) =>
      name === 'tags'
        ? text
            .split(/[,;]/)
            .map((tag) => tag.trim())
            .filter(Boolean)
        : jsonCell(text),
    keep: (row, id, index) => {
      if (filter && !passes(filter, { row, id, index })) return false
      notes.add(index, { tags: tagsOf(row), cluster: clusterOf(row) })
      return true
    },
  }
  if (Array.isArray(dataset)) return casesOf(inlineRows(dataset, 'dataset', options), notes)
  const { file, format } = typeof dataset === 'string' ? { file: dataset, format: undefined } : dataset
  const known = format ?? formatOf(file)
  if (!known)
    throw new AppError('invalid-request', `Nothing says what is in ${file}.`, {
      hint: 'Name it .jsonl, .csv or .json, or write { file, format }.',
    })
  return casesOf(openRows(isAbsolute(file) ? file : join(folder, file), known, options), notes)
}

function passes(filter: DatasetFilter, { row, id, index }: { row: Row; id: string; index: number }): boolean {
  const { first, split, ids, tags } = filter
  if (first !== undefined && index >= first) return false
  if (split !== undefined && row.split !== split) return false
  if (ids !== undefined && !ids.includes(id)) return false
  return tags === undefined || tags.every((tag) => tagsOf(row).includes(tag))
}

/** What reports ask of rows again and again; most rows have none of it. */
export class Notes {
  readonly #tags = new Map<number, readonly string[]>()
  readonly #clusters = new Map<number, string>()

  add(index: number, { tags, cluster }: { tags: readonly string[]; cluster: string | undefined }): void {
    if (tags.length > 0) this.#tags.set(index, tags)
    if (cluster !== undefined) this.#clusters.set(index, cluster)
  }

  clusterAt = (index: number): string | undefined => this.#clusters.get(index)
  tagsAt = (index: number): readonly string[] => this.#tags.get(index) ?? NO_TAGS
}
const NO_TAGS: readonly string[] = []

const casesOf = (rows: Rows, { clusterAt, tagsAt }: Notes): CaseSource => ({
  count: rows.count,
  hash: rows.hash,
  idAt: rows.idAt,
  clusterAt,
  tagsAt,
  close: rows.close,
  at: (index) => caseOf(rows.at(index), rows.idAt(index)),
})

function caseOf(row: Row, id: string): EvalCase {
  const { input, context, metadata, messages, references } = row
  const expected = EXPECTED.map((name) => row[name]).find((value) => value !== undefined)
  return {
    id,
    vars: row,
    tags: tagsOf(row),
    cluster: clusterOf(row),
    row: {
      vars: row,
      ...(input !== undefined && { input }),
      ...(expected !== undefined && { expected }),
      ...(Array.isArray(references) && { references: references.map(textOf) }),
      ...(context !== undefined && context !== null && { context: Array.isArray(context) ? context.map(textOf) : textOf(context) }),
      ...(Array.isArray(messages) && { messages: messages as { role: string }[] }),
      ...(typeof metadata === 'object' && metadata !== null && { metadata: metadata as Record<string, unknown> }),
    },
  }
}

const clusterOf = ({ cluster }: Row): string | undefined => (cluster === undefined || cluster === null ? undefined : textOf(cluster))

const tagsOf = ({ tags }: Row): readonly string[] =>
  Array.isArray(tags) ? tags.map(String) : typeof tags === 'string' ? tags.split(/[,;]/).map((tag) => tag.trim()) : []
