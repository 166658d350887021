import type { Deletion } from '@signalbox/schema'
import { Badge } from '../../ui/badge.tsx'
import { STATES } from './deletion-words.ts'

/** How far a deletion is. */
export function StateOf({ status }: Pick<Deletion, 'status'>) {
  const { word, tone, says } = STATES[status]
  return (
    <Badge tone={tone} tip={says}>
      {word}
    </Badge>
  )
}
