import { Select as Base } from '@base-ui/react/select'
import { Check, ChevronsUpDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from '../lib/class-names.ts'
import { inputStyle } from './input.tsx'

export type Choice<V extends string> = { value: V; label: ReactNode; hint?: string }
type Props<V extends string> = {
  label: string
  value: V
  choices: readonly Choice<V>[]
  onChange: (value: V) => void
  className?: string
}

/** One choice of a list. `label` is read aloud; a visible label, if any, stands outside. */
export function Select<V extends string>({ label, value, choices, onChange, className }: Props<V>) {
  return (
    <Base.Root
      items={choices.map((choice) => ({ value: choice.value, label: choice.label }))}
      value={value}
      onValueChange={(next) => {
        if (next !== null) onChange(next as V)
      }}
    >
      <Base.Trigger
        aria-label={label}
        className={classNames(inputStyle, 'flex items-center justify-between gap-2 text-left', className ?? 'w-full')}
      >
        <Base.Value className="truncate" />
        <Base.Icon>
          <ChevronsUpDown size={13} className="text-faint" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50 outline-none">
          <Base.Popup className="floating max-h-[min(var(--available-height),360px)] min-w-(--anchor-width) overflow-y-auto p-1">
            <Base.List>
              {choices.map((choice) => (
                <Base.Item
                  key={choice.value}
                  value={choice.value}
                  className="flex h-8 items-center gap-2 rounded-sm px-2 outline-none select-none data-highlighted:bg-surface-2"
                >
                  <Base.ItemText className="flex-1 truncate">{choice.label}</Base.ItemText>
                  {choice.hint && <span className="text-sm text-faint">{choice.hint}</span>}
                  <Base.ItemIndicator>
                    <Check size={14} className="text-accent" />
                  </Base.ItemIndicator>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
