import { GripVertical } from 'lucide-react'
import { type DragEvent, useRef } from 'react'
import { IconButton } from '../../ui/button.tsx'

/** The list with one entry at another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list]
  const [one] = next.splice(from, 1)
  if (one !== undefined) next.splice(Math.max(0, to), 0, one)
  return next
}

type Props = { label: string; at: number; count: number; onMove: (from: number, to: number) => void }

/** A grip that moves its row: with the arrow keys, or by dragging it. Spread `useDropPlace` on the row. */
export function MoveHandle({ label, at, count, onMove }: Props) {
  const handle = useRef<HTMLButtonElement>(null)
  const step = (by: number) => {
    const to = at + by
    if (to < 0 || to >= count) return
    onMove(at, to)
    // A row that is moved in the page loses the focus.
    requestAnimationFrame(() => handle.current?.focus())
  }
  return (
    <IconButton
      ref={handle}
      label={`Move ${label}: arrow keys, or drag`}
      size="small-icon"
      draggable
      disabled={count < 2}
      className="cursor-grab"
      onKeyDown={(event) => {
        const by = { ArrowUp: -1, ArrowDown: 1 }[event.key]
        if (by === undefined) return
        event.preventDefault()
        step(by)
      }}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = 'move'
        event.dataTransfer.setData(TYPE, String(at))
        const row = event.currentTarget.closest('li')
        if (row) event.dataTransfer.setDragImage(row, 12, 16)
      }}
    >
      <GripVertical size={14} />
    </IconButton>
  )
}

/** What a row needs so that others can be dropped on its place. `list` keeps the rows of two lists apart. */
export const dropPlace = (at: number, onMove: (from: number, to: number) => void) => ({
  onDragOver: (event: DragEvent) => {
    if (!event.dataTransfer.types.includes(TYPE)) return
    event.preventDefault()
    event.stopPropagation()
  },
  onDrop: (event: DragEvent) => {
    const from = Number(event.dataTransfer.getData(TYPE))
    event.preventDefault()
    event.stopPropagation()
    if (Number.isInteger(from) && from !== at) onMove(from, at)
  },
})

const TYPE = 'application/x-signalbox-row'
