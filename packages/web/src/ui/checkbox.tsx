import { Checkbox as Base } from '@base-ui/react/checkbox'
import { Check, Minus } from 'lucide-react'
import { type ReactNode, useId } from 'react'

type Props = {
  checked: boolean
  onChange: (checked: boolean) => void
  label?: string
  labelledBy?: string
  indeterminate?: boolean
  tabIndex?: number
  disabled?: boolean
}

/** A box to tick. Give it `label`, or `labelledBy` where the words stand beside it. */
export function Checkbox({ checked, onChange, label, labelledBy, indeterminate = false, tabIndex, disabled = false }: Props) {
  return (
    <Base.Root
      checked={checked}
      indeterminate={indeterminate}
      disabled={disabled}
      onCheckedChange={(next) => onChange(next)}
      {...(label && { 'aria-label': label })}
      {...(labelledBy && { 'aria-labelledby': labelledBy })}
      {...(tabIndex !== undefined && { tabIndex })}
      className="flex size-4 shrink-0 items-center justify-center rounded-sm border border-line-strong bg-surface-1 hover:border-faint data-checked:border-transparent data-checked:bg-accent-solid data-indeterminate:border-transparent data-indeterminate:bg-accent-solid data-disabled:opacity-50"
    >
      <Base.Indicator className="text-on-accent">
        {indeterminate ? <Minus size={12} strokeWidth={3} /> : <Check size={12} strokeWidth={3} />}
      </Base.Indicator>
    </Base.Root>
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
