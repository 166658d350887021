import { Check, Minus } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { classNames } from '../lib/class-names.ts'

type Props = {
  checked: boolean
  onChange: (checked: boolean) => void
  label?: string
  labelledBy?: string
  indeterminate?: boolean
  tabIndex?: number
  disabled?: boolean
}

/** A box to tick. Give it `label`, or `labelledBy` where the words stand beside it. A long list has one in each row, so it is a button and no more. */
export function Checkbox({ checked, onChange, label, labelledBy, indeterminate = false, tabIndex, disabled = false }: Props) {
  const marked = checked || indeterminate
  return (
    // biome-ignore lint/a11y/useSemanticElements: an input has no mark of ours without a second element, in each row of a list.
    <button
      type="button"
      role="checkbox"
      aria-checked={indeterminate ? 'mixed' : checked}
      aria-label={label}
      aria-labelledby={labelledBy}
      tabIndex={tabIndex}
      disabled={disabled}
      onClick={() => onChange(!checked)}
      className={classNames(
        'flex size-4 shrink-0 items-center justify-center rounded-sm border text-on-accent disabled:opacity-50',
        marked ? 'border-transparent bg-accent-solid' : 'border-line-strong bg-surface-1 hover:border-faint',
      )}
    >
      {indeterminate ? <Minus size={12} strokeWidth={3} aria-hidden /> : checked && <Check size={12} strokeWidth={3} aria-hidden />}
    </button>
  )
}

/** With words beside it, which can be pressed too. */
export function Tick({ checked, onChange, children }: { checked: boolean; onChange: (checked: boolean) => void; children: ReactNode }) {
  const id = useId()
  return (
    <div className="flex items-center gap-2">
      <Checkbox checked={checked} onChange={onChange} labelledBy={id} />
      <button type="button" tabIndex={-1} id={id} onClick={() => onChange(!checked)} className="text-left">
        {children}
      </button>
    </div>
  )
}
