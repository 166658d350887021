import { type DatasetItem, type DatasetItemContent, DatasetTag } from '@signalbox/schema'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { editText, readCell, readTags } from '../../../lib/cell-text.ts'
import { classNames } from '../../../lib/class-names.ts'
import { inputStyle } from '../../../ui/input.tsx'
import { isSplit, SPLIT_CHOICES } from '../splits.ts'
import type { CellField } from './fields.ts'
import type { ItemEdits } from './use-item-edits.ts'

type Props = {
  item: DatasetItem
  field: CellField
  edits: ItemEdits
  /** `move`: to the row below. */
  onEnd: (move?: number) => void
}

/** What a cell holds, over the rows below it. Enter keeps it, Shift+Enter begins a line, Esc lets it be. */
export function CellEditor({ item, field, edits, onEnd }: Props) {
  const { content } = item
  const before =
    content && (field === 'tags' ? content.tags.join(', ') : field === 'split' ? (content.split ?? '') : editText(content[field]))
  const [text, setText] = useState(before ?? '')
  const [problem, setProblem] = useState<string | undefined>()
  /** Leaving the box that goes away is no second wish to keep it. */
  const over = useRef(false)
  const box = useRef<HTMLTextAreaElement & HTMLSelectElement>(null)
  useEffect(() => {
    box.current?.focus()
    if (box.current instanceof HTMLTextAreaElement) box.current.select()
  }, [])

  const end = () => {
    over.current = true
    onEnd()
  }
  async function keep(value = text) {
    if (edits.busy || over.current) return
    if (value === before) return end()
    const read = readField(field, value, content)
    if ('problem' in read) return setProblem(read.problem)
    if (await edits.change([item], read.change, `Changed ${field} of ${item.id}`)) end()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // Inside the box it takes back letters, not the change before.
    if (event.key === 'z' && (event.ctrlKey || event.metaKey)) event.stopPropagation()
    if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      end()
    }
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault()
      void keep()
    }
  }
  const given = { ref: box, 'aria-label': `${field} of ${item.id}`, onKeyDown, ...(problem && { 'aria-invalid': true as const }) }
  if (field === 'split')
    return (
      <select
        {...given}
        value={text}
        onChange={({ target }) => {
          setText(target.value)
          void keep(target.value)
        }}
        onBlur={end}
        className={classNames(inputStyle, 'absolute inset-0 h-full w-full rounded-none px-1.5')}
      >
        {SPLIT_CHOICES.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    )
  return (
    <span className="absolute top-0 left-0 z-20 w-full min-w-64">
      <textarea
        {...given}
        value={text}
        rows={1}
        onChange={({ target }) => {
          setText(target.value)
          setProblem(undefined)
        }}
        onBlur={() => void keep()}
        spellCheck={false}
        className={classNames(
          inputStyle,
          'floating field-sizing-content block h-auto max-h-72 min-h-8 w-full resize-none rounded-none px-2 py-1.5 leading-5',
        )}
      />
      {problem && (
        <span role="alert" className="floating block px-2 py-1 text-sm break-words text-error">
          {problem}
        </span>
      )}
    </span>
  )
}

type Read = { change: (content: DatasetItemContent) => DatasetItemContent } | { problem: string }

function readField(field: CellField, text: string, before: DatasetItemContent | null): Read {
  if (field === 'split')
    return {
      change: ({ split: _, ...content }) => ({ ...content, ...(isSplit(text) && { split: text }) }),
    }
  if (field === 'tags') {
    const tags = readTags(text)
    const wrong = tags.map((tag) => DatasetTag.safeParse(tag)).find(({ success }) => !success)
    return wrong?.error ? { problem: wrong.error.issues[0]?.message ?? 'This is no tag' } : { change: (content) => ({ ...content, tags }) }
  }
  const read = readCell(text, before?.[field])
  if ('problem' in read) return read
  const { value } = read
  if (field === 'input')
    return value === undefined ? { problem: 'An item needs an input' } : { change: (content) => ({ ...content, input: value }) }
  return { change: ({ expected: _, ...content }) => ({ ...content, ...(value !== undefined && { expected: value }) }) }
}
