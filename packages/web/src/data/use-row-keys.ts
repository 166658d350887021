import { useEffect, useState } from 'react'
import { useShortcuts } from './shortcuts.ts'

type Options = {
  /** The rows in the order in which they are shown, by their keys. */
  rows: readonly string[]
  open: string | undefined
  onOpen: (key: string) => void
  onClose: () => void
}

/** `j` and `k` move through a short list, Enter opens, Esc closes. What is open moves along. Returns the row the keyboard is on. */
export function useRowKeys({ rows, open, onOpen, onClose }: Options): string | undefined {
  const [active, setActive] = useState<string | undefined>(undefined)
  const move = (by: number) => {
    const from = rows.indexOf(active ?? open ?? '')
    const next = rows[Math.min(rows.length - 1, Math.max(0, from + by))]
    setActive(next)
    if (open !== undefined && next !== undefined) onOpen(next)
  }
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    enter: () => active !== undefined && onOpen(active),
    escape: () => (open === undefined ? setActive(undefined) : onClose()),
  })
  useEffect(() => {
    if (active !== undefined) document.querySelector(`[data-row="${CSS.escape(active)}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [active])
  return active !== undefined && rows.includes(active) ? active : undefined
}
