import type { Threshold } from '@signalbox/schema'
import { Plus, X } from 'lucide-react'
import { Button, IconButton } from '../../ui/button.tsx'
import { Input } from '../../ui/input.tsx'
import { Select } from '../../ui/select.tsx'

type Props = {
  thresholds: readonly Threshold[]
  problems: Readonly<Record<string, string>>
  onChange: (thresholds: Threshold[], tag?: string) => void
}
const STATUSES = [
  { value: 'ok' as const, label: 'good' },
  { value: 'warning' as const, label: 'warning' },
  { value: 'error' as const, label: 'bad' },
]

/** From which value on a number is good or bad, each with its word. */
export function Thresholds({ thresholds, problems, onChange }: Props) {
  const change = (at: number, to: Partial<Threshold>, tag: string) =>
    onChange(
      thresholds.map((one, index) => (index === at ? { ...one, ...to } : one)),
      `threshold ${at} ${tag}`,
    )
  return (
    <fieldset>
      <legend className="mb-1 font-medium">Thresholds</legend>
      <ul className="flex flex-col gap-2">
        {thresholds.map(({ at, status, words }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a threshold is its place.
          <li key={index} className="grid grid-cols-[72px_92px_1fr_24px] items-center gap-1.5">
            <Input
              aria-label={`From, threshold ${index + 1}`}
              type="number"
              step="any"
              value={at}
              aria-invalid={problems[`thresholds.${index}.at`] !== undefined || undefined}
              onChange={({ target }) => change(index, { at: Number(target.value) }, 'at')}
            />
            <Select
              label={`Status, threshold ${index + 1}`}
              value={status}
              choices={STATUSES}
              onChange={(next) => change(index, { status: next }, 'status')}
            />
            <Input
              aria-label={`Word, threshold ${index + 1}`}
              value={words}
              maxLength={40}
              aria-invalid={problems[`thresholds.${index}.words`] !== undefined || undefined}
              onChange={({ target }) => change(index, { words: target.value }, 'words')}
            />
            <IconButton
              label={`Remove threshold ${index + 1}`}
              size="small-icon"
              onClick={() => onChange(thresholds.filter((_, other) => other !== index))}
            >
              <X size={13} />
            </IconButton>
          </li>
        ))}
      </ul>
      {thresholds.length < 6 && (
        <Button
          size="small"
          className="mt-2"
          onClick={() => {
            const last = thresholds.at(-1)
            onChange([
              ...thresholds,
              last ? { at: last.at * 2 || 1, status: 'error', words: 'bad' } : { at: 0, status: 'ok', words: 'good' },
            ])
          }}
        >
          <Plus size={12} aria-hidden />
          Add a threshold
        </Button>
      )}
      <p className="mt-1 text-sm text-faint">Each holds from its value on, up to the next. Rates are from 0 to 1.</p>
    </fieldset>
  )
}
