import type { ExperimentComparison } from '@signalbox/schema'
import { CircleHelp, Equal, TrendingDown, TrendingUp } from 'lucide-react'
import { Badge } from '../../../ui/badge.tsx'

const VERDICTS = {
  better: { tone: 'ok', icon: TrendingUp },
  worse: { tone: 'error', icon: TrendingDown },
  'no difference shown': { tone: 'unknown', icon: Equal },
  'not enough data': { tone: 'warning', icon: CircleHelp },
} as const

/** What a comparison shows: a word with its colour. */
export function VerdictBadge({ verdict }: { verdict: ExperimentComparison['verdict'] }) {
  const { tone, icon: Icon } = VERDICTS[verdict]
  return (
    <Badge tone={tone} icon={<Icon size={12} aria-hidden />}>
      {verdict}
    </Badge>
  )
}

export const toneOf = (verdict: ExperimentComparison['verdict']): 'ok' | 'error' | 'unknown' =>
  verdict === 'better' ? 'ok' : verdict === 'worse' ? 'error' : 'unknown'
