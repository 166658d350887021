import { CircleSlash, RotateCw } from 'lucide-react'
import { plural } from '../../lib/format-number.ts'
import type { TargetStates } from './use-target-states.ts'

type Props = { states: TargetStates | undefined; target: { provider: string; model: string } }

/** What the breaker of a target does now: closed, open until when, or half open; where edges differ, at how many of them. */
export function BreakerState({ states, target }: Props) {
  if (!states) return null
  const found = states.notClosedOf(target)
  const open = found.filter(({ state }) => state === 'open')
  if (found.length === 0 && states.more > 0) return null
  if (found.length === 0) {
    return (
      <span className="shrink-0 text-faint" data-tip={`Its breaker is closed at ${plural(states.edges, 'edge')}: calls may go there.`}>
        closed
      </span>
    )
  }
  const until = open.map((one) => one.until ?? '').sort()[0] ?? ''
  const where = states.edges > 1 ? ` at ${open.length || found.length} of ${states.edges} edges` : ''
  const tip = found.map(
    ({ edge, state, until, reason }) =>
      `${states.edges > 1 ? `${edge}: ` : ''}${state === 'open' ? `left alone until ${clock(until ?? '')}` : 'one call at a time tries it again'}. ${reason}`,
  )
  const Icon = open.length > 0 ? CircleSlash : RotateCw
  return (
    <span className={`flex shrink-0 items-center gap-1 ${open.length > 0 ? 'text-error' : 'text-warning'}`} data-tip={tip.join('\n')}>
      <Icon size={12} aria-hidden />
      {open.length > 0 ? `open until ${clock(until)}` : 'half-open'}
      {where}
    </span>
  )
}

const clock = (iso: string): string => new Date(iso).toLocaleTimeString('en-GB')
