import { ChevronsUpDown } from 'lucide-react'
import { classNames } from '../lib/class-names.ts'
import { inputStyle } from './input.tsx'

type Props<V extends string> = {
  label: string
  value: V
  choices: readonly { value: V; label: string }[]
  onChange: (value: V) => void
  className?: string
}

/** One choice of a short list, with the menu of the browser: light enough to stand many times on a page that must load at once. */
export function NativeSelect<V extends string>({ label, value, choices, onChange, className = 'w-full' }: Props<V>) {
  return (
    <span className={classNames('relative inline-flex', className)}>
      <select
        aria-label={label}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value as V)}
        className={classNames(inputStyle, 'w-full appearance-none truncate pr-7')}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      <ChevronsUpDown size={13} aria-hidden className="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-faint" />
    </span>
  )
}
