import type { ShownSplit } from '@signalbox/schema'
import { CirclePause, CirclePlay, EyeOff, TriangleAlert } from 'lucide-react'
import { plural } from '../../lib/format-number.ts'
import { Badge } from '../../ui/badge.tsx'

/** On, paused, or why not: an icon and a word. */
export function SplitState({ split }: { split: ShownSplit }) {
  if (split.hidden) {
    return (
      <Badge icon={<EyeOff size={12} aria-hidden />} tip="signalbox.yaml has a split of this name, which is used instead.">
        hidden
      </Badge>
    )
  }
  if (split.problem !== null || split.warnings.length > 0) {
    return (
      <Badge
        tone={split.problem ? 'error' : 'warning'}
        icon={<TriangleAlert size={12} aria-hidden />}
        tip={[split.problem, ...split.warnings].filter(Boolean).join('\n')}
      >
        {split.problem ? 'not used' : plural(split.warnings.length, 'warning')}
      </Badge>
    )
  }
  return split.active ? (
    <Badge tone="ok" icon={<CirclePlay size={12} aria-hidden />}>
      on
    </Badge>
  ) : (
    <Badge icon={<CirclePause size={12} aria-hidden />}>paused</Badge>
  )
}
