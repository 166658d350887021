import type { GroupFigures } from '@signalbox/schema'
import { lowerBound } from '../../lib/lower-bound.ts'
import { Money } from '../../ui/values.tsx'

type Figures = Pick<GroupFigures, 'costUsd' | 'unpricedCount' | 'models' | 'calls'>
/** Money of many traces; where some have no price it is a lower bound, and says so. */
export function GroupCost({ of, bare = true }: { of: Figures; bare?: boolean }) {
  const reason = of.calls === 0 ? 'No model was called' : `Unknown: no price is known for ${of.models.join(', ') || 'what was called'}`
  return (
    <span>
      <Money usd={of.costUsd} bare={bare} reason={reason} />
      {lowerBound(of) && <span data-tip={lowerBound(of)}>+</span>}
    </span>
  )
}
