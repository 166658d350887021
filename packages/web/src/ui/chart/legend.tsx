import { classNames } from '../../lib/class-names.ts'
import type { Series } from './series.ts'

type Props = {
  series: readonly Series[]
  stacked: boolean
  hidden: ReadonlySet<string>
  onChange: (hidden: ReadonlySet<string>) => void
}

/** The names of the series; a press hides one or shows it again. The last one stays. */
export function Legend({ series, stacked, hidden, onChange }: Props) {
  const toggle = (label: string) => {
    const next = new Set(hidden)
    if (!next.delete(label) && next.size < series.length - 1) next.add(label)
    onChange(next)
  }
  return (
    <ul className="flex flex-wrap items-center justify-end gap-0.5" aria-label="Series">
      {series.map((one) => (
        <li key={one.label}>
          <button
            type="button"
            aria-pressed={!hidden.has(one.label)}
            onClick={() => toggle(one.label)}
            className={classNames(
              'flex h-6 items-center gap-1.5 rounded-sm px-1.5 text-sm hover:bg-surface-2',
              hidden.has(one.label) ? 'text-faint line-through' : 'text-soft',
            )}
          >
            <Swatch series={one} stacked={stacked} />
            <span className="max-w-40 truncate">{one.label}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

function Swatch({ series, stacked }: { series: Series; stacked: boolean }) {
  return (
    <svg width="12" height="8" aria-hidden="true" className="shrink-0">
      {stacked ? (
        <rect width="8" height="8" x="2" rx="2" fill={`var(--${series.colour})`} />
      ) : (
        <line x1="0" x2="12" y1="4" y2="4" stroke={`var(--${series.colour})`} strokeWidth="2" strokeDasharray={series.dash?.join(' ')} />
      )}
    </svg>
  )
}
