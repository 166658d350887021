import type { ReactNode } from 'react'
import { Skeleton } from '../skeleton.tsx'
import { Change } from './change.tsx'
import { changeOf } from './rows.ts'
import { Sparkline } from './sparkline.tsx'

type Props = {
  title: string
  /** Undefined while it is on its way, null where it is not known. */
  value: number | null | undefined
  before?: number | null | undefined
  show: (value: number | null) => string
  /** Every digit. */
  exact: (value: number | null) => string
  moreIsWorse?: boolean
  /** Beside the title: what the number leaves out. */
  note?: { text: string; tip: string } | null | undefined
  /** The course over the period; its place is kept when it is asked for and not there yet. */
  spark?: readonly (number | null)[] | undefined
  /** Wraps the number in what leads to the rows behind it, over the whole tile. */
  link?: (number: ReactNode, className: string, tip: string) => ReactNode
}

/** One number, how it changed against the period before, and its course. The whole tile is its link. */
export function NumberTile({ title, value, before, show, exact, moreIsWorse = false, note, spark, link }: Props) {
  const number = 'text-xl font-semibold tracking-tight tabular-nums'
  return (
    <div className="relative min-w-0 bg-surface-1 px-3 py-2.5 hover:bg-surface-0 has-focus-visible:bg-surface-0">
      <dt className="flex items-baseline justify-between gap-2 text-sm text-faint">
        <span className="truncate">{title}</span>
        {note && (
          <span className="relative z-10 text-xs whitespace-nowrap" data-tip={note.tip}>
            {note.text}
          </span>
        )}
      </dt>
      <dd className="mt-0.5">
        {value === undefined ? (
          <Skeleton className="my-[5px] h-[18px] w-20" />
        ) : link ? (
          link(show(value), `${number} after:absolute after:inset-0`, exact(value))
        ) : (
          <span className={number} data-tip={exact(value)}>
            {show(value)}
          </span>
        )}
        <div className="flex h-5 items-center gap-2 text-sm whitespace-nowrap text-faint">
          <Change
            value={changeOf(value ?? null, before ?? null)}
            moreIsWorse={moreIsWorse}
            tip={`${show(before ?? null)} in the period before`}
          />
          {spark && (
            <div className="pointer-events-none min-w-0 flex-1">
              <Sparkline values={spark} />
            </div>
          )}
        </div>
      </dd>
    </div>
  )
}
