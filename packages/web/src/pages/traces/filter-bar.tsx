import type { Filter, SearchIn } from '@signalbox/schema'
import { Check, ListFilter, Search, X } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useEffect, useId, useRef, useState } from 'react'
import { useKeyNames } from '../../data/use-key-names.ts'
import { classNames } from '../../lib/class-names.ts'
import { fieldTitle, fieldType, OPERATOR_TITLES } from '../../lib/filter-search.ts'
import { Kbd } from '../../ui/kbd.tsx'
import { describeFilter } from './quick-filter.ts'
import { type Suggestion, useFilterDraft } from './use-filter-draft.ts'

type Props = {
  filters: readonly Filter[]
  search?: string
  /** Where the text is searched for; a list that cannot search inputs and outputs leaves it out. */
  searchIn?: SearchIn
  onFilters: (filters: Filter[]) => void
  /** Absent where there is nothing to search in, only to filter. */
  onSearch?: (text: string, where?: SearchIn) => void
  input: RefObject<HTMLInputElement | null>
  label?: string
}

/** Filters as chips, and one box that completes field, operator and value from what is really there. */
export function FilterBar({ filters, search = '', searchIn, onFilters, onSearch, input, label = 'Filter or search traces' }: Props) {
  const id = useId()
  const [open, setOpen] = useState(false)
  const [active, setActive] = useState(0)
  const { draft, text, setText, suggestions, reset, begin, loading } = useFilterDraft({
    onFilter: (filter) => onFilters([...filters, filter]),
    ...(onSearch && { onSearch }),
    ...(searchIn && { searchIn }),
  })
  const at = Math.min(active, suggestions.length - 1)
  const list = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first suggestion is the likely one after every step.
  useEffect(() => setActive(0), [draft, text])
  useEffect(() => {
    list.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [at])

  const edit = (place: number) => {
    const filter = filters[place]
    if (!filter) return
    onFilters(filters.filter((_, other) => other !== place))
    begin({
      field: filter.field,
      ...(filter.op !== 'exists' && { op: filter.op }),
      picked: Array.isArray(filter.value) ? filter.value.map(String) : [],
    })
    if (filter.op !== 'exists' && !Array.isArray(filter.value)) setText(String(filter.value ?? ''))
    input.current?.focus()
    setOpen(true)
  }
  const back = () => {
    if (draft.op !== undefined && draft.field) begin({ field: draft.field, picked: [] })
    else if (draft.field !== undefined) reset()
    else if (search) onSearch?.('')
    else onFilters(filters.slice(0, -1))
  }
  const keys: Record<string, (event: KeyboardEvent) => void> = {
    arrowdown: () => (open ? setActive((at + 1) % Math.max(1, suggestions.length)) : setOpen(true)),
    arrowup: () => setActive((at - 1 + suggestions.length) % Math.max(1, suggestions.length)),
    enter: () => (open ? suggestions[at]?.run() : setOpen(true)),
    tab: (event) => {
      if (open && text && suggestions[at]) {
        event.preventDefault()
        suggestions[at]?.run()
      }
    },
    escape: () => {
      if (draft.field !== undefined || text) reset()
      else input.current?.blur()
      setOpen(false)
    },
  }

  return (
    <div className="relative min-w-0 flex-1">
      <div className="flex min-h-8 flex-wrap items-center gap-1 rounded-md border border-line-strong bg-surface-1 px-1.5 py-[3px] focus-within:border-accent focus-within:outline-2 focus-within:-outline-offset-1 focus-within:outline-accent">
        <ListFilter size={14} className="mx-1 text-faint" aria-hidden />
        {filters.map((filter, place) => (
          <FilterChip
            // biome-ignore lint/suspicious/noArrayIndexKey: two filters may be equal; their place tells them apart.
            key={place}
            filter={filter}
            onEdit={() => edit(place)}
            onRemove={() => onFilters(filters.filter((_, other) => other !== place))}
          />
        ))}
        {search && (
          <Chip
            label={searchIn === 'content' ? `Text in inputs and outputs ${search}` : `Text ${search}`}
            onEdit={() => {
              setText(search)
              onSearch?.('')
              input.current?.focus()
            }}
            onRemove={() => onSearch?.('')}
          >
            <Search size={12} className="text-faint" aria-hidden />{' '}
            {searchIn === 'content' && <span className="text-faint">in content</span>} “{search}”
          </Chip>
        )}
        {draft.field !== undefined && (
          <span className="pl-1 whitespace-nowrap text-soft">
            {fieldTitle(draft.field)} {draft.op && <span className="text-faint">{OPERATOR_TITLES[draft.op]}</span>}
          </span>
        )}
        <input
          ref={input}
          role="combobox"
          aria-label={label}
          aria-expanded={open}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={open && suggestions.length > 0 ? `${id}-${at}` : undefined}
          value={text}
          placeholder={placeholder(draft, filters.length > 0 || search !== '', onSearch !== undefined)}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setText(event.target.value)
            setOpen(true)
          }}
          onFocus={() => setOpen(true)}
          onClick={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={(event) => {
            if (event.key === 'Backspace' && text === '') return back()
            const handler = keys[event.key.toLowerCase()]
            if (!handler) return
            if (event.key !== 'Tab') event.preventDefault()
            handler(event)
          }}
          className="h-6 min-w-24 flex-1 bg-transparent px-1 outline-none placeholder:text-faint"
        />
        {(filters.length > 0 || search) && !open && (
          <button
            type="button"
            onClick={() => {
              onFilters([])
              onSearch?.('')
            }}
            className="rounded-sm px-1.5 text-sm text-faint hover:text-text"
          >
            Clear
          </button>
        )}
        {!open && filters.length === 0 && !search && onSearch && <Kbd>/</Kbd>}
      </div>
      {open && (
        <div
          ref={list}
          id={`${id}-list`}
          role="listbox"
          aria-label="Suggestions"
          data-open
          className="floating absolute top-full left-0 z-30 mt-1 max-h-80 w-[380px] max-w-full overflow-y-auto p-1"
        >
          {suggestions.map((suggestion, place) => (
            <Option
              key={suggestion.key}
              id={`${id}-${place}`}
              suggestion={suggestion}
              place={place}
              active={place === at}
              heading={suggestion.group !== suggestions[place - 1]?.group}
              onHover={() => setActive(place)}
            />
          ))}
          {suggestions.length === 0 && <p className="px-2 py-1.5 text-sm text-faint">{loading ? 'Looking…' : hintFor(draft)}</p>}
        </div>
      )}
    </div>
  )
}

