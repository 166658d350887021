import type { DatasetItem } from '@signalbox/schema'
import { useVirtualizer } from '@tanstack/react-virtual'
import { Bot, CopyCheck, FileText, Lock, Waypoints } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useShortcuts } from '../../../data/shortcuts.ts'
import { cellText } from '../../../lib/cell-text.ts'
import { classNames } from '../../../lib/class-names.ts'
import { Checkbox } from '../../../ui/checkbox.tsx'
import { CellEditor } from './cell-editor.tsx'
import { type CellField, FIELDS } from './fields.ts'
import type { ItemEdits } from './use-item-edits.ts'

const TITLES: Record<CellField, string> = { input: 'Input', expected: 'Expected', tags: 'Tags', split: 'Split' }
const COLUMNS = '48px minmax(200px, 3fr) minmax(160px, 2fr) minmax(90px, 1fr) 104px 84px 16px'

type Alike = ReadonlyMap<string, { of: string; similarity: number }>
type Props = {
  rows: readonly DatasetItem[]
  duplicates: Alike | undefined
  mayWrite: boolean
  edits: ItemEdits
  selected: ReadonlySet<string>
  onSelected: (selected: ReadonlySet<string>) => void
  openId: string | undefined
  onOpen: (item: DatasetItem | undefined) => void
  hasMore: boolean
  onNearEnd: () => void
  faded: boolean
}
type Place = { row: number; field: CellField }

