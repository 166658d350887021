import type { PromptLabel } from '@signalbox/schema'
import { Lock, Split, Tag } from 'lucide-react'
import { formatPart } from '../../lib/format-number.ts'
import { Badge } from '../../ui/badge.tsx'

type Target = { version: number } | { split: readonly { version: number; weight: number }[] }

/** Where a label points, in a few letters: `v7`, or `90% v7, 10% v8`. */
export function describeTarget(target: Target | null): string {
  if (!target) return 'nothing'
  if ('version' in target) return `v${target.version}`
  const sum = target.split.reduce((total, { weight }) => total + weight, 0)
  return target.split.map(({ version, weight }) => `${formatPart(weight / sum)} v${version}`).join(', ')
}

export const targetOf = ({ version, split }: Pick<PromptLabel, 'version' | 'split'>): Target | null =>
  split ? { split } : version === null ? null : { version }

const NEEDS = { role: 'Protected: needs the right to move protected labels', approval: 'Protected: a second person approves each move' }

/** A label with its kind as an icon, and where it points. */
export function LabelBadge({ label, target = true }: { label: PromptLabel; target?: boolean }) {
  const Icon = label.needs ? Lock : label.split ? Split : Tag
  const tip = [
    label.needs ? NEEDS[label.needs] : label.split ? 'Divided between versions; a session stays with one' : undefined,
    `${describeTarget(targetOf(label))}, moved by ${label.movedBy ?? 'the server'}${label.why ? `: ${label.why}` : ''}`,
  ]
  return (
    <Badge icon={<Icon size={11} aria-hidden />} tip={tip.filter(Boolean).join('\n')}>
      {label.label}
      {target && <span className="font-mono font-normal text-faint">{describeTarget(targetOf(label))}</span>}
      {label.needs && <span className="sr-only">protected</span>}
    </Badge>
  )
}
