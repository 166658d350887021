import type { ReactNode } from 'react'
import { ChartFrame, ValuesTable } from './chart-frame.tsx'

export type Bar = {
  key: string
  /** What it is of, as text: for the table, the file and the search of the eye. */
  name: string
  /** Null is unknown: no bar, and a dash. */
  value: number | null
  /** Where a press leads, if it leads anywhere. */
  onOpen?: () => void
}
type Props = {
  title: string
  description?: ReactNode
  /** What the bars are of: the header of the names. */
  of: string
  unit: string
  format: (value: number) => string
  bars: readonly Bar[]
  height?: number
  colour?: string
  actions?: ReactNode
  className?: string
}

/** A split as bars from zero, longest first as given, with the same numbers as a table and as a file. */
export function BarPanel({ title, description, of, unit, format, bars, height = 180, colour = 'mark-1', ...frame }: Props) {
  const most = Math.max(...bars.map(({ value }) => value ?? 0), 0)
  const show = (value: number | null) => (value === null ? '–' : format(value))
  return (
    <ChartFrame
      title={title}
      description={description}
      height={height}
      {...frame}
      csv={() => ({ header: [of, unit], rows: bars.map(({ name, value }) => [name, value]) })}
      table={() => (
        <ValuesTable
          title={title}
          header={[of, unit]}
          rows={bars.map(({ key, name, value, onOpen }) => ({ key, name: name || '–', cells: [show(value)], onOpen }))}
        />
      )}
      chart={() =>
        bars.length === 0 ? (
          <p className="px-1 py-2 text-faint">Nothing in this time.</p>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
          <section className="h-full overflow-y-auto" aria-label={`${title}, bars`} tabIndex={0}>
            <ul>
              {bars.map(({ key, name, value, onOpen }) => (
                <li key={key} className="relative flex h-7 items-center gap-3 rounded-sm px-1.5 hover:bg-surface-0">
                  <div
                    aria-hidden
                    className="absolute inset-y-1 left-0 rounded-sm opacity-20"
                    style={{ width: `${most > 0 ? ((value ?? 0) / most) * 100 : 0}%`, background: `var(--${colour})` }}
                  />
                  <span className="relative min-w-0 flex-1 truncate">
                    {onOpen ? (
                      <button type="button" onClick={onOpen} className="max-w-full truncate hover:text-accent hover:underline">
                        {name || '–'}
                      </button>
                    ) : (
                      name || '–'
                    )}
                  </span>
                  <span className="tabular relative">{show(value)}</span>
                </li>
              ))}
            </ul>
          </section>
        )
      }
    />
  )
}
