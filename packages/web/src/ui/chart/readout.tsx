import { type RefObject, useRef } from 'react'
import { classNames } from '../../lib/class-names.ts'

/**
 * What stands under the crosshair of a chart. `say` writes it straight into the page: the crosshair moves far more often than React should
 * render.
 */
export function useReadout(): { line: RefObject<HTMLDivElement | null>; say: (words: readonly string[]) => void } {
  const line = useRef<HTMLDivElement>(null)
  return {
    line,
    say: (words) => {
      if (line.current) line.current.textContent = words.join('   ')
    },
  }
}

/** Where it stands: over the chart, at its right. */
export const Readout = ({ line, className }: { line: RefObject<HTMLDivElement | null>; className?: string }) => (
  <div
    ref={line}
    aria-hidden
    className={classNames(
      'tabular pointer-events-none absolute right-3 z-10 max-w-[calc(100%-24px)] truncate rounded-sm border border-line bg-surface-1 px-1.5 whitespace-pre text-soft empty:hidden',
      className ?? 'top-1',
    )}
  />
)
