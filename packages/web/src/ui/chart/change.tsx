import { ArrowDownRight, ArrowUpRight } from 'lucide-react'
import { classNames } from '../../lib/class-names.ts'

/** From here on more of what is bad is shown as a warning. */
const MUCH = 0.2

type Props = { value: number | null; moreIsWorse: boolean; tip: string }
/** A change against the period before, as a share: an arrow, a number, and amber where it got much worse. */
export function Change({ value, moreIsWorse, tip }: Props) {
  if (value === null) return null
  const Icon = value >= 0 ? ArrowUpRight : ArrowDownRight
  return (
    <span className={classNames('relative z-10 flex items-center gap-0.5', moreIsWorse && value > MUCH && 'text-warning')} data-tip={tip}>
      <Icon size={12} aria-hidden />
      <span className="sr-only">{value >= 0 ? 'up' : 'down'}</span>
      {changeText(value)}
    </span>
  )
}

/** `0.051` → `5.1%`; ten times as much and more as a factor: `×12`. */
export function changeText(value: number): string {
  const percent = Math.abs(value) * 100
  if (percent >= 999.5) return `×${value >= 99 ? Math.round(value + 1) : (value + 1).toPrecision(2)}`
  return `${percent < 10 ? percent.toFixed(1) : Math.round(percent)}%`
}
