import type { PointerEvent } from 'react'

/** Follows the pointer until it is let go: the panel at the right edge is as wide as it says. Pixels. */
export function dragWidth(event: PointerEvent, panel: HTMLElement | null, onWidth: (width: number) => void) {
  if (!panel) return
  event.preventDefault()
  const { right } = panel.getBoundingClientRect()
  const move = (moved: globalThis.PointerEvent) => onWidth(Math.round(Math.max(420, right - moved.clientX)))
  const end = () => {
    window.removeEventListener('pointermove', move)
    window.removeEventListener('pointerup', end)
  }
  window.addEventListener('pointermove', move)
  window.addEventListener('pointerup', end)
}
