import type { DashboardPanel } from '@signalbox/schema'
import { GripVertical } from 'lucide-react'
import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from 'react'
import { classNames } from '../../lib/class-names.ts'
import { titleOf } from './forms.ts'
import { arrange, GAP, heightOf, type Placed, put, ROW, step } from './grid.ts'
import { useSize } from './use-size.ts'

/** Below this width panels stand under each other. */
const NARROW = 640
const COLUMNS = 12

type Props = {
  panels: readonly DashboardPanel[]
  /** Given while panels can be moved. */
  onPlace?: ((placed: Placed[]) => void) | undefined
  /** `handle` is what moves the panel, where it can be moved. */
  children: (panel: DashboardPanel, handle: ReactNode) => ReactNode
}

/** Panels on a grid of twelve columns; moved and resized with the pointer, or from the handle with the arrow keys. */
export function GridView({ panels, onPlace, children }: Props) {
  const [host, { width }] = useSize<HTMLDivElement>()
  const [preview, setPreview] = useState<{ id: string; placed: Placed[] } | null>(null)
  const [said, setSaid] = useState('')
  const arranged = arrange(panels)
  const narrow = width > 0 && width < NARROW
  const placed = preview?.placed ?? (narrow && !onPlace ? stacked(arranged) : arranged)
  const column = (width - GAP * (COLUMNS - 1)) / COLUMNS
  const box = ({ x, y, w, h }: Placed) => ({
    left: Math.round(x * (column + GAP)),
    top: y * (ROW + GAP),
    width: Math.round(w * (column + GAP) - GAP),
    height: h * (ROW + GAP) - GAP,
  })
  const byId = new Map(placed.map((place) => [place.id, place]))
  // In reading order for the keyboard; while panels move their elements stay where they are, to keep the focus.
  const shown = onPlace ? panels : [...panels].sort((a, b) => order(byId.get(a.id)) - order(byId.get(b.id)))

  const drag = (event: PointerEvent, id: string, resize: boolean) => {
    if (event.button !== 0 || !onPlace) return
    event.preventDefault()
    const from = { x: event.clientX, y: event.clientY }
    const start = arranged.find((one) => one.id === id)
    if (!start) return
    let last = arranged
    const move = ({ clientX, clientY }: globalThis.PointerEvent) => {
      const dx = Math.round((clientX - from.x) / (column + GAP))
      const dy = Math.round((clientY - from.y) / (ROW + GAP))
      last = put(arranged, id, resize ? { w: start.w + dx, h: start.h + dy } : { x: start.x + dx, y: start.y + dy })
      setPreview({ id, placed: last })
    }
    const end = (done: boolean) => {
      removeEventListener('pointermove', move)
      removeEventListener('pointerup', drop)
      removeEventListener('keydown', giveUp, true)
      setPreview(null)
      if (done && last !== arranged) onPlace(last)
    }
    const drop = () => end(true)
    const giveUp = (pressed: globalThis.KeyboardEvent) => {
      if (pressed.key !== 'Escape') return
      pressed.stopPropagation()
      end(false)
    }
    addEventListener('pointermove', move)
    addEventListener('pointerup', drop)
    addEventListener('keydown', giveUp, true)
  }
  const press = (event: KeyboardEvent, panel: DashboardPanel) => {
    if (!onPlace || !event.key.startsWith('Arrow')) return
    event.preventDefault()
    event.stopPropagation()
    const next = step(arranged, panel.id, event.key, event.shiftKey)
    const place = next.find(({ id }) => id === panel.id)
    if (place) setSaid(`${titleOf(panel)}: column ${place.x + 1}, row ${place.y + 1}, ${place.w} wide, ${place.h} high`)
    if (JSON.stringify(next) !== JSON.stringify(arranged)) onPlace(next)
  }

  return (
    <div ref={host} className="relative" style={{ height: Math.max(0, heightOf(placed) * (ROW + GAP) - GAP) }}>
      <p aria-live="polite" className="sr-only">
        {said}
      </p>
      {width > 0 &&
        shown.map((panel) => {
          const place = byId.get(panel.id)
          if (!place) return null
          const handle = onPlace && (
            <button
              type="button"
              aria-label={`Move ${titleOf(panel)}`}
              data-tip={'Drag, or press the arrow keys.\nWith Shift they resize.'}
              onPointerDown={(event) => drag(event, panel.id, false)}
              onKeyDown={(event) => press(event, panel)}
              className="-ml-2 flex h-6 w-5 shrink-0 cursor-grab touch-none items-center justify-center rounded-sm text-faint hover:text-text"
            >
              <GripVertical size={14} aria-hidden />
            </button>
          )
          return (
            <div
              key={panel.id}
              data-panel={panel.id}
              style={box(place)}
              className={classNames(
                'absolute',
                preview?.id === panel.id && 'z-10 opacity-80',
                preview && 'transition-[left,top,width,height] duration-100 motion-reduce:transition-none',
              )}
            >
              {children(panel, handle)}
              {onPlace && (
                <div
                  aria-hidden
                  data-resize
                  onPointerDown={(event) => drag(event, panel.id, true)}
                  className="absolute right-0.5 bottom-0.5 size-3.5 cursor-nwse-resize touch-none rounded-br-[5px] border-r-2 border-b-2 border-line-strong hover:border-accent"
                />
              )}
            </div>
          )
        })}
    </div>
  )
}

const order = (place: Placed | undefined): number => (place ? place.y * COLUMNS + place.x : 0)

/** All under each other, in reading order. */
function stacked(placed: readonly Placed[]): Placed[] {
  let y = 0
  return [...placed]
    .sort((a, b) => order(a) - order(b))
    .map((place) => {
      const moved = { ...place, x: 0, y, w: COLUMNS }
      y += place.h
      return moved
    })
}
