import type { Filter, FilterOp, SearchIn } from '@signalbox/schema'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { valuesQuery } from '../../data/queries.ts'
import { useKeyNames } from '../../data/use-key-names.ts'
import { useView } from '../../data/view.ts'
import { fieldTitle, fieldType, readValue } from '../../lib/filter-search.ts'
import { formatCount } from '../../lib/format-number.ts'
import { beginsAField, operatorChoices, PREFIXES, quickFilter, suggestFields, thumbFilters } from './quick-filter.ts'

/** A filter on its way: first a field, then an operator, then a value or several. */
export type Draft = { field?: string; op?: FilterOp; picked: string[] }
export type Suggestion = { key: string; label: string; hint?: string; group: string; checked?: boolean; run: () => void }
type Input = { onFilter: (filter: Filter) => void; onSearch?: (text: string, where?: SearchIn) => void; searchIn?: SearchIn }

/** Of which the server lists the values that are really there. */
const COMPLETED: ReadonlySet<string> = new Set(['string', 'strings'])

/** What the filter bar holds, what it suggests next, and what each suggestion does. */
export function useFilterDraft({ onFilter, onSearch, searchIn }: Input) {
  const { project, range, rangeKey } = useView()
  const [draft, setDraft] = useState<Draft>({ picked: [] })
  const [text, setText] = useState('')
  const { field, op, picked } = draft
  const search = useDeferredValue(text.trim())
  const completes = field !== undefined && op !== undefined && COMPLETED.has(fieldType(field))
  const keyName = useKeyNames()
  /** Keys are shown and found by name, which only the list of keys knows. */
  const isKey = field === 'keyId'
  const values = useQuery({
    ...valuesQuery({ project, field: field ?? 'name', search: isKey ? '' : search, range, rangeKey }),
    enabled: completes && !PREFIXES.includes(field),
    placeholderData: keepPreviousData,
  })

  const begin = (next: Draft) => {
    setDraft(next)
    setText('')
  }
  const reset = () => begin({ picked: [] })
  const commit = (filter: Filter) => {
    onFilter(filter)
    reset()
  }
  const commitText = (value: string) => {
    if (!field || !op) return
    if (op === 'in') setDraft({ ...draft, picked: picked.includes(value) ? picked.filter((one) => one !== value) : [...picked, value] })
    else commit({ field, op, value: readValue(field, op, value) } as Filter)
    setText('')
  }

  const suggestions: Suggestion[] =
    field === undefined
      ? fieldSuggestions({
          text,
          onQuick: commit,
          onField: (name) => (PREFIXES.includes(name) ? setText(name) : begin({ field: name, picked: [] })),
          content: searchIn !== undefined,
          ...(onSearch && {
            onSearch: (where) => {
              onSearch(text.trim(), where)
              reset()
            },
          }),
        })
      : op === undefined
        ? operatorChoices(field, text).map((choice) => ({
            key: choice.title,
            label: choice.title,
            group: fieldTitle(field),
            run: () =>
              choice.op === 'exists'
                ? commit({ field, op: 'exists', ...(choice.value === false && { value: false }) })
                : begin({ field, op: choice.op, picked: [] }),
          }))
        : valueSuggestions({
            field,
            op,
            text,
            picked,
            values: completes ? (values.data ?? []) : [],
            nameOf: isKey ? keyName : (value) => value,
            onValue: commitText,
            onDone: () => commit({ field, op, value: picked }),
          })

  return { draft, text, setText, suggestions, reset, begin, loading: completes && values.isFetching }
}

type FieldInput = {
  text: string
  /** Inputs and outputs can be searched, too. */
  content: boolean
  onQuick: (filter: Filter) => void
  onField: (name: string) => void
  onSearch?: (where: SearchIn) => void
}
function fieldSuggestions({ text, content, onQuick, onField, onSearch }: FieldInput): Suggestion[] {
  const quick = quickFilter(text)
  const fields = suggestFields(text).map((name) => ({
    key: name,
    label: PREFIXES.includes(name) ? `${name}${name === 'score.' ? 'NAME' : 'KEY'}` : fieldTitle(name),
    hint: name,
    group: 'Fields',
    run: () => onField(name),
  }))
  const typed = text.trim()
  const search = typed && onSearch ? [{ key: 'search', label: `Search for “${typed}”`, group: 'Text', run: () => onSearch('preview') }] : []
  if (/[\p{L}\p{N}]/u.test(typed) && content && onSearch)
    search.push({ key: 'content', label: `Search inputs and outputs for “${typed}”`, group: 'Text', run: () => onSearch('content') })
  const thumbs = thumbFilters(text).map(({ title, filter }) => ({
    key: title,
    label: title,
    hint: 'filter',
    group: 'Filter',
    run: () => onQuick(filter),
  }))
  if (thumbs.length > 0) return [...thumbs, ...search]
  if (quick) return [{ key: 'quick', label: text.trim(), hint: 'filter', group: 'Filter', run: () => onQuick(quick) }, ...search]
  return beginsAField(text) ? [...fields, ...search] : [...search, ...fields]
}

type ValueInput = {
  field: string
  op: FilterOp
  text: string
  picked: string[]
  values: { value: string; count: number }[]
  nameOf: (value: string) => string
  onValue: (value: string) => void
  onDone: () => void
}
function valueSuggestions({ field, op, text, picked, values, nameOf, onValue, onDone }: ValueInput): Suggestion[] {
  const typed = text.trim()
  const type = fieldType(field)
  const known = type === 'boolean' ? ['true', 'false'].map((value) => ({ value, count: 0 })) : values
  const shown = known.filter(({ value }) => `${nameOf(value)} ${value}`.toLowerCase().includes(typed.toLowerCase()))
  const valid = type === 'number' ? typed !== '' && Number.isFinite(Number(typed)) : type !== 'time' || !Number.isNaN(Date.parse(typed))
  const own = typed && valid && type !== 'boolean' && !shown.some(({ value }) => value === typed) ? [typed] : []
  return [
    ...(op === 'in' && picked.length > 0 && !typed
      ? [{ key: ' done', label: `Done: ${picked.map(nameOf).join(', ')}`, group: 'Values', run: onDone }]
      : []),
    ...own.map((value) => ({ key: ` ${value}`, label: value, hint: 'as typed', group: 'Values', run: () => onValue(value) })),
    ...shown.map(({ value, count }) => ({
      key: value,
      label: nameOf(value),
      ...(count > 0 && { hint: formatCount(count) }),
      group: 'Values',
      ...(op === 'in' && { checked: picked.includes(value) }),
      run: () => onValue(value),
    })),
  ]
}
