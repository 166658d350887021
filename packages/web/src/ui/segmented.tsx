import { Toggle } from '@base-ui/react/toggle'
import { ToggleGroup } from '@base-ui/react/toggle-group'
import type { ReactNode } from 'react'

type Props<V extends string> = {
  label: string
  value: V
  choices: readonly { value: V; label: ReactNode; title?: string }[]
  onChange: (value: V) => void
}

/** A few exclusive choices side by side. */
export function Segmented<V extends string>({ label, value, choices, onChange }: Props<V>) {
  return (
    <ToggleGroup
      aria-label={label}
      value={[value]}
      onValueChange={(next) => {
        const [chosen] = next
        if (chosen) onChange(chosen as V)
      }}
      className="inline-flex h-8 items-center gap-0.5 rounded-md border border-line bg-surface-2 p-0.5"
    >
      {choices.map((choice) => (
        <Toggle
          key={choice.value}
          value={choice.value}
          {...(choice.title && { 'aria-label': choice.title, 'data-tip': choice.title })}
          className="inline-flex h-full items-center gap-1.5 rounded-sm border border-transparent px-2.5 text-sm text-soft select-none hover:text-text data-pressed:border-line-strong data-pressed:bg-surface-1 data-pressed:text-text"
        >
          {choice.label}
        </Toggle>
      ))}
    </ToggleGroup>
  )
}
