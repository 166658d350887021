import type { DatasetItem } from '@signalbox/schema'
import { Tag, Trash2, X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { readTags } from '../../../lib/cell-text.ts'
import { plural } from '../../../lib/format-number.ts'
import { Button, IconButton } from '../../../ui/button.tsx'
import { Input } from '../../../ui/input.tsx'
import { NativeSelect } from '../../../ui/native-select.tsx'
import { isSplit, SPLIT_CHOICES } from '../splits.ts'
import type { ItemEdits } from './use-item-edits.ts'

type Props = { items: readonly DatasetItem[]; edits: ItemEdits; onClear: () => void }

/** What can be done with the items that are selected, each as one version. */
export function BulkBar({ items, edits, onClear }: Props) {
  const [tags, setTags] = useState('')
  const open = items.filter(({ sealed }) => !sealed)
  const addTags = async (event: FormEvent) => {
    event.preventDefault()
    const more = readTags(tags)
    if (more.length === 0) return
    const change = { of: `Tagged ${plural(open.length, 'item')} ${more.join(', ')}` }
    if (await edits.change(open, (content) => ({ ...content, tags: [...new Set([...content.tags, ...more])] }), change.of)) setTags('')
  }
  return (
    <div
      role="toolbar"
      aria-label="Selected items"
      className="floating absolute bottom-4 left-1/2 z-20 flex -translate-x-1/2 items-center gap-2 py-1.5 pr-1.5 pl-3"
    >
      <span role="status" className="font-medium whitespace-nowrap">
        {plural(items.length, 'item')} selected
      </span>
      <NativeSelect
        label="Split of the selected items"
        value="choose"
        choices={[{ value: 'choose', label: 'Split…' }, ...SPLIT_CHOICES]}
        onChange={(value) => {
          if (value === 'choose') return
          const next = isSplit(value) ? value : undefined
          void edits.change(
            open,
            ({ split: _, ...content }) => ({ ...content, ...(next && { split: next }) }),
            next ? `Put ${plural(open.length, 'item')} into ${next}` : `Took ${plural(open.length, 'item')} out of their split`,
          )
        }}
        className="w-28"
      />
      <form onSubmit={addTags} className="flex items-center gap-1">
        <Input aria-label="Tags to add" placeholder="Tags" value={tags} onChange={({ target }) => setTags(target.value)} className="w-28" />
        <IconButton label="Add the tags" type="submit" size="small-icon" disabled={edits.busy}>
          <Tag size={14} />
        </IconButton>
      </form>
      <Button size="small" disabled={edits.busy} onClick={async () => (await edits.remove(items)) && onClear()} className="text-error">
        <Trash2 size={13} aria-hidden /> Remove
      </Button>
      <IconButton label="Clear the selection" size="small-icon" onClick={onClear}>
        <X size={14} />
      </IconButton>
    </div>
  )
}