type OptionProps = { id: string; suggestion: Suggestion; place: number; active: boolean; heading: boolean; onHover: () => void }
function Option({ id, suggestion, place, active, heading, onHover }: OptionProps) {
  return (
    <>
      {heading && (
        <div role="presentation" className="px-2 pt-1.5 pb-1 text-xs font-medium text-faint">
          {suggestion.group}
        </div>
      )}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the box; aria-activedescendant points here. */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the box runs it. */}
      <div
        id={id}
        role="option"
        data-at={place}
        aria-selected={active}
        onPointerMove={onHover}
        onPointerDown={(event) => event.preventDefault()}
        onClick={suggestion.run}
        className={classNames('flex h-8 items-center gap-2 rounded-sm px-2', active && 'bg-surface-2')}
      >
        {suggestion.checked !== undefined && (
          <span className="flex size-4 items-center justify-center text-accent">{suggestion.checked && <Check size={14} />}</span>
        )}
        <span className="min-w-0 flex-1 truncate">{suggestion.label}</span>
        {suggestion.hint && <span className="tabular max-w-32 truncate text-faint">{suggestion.hint}</span>}
      </div>
    </>
  )
}

type ChipProps = { label: string; onEdit: () => void; onRemove: () => void; children: React.ReactNode }
function Chip({ label, onEdit, onRemove, children }: ChipProps) {
  return (
    <span className="inline-flex h-6 max-w-full items-center rounded-sm border border-line bg-surface-0">
      <button
        type="button"
        onClick={onEdit}
        aria-label={`Edit ${label}`}
        className="flex h-full min-w-0 items-center gap-1 truncate rounded-sm pl-1.5"
      >
        {children}
      </button>
      <button
        type="button"
        onClick={onRemove}
        aria-label={`Remove ${label}`}
        className="flex h-full w-5 shrink-0 items-center justify-center rounded-sm text-faint hover:text-text"
      >
        <X size={12} />
      </button>
    </span>
  )
}

function FilterChip({ filter, onEdit, onRemove }: { filter: Filter; onEdit: () => void; onRemove: () => void }) {
  const keyName = useKeyNames()
  const described = describeFilter(filter)
  const { field, operator } = described
  const value = filter.field === 'keyId' ? [filter.value ?? []].flat().map(String).map(keyName).join(', ') : described.value
  return (
    <Chip label={`filter ${field} ${operator} ${value}`} onEdit={onEdit} onRemove={onRemove}>
      <span className="text-soft">{field}</span>
      <span className="text-faint">{operator}</span>
      {value && <span className="max-w-60 truncate font-medium">{value}</span>}
    </Chip>
  )
}

function placeholder(draft: { field?: string; op?: string }, more: boolean, searches: boolean): string {
  if (draft.op !== undefined)
    return { number: 'a number', time: 'a time, like 2026-11-20T12:00Z' }[fieldType(draft.field ?? '') as string] ?? 'a value'
  if (draft.field !== undefined) return 'an operator'
  if (more) return 'and…'
  return searches ? 'Filter by a field, or search for text' : 'Filter by a field'
}

const HINTS: Record<string, string> = {
  number: 'Type a number and press Enter.',
  time: 'Type a time, like 2026-11-20T12:00Z, and press Enter.',
  score: 'Type a number, or the name of a category, and press Enter.',
}

function hintFor({ field, op }: { field?: string; op?: string }): string {
  if (field && op) return HINTS[fieldType(field)] ?? 'No such value in this time. Type one and press Enter.'
  return 'Nothing matches.'
}
