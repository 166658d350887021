import type { DashboardRow } from '@signalbox/schema'
import { FileText, Lock } from 'lucide-react'
import { Badge } from '../../ui/badge.tsx'

/** Where a dashboard comes from, where that is not everybody's. */
export function SeenBy({ from, shared }: Pick<DashboardRow, 'from' | 'shared'>) {
  if (from === 'file')
    return (
      <Badge icon={<FileText size={12} aria-hidden />} tip="Comes from signalbox.yaml and is changed there">
        signalbox.yaml
      </Badge>
    )
  if (shared) return <span className="text-soft">everybody</span>
  return (
    <Badge icon={<Lock size={12} aria-hidden />} tip="Only you see it">
      only you
    </Badge>
  )
}
