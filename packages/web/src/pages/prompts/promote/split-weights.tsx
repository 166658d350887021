import { Plus, X } from 'lucide-react'
import { formatPart } from '../../../lib/format-number.ts'
import { Button, IconButton } from '../../../ui/button.tsx'
import { Input } from '../../../ui/input.tsx'
import { Select } from '../../../ui/select.tsx'

export type Share = { version: number; weight: number }
type Props = { shares: readonly Share[]; versions: readonly number[]; onChange: (shares: Share[]) => void }

/** Between which versions a label is divided, and in what parts. */
export function SplitWeights({ shares, versions, onChange }: Props) {
  const sum = shares.reduce((total, { weight }) => total + weight, 0)
  const free = versions.find((version) => !shares.some((share) => share.version === version))
  return (
    <div>
      <ol aria-label="Parts" className="flex flex-col gap-1.5">
        {shares.map(({ version, weight }, at) => (
          <li key={version} className="flex items-center gap-2">
            <Select
              label={`Version of part ${at + 1}`}
              value={String(version)}
              choices={versions
                .filter((one) => one === version || !shares.some((share) => share.version === one))
                .map((one) => ({ value: String(one), label: `v${one}` }))}
              onChange={(next) => onChange(shares.with(at, { version: Number(next), weight }))}
              className="w-28"
            />
            <Input
              aria-label={`Weight of part ${at + 1}`}
              type="number"
              min={0}
              step="any"
              value={Number.isNaN(weight) ? '' : String(weight)}
              onChange={({ target }) => onChange(shares.with(at, { version, weight: target.valueAsNumber }))}
              className="max-w-24 text-right font-mono text-sm"
            />
            <span className="w-14 text-right text-soft">{sum > 0 && weight > 0 ? formatPart(weight / sum) : '–'}</span>
            <IconButton
              label={`Remove part ${at + 1}`}
              size="small-icon"
              disabled={shares.length <= 2}
              onClick={() => onChange(shares.toSpliced(at, 1))}
            >
              <X size={14} />
            </IconButton>
          </li>
        ))}
      </ol>
      <Button
        size="small"
        className="mt-2"
        disabled={free === undefined}
        onClick={() => free !== undefined && onChange([...shares, { version: free, weight: 10 }])}
      >
        <Plus size={13} aria-hidden /> Add a part
      </Button>
      <p className="mt-1 text-sm text-faint">A session stays with its version for as long as the parts stay.</p>
    </div>
  )
}

/** Only such parts can be sent. */
export const isSplit = (shares: readonly Share[]): boolean =>
  shares.length >= 2 && shares.every(({ weight }) => weight > 0) && new Set(shares.map(({ version }) => version)).size === shares.length
