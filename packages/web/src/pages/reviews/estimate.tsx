import type { ReviewEstimate } from '@signalbox/schema'

const two = (value: number) => value.toFixed(2).replace('-', '−')
const percent = (value: number) => `${(value * 100).toFixed(1)} %`

type Props = { of: ReviewEstimate | null; as?: 'number' | 'percent'; none?: string }
/** A number with its interval of 95 %; where it is not defined, why. */
export function Estimate({ of, as = 'number', none = 'does not apply here' }: Props) {
  const format = as === 'percent' ? percent : two
  if (of === null || of.value === null)
    return (
      <span className="text-faint" data-tip={of?.why ?? none}>
        – <span className="sr-only">{of?.why ?? none}</span>
      </span>
    )
  return (
    <span className="tabular whitespace-nowrap" {...(of.why && { 'data-tip': of.why })}>
      {format(of.value)}
      {of.low !== null && of.high !== null && (
        <span className="text-faint">
          {' '}
          ({format(of.low)} to {format(of.high)})
        </span>
      )}
    </span>
  )
}
