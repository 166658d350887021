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

/** What people look for first. */
const FIRST = ['production', 'staging']
/** Labels in the order of what they mean: what is in use, what is tried, then the others by name. */
export const byImportance = (labels: readonly PromptLabel[]): PromptLabel[] => {
  const place = ({ label }: PromptLabel) => (FIRST.includes(label) ? FIRST.indexOf(label) : FIRST.length)
  return labels.toSorted((a, b) => place(a) - place(b) || a.label.localeCompare(b.label))
}

/** A label with its kind as an icon, and where it points; `short` without the parts of a split. */
export function LabelBadge({ label, target = true, short = false }: { label: PromptLabel; target?: boolean; short?: boolean }) {
  const Icon = label.needs ? Lock : label.split ? Split : Tag
  const tip = [
    label.needs ? NEEDS[label.needs] : label.split ? 'Divided between versions; a session stays with one' : undefined,
    `${describeTarget(targetOf(label))}, moved by ${label.movedBy ?? 'the server'}${label.why ? `: ${label.why}` : ''}`,
  ]
  return (
    <Badge icon={<Icon size={11} aria-hidden />} tip={tip.filter(Boolean).join('\n')}>
      {label.label}
      {target && (
        <span className="font-mono font-normal text-faint">
          {short && label.split ? label.split.map(({ version }) => `v${version}`).join(' ') : describeTarget(targetOf(label))}
        </span>
      )}
      {label.needs && <span className="sr-only">protected</span>}
    </Badge>
  )
}