/** Items as a sheet: arrows go from cell to cell, Enter changes one, Esc lets it be, x selects, o opens all of an item. */
export function ItemGrid(props: Props) {
  const { rows, duplicates, mayWrite, edits, selected, onSelected, openId, onOpen, hasMore, onNearEnd } = props
  const scroller = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState<Place>({ row: -1, field: 'input' })
  const [editing, setEditing] = useState(false)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 32,
    getItemKey: (at) => rows[at]?.id ?? at,
    overscan: 12,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last > rows.length - 30) onNearEnd()
  }, [last, rows.length, hasMore, onNearEnd])

  const go = (row: number, field: CellField) => {
    const next = Math.min(rows.length - 1, Math.max(0, row))
    setPlace({ row: next, field })
    setEditing(false)
    virtual.scrollToIndex(next, { align: 'auto' })
    if (openId !== undefined) onOpen(rows[next])
  }
  const aside = (by: number) => FIELDS[Math.min(FIELDS.length - 1, Math.max(0, FIELDS.indexOf(place.field) + by))] ?? 'input'
  const toggle = (id: string) => {
    const next = new Set(selected)
    if (!next.delete(id)) next.add(id)
    onSelected(next)
  }
  const current = rows[place.row]
  useShortcuts({
    arrowdown: () => go(place.row + 1, place.field),
    arrowup: () => go(place.row - 1, place.field),
    j: () => go(place.row + 1, place.field),
    k: () => go(place.row - 1, place.field),
    arrowright: () => place.row >= 0 && go(place.row, aside(1)),
    arrowleft: () => place.row >= 0 && go(place.row, aside(-1)),
    enter: () => current && mayWrite && !current.sealed && setEditing(true),
    x: () => current && toggle(current.id),
    o: () => current && onOpen(openId === current.id ? undefined : current),
    escape: () =>
      openId !== undefined ? onOpen(undefined) : selected.size > 0 ? onSelected(new Set()) : setPlace({ row: -1, field: 'input' }),
  })
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that come and go.
    <div
      ref={scroller}
      role="grid"
      aria-label="Items"
      aria-rowcount={rows.length + 1}
      aria-activedescendant={current ? cellId(place) : undefined}
      tabIndex={0}
      className={classNames(
        'h-full overflow-auto outline-none focus-visible:outline-2 focus-visible:-outline-offset-2',
        props.faded && 'opacity-60',
      )}
    >
      <div className="min-w-[760px]">
        {/* biome-ignore lint/a11y/useSemanticElements: a row of a virtual grid. */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus. */}
        <div
          role="row"
          aria-rowindex={1}
          style={{ gridTemplateColumns: COLUMNS }}
          className="sticky top-0 z-10 grid h-8 items-center border-b border-line bg-surface-1"
        >
          {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
          {/* biome-ignore lint/a11y/useFocusableInteractive: as above. */}
          <div role="columnheader" className="flex pl-6">
            <Checkbox
              label="Select all items that are shown"
              checked={selected.size >= rows.length}
              indeterminate={selected.size > 0 && selected.size < rows.length}
              onChange={(on) => onSelected(new Set(on ? rows.map(({ id }) => id) : []))}
            />
          </div>
          {[...FIELDS.map((field) => TITLES[field]), 'Source'].map((title) => (
            // biome-ignore lint/a11y/useSemanticElements: as above.
            // biome-ignore lint/a11y/useFocusableInteractive: as above.
            <div key={title} role="columnheader" className="px-2 text-sm font-medium text-faint">
              {title}
            </div>
          ))}
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() + 160 }}>
          {items.map(({ index, start }) => {
            const item = rows[index]
            if (!item) return null
            const like = duplicates?.get(item.id)
            return (
              // biome-ignore lint/a11y/useSemanticElements: as above.
              // biome-ignore lint/a11y/useFocusableInteractive: as above.
              <div
                key={item.id}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={selected.has(item.id)}
                style={{ gridTemplateColumns: COLUMNS, transform: `translateY(${start}px)` }}
                className={classNames(
                  'absolute inset-x-0 top-0 grid h-8 items-center border-b border-line',
                  item.id === openId ? 'bg-surface-2' : selected.has(item.id) ? 'bg-accent-soft' : 'hover:bg-surface-0',
                  index === place.row && editing && 'z-20',
                )}
              >
                {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
                {/* biome-ignore lint/a11y/useFocusableInteractive: as above. */}
                <div role="gridcell" className="flex h-full items-center pl-6">
                  <Checkbox label={`Select ${item.id}`} checked={selected.has(item.id)} onChange={() => toggle(item.id)} tabIndex={-1} />
                </div>
                {FIELDS.map((field) => {
                  const here = index === place.row && field === place.field
                  return (
                    // biome-ignore lint/a11y/useSemanticElements: as above.
                    // biome-ignore lint/a11y/useFocusableInteractive: as above.
                    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter changes the cell that the arrows are on.
                    <div
                      key={field}
                      id={cellId({ row: index, field })}
                      role="gridcell"
                      onClick={() => !(here && editing) && go(index, field)}
                      onDoubleClick={() => mayWrite && !item.sealed && setEditing(true)}
                      className={classNames(
                        'relative flex h-full min-w-0 items-center gap-1.5 px-2',
                        here && 'shadow-[inset_0_0_0_2px_var(--accent)]',
                      )}
                    >
                      {here && editing && item.content ? (
                        <CellEditor
                          item={item}
                          field={field}
                          edits={edits}
                          onEnd={(move) => (move ? go(index + move, field) : setEditing(false))}
                        />
                      ) : (
                        <Cell item={item} field={field} like={like} />
                      )}
                    </div>
                  )
                })}
                {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
                {/* biome-ignore lint/a11y/useFocusableInteractive: as above. */}
                <div role="gridcell" className="px-2">
                  <button
                    type="button"
                    tabIndex={-1}
                    onClick={() => onOpen(item)}
                    className="flex items-center gap-1 text-sm text-soft hover:text-accent"
                    aria-label={`Open ${item.id}`}
                  >
                    {SOURCE[item.source?.kind ?? 'none']}
                  </button>
                </div>
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}

const cellId = ({ row, field }: Place): string => `item-${row}-${field}`

const SOURCE: Record<'trace' | 'import' | 'synthetic' | 'none', ReactNode> = {
  trace: (
    <>
      <Waypoints size={13} aria-hidden /> trace
    </>
  ),
  import: (
    <>
      <FileText size={13} aria-hidden /> file
    </>
  ),
  synthetic: (
    <>
      <Bot size={13} aria-hidden /> model
    </>
  ),
  none: 'written',
}

function Cell({ item, field, like }: { item: DatasetItem; field: CellField; like: { of: string; similarity: number } | undefined }) {
  const { content, sealed, split, tags } = item
  if (field === 'split') return split ? <span className="truncate text-sm">{split}</span> : <span className="text-faint">–</span>
  if (sealed)
    return field === 'input' ? (
      <span className="flex items-center gap-1.5 text-faint">
        <Lock size={13} aria-hidden /> sealed
      </span>
    ) : null
  if (field === 'tags')
    return (
      <span className="flex min-w-0 gap-1 overflow-hidden">
        {tags.map((tag) => (
          <span key={tag} className="rounded-sm bg-surface-2 px-1.5 text-xs leading-5 whitespace-nowrap text-soft">
            {tag}
          </span>
        ))}
      </span>
    )
  const value = field === 'input' ? content?.input : content?.expected
  const text = cellText(value).slice(0, 400)
  return (
    <>
      {field === 'input' && like && (
        <span data-tip={`Says ${Math.round(like.similarity * 100)}% the same as ${like.of}`} className="text-warning">
          <CopyCheck size={13} aria-label="Near duplicate" />
        </span>
      )}
      <span className={classNames('truncate', typeof value !== 'string' && 'font-mono text-sm')}>
        {text || <span className="text-faint">–</span>}
      </span>
    </>
  )
}
