import { Calendar, Check } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useSetView, useView } from '../data/view.ts'
import { classNames } from '../lib/class-names.ts'
import { describeTimeRange, localInput, RELATIVE_RANGES, type RelativeRange, resolveTimeRange } from '../lib/time-range.ts'
import { Button } from '../ui/button.tsx'
import { Input } from '../ui/input.tsx'
import { Popover } from '../ui/popover.tsx'

/** The time that every view shows: a relative range, or two moments. */
export function TimeRangePicker() {
  const { range } = useView()
  const { setRange } = useSetView()
  const [open, setOpen] = useState(false)
  const choose = (next: Parameters<typeof setRange>[0]) => {
    setRange(next)
    setOpen(false)
  }
  return (
    <Popover
      title="Time range"
      open={open}
      onOpenChange={setOpen}
      className="flex w-[420px]"
      trigger={
        <Button aria-label={`Time range: ${describeTimeRange(range)}`} size="bar">
          <Calendar size={14} className="text-faint" aria-hidden />
          {describeTimeRange(range)}
        </Button>
      }
    >
      <ul aria-label="Relative ranges" className="w-44 border-r border-line p-1">
        {Object.entries(RELATIVE_RANGES).map(([value, { title }]) => {
          const chosen = range.kind === 'relative' && range.range === value
          return (
            <li key={value}>
              <button
                type="button"
                aria-pressed={chosen}
                onClick={() => choose({ kind: 'relative', range: value as RelativeRange })}
                className={classNames(
                  'flex h-8 w-full items-center justify-between rounded-sm px-2 text-left hover:bg-surface-2',
                  chosen && 'font-medium',
                )}
              >
                {title}
                {chosen && <Check size={14} className="text-accent" aria-hidden />}
              </button>
            </li>
          )
        })}
      </ul>
      <AbsoluteForm key={String(open)} onChoose={choose} />
    </Popover>
  )
}

function AbsoluteForm({ onChoose }: { onChoose: (range: { kind: 'absolute'; from: number; to: number }) => void }) {
  const { range } = useView()
  const now = resolveTimeRange(range, Date.now())
  const [from, setFrom] = useState(() => localInput(now.from))
  const [to, setTo] = useState(() => localInput(now.to))
  const valid = Date.parse(from) < Date.parse(to)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (valid) onChoose({ kind: 'absolute', from: Date.parse(from), to: Date.parse(to) })
  }
  return (
    <form onSubmit={submit} className="flex flex-1 flex-col gap-3 p-3">
      <label htmlFor="range-from" className="text-sm text-soft">
        From
        <Input
          id="range-from"
          type="datetime-local"
          step={1}
          value={from}
          onChange={(event) => setFrom(event.target.value)}
          className="mt-1 text-text"
        />
      </label>
      <label htmlFor="range-to" className="text-sm text-soft">
        To
        <Input
          id="range-to"
          type="datetime-local"
          step={1}
          value={to}
          onChange={(event) => setTo(event.target.value)}
          className="mt-1 text-text"
        />
      </label>
      <p role="status" className="min-h-[18px] text-sm text-faint">
        {valid ? `Local time, ${Intl.DateTimeFormat().resolvedOptions().timeZone}` : '“From” must be before “To”.'}
      </p>
      <Button kind="primary" type="submit" disabled={!valid}>
        Apply
      </Button>
    </form>
  )
}
