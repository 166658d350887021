import { classNames } from '../../../lib/class-names.ts'
import { inputStyle } from '../../../ui/input.tsx'

type Props = {
  label: string
  value: string
  onChange?: ((value: string) => void) | undefined
  problem?: string | undefined
  placeholder?: string
  rows?: number
}

/** A box for JSON that grows with it. What is wrong with it is said below. */
export function JsonBox({ label, value, onChange, problem, placeholder, rows = 3 }: Props) {
  return (
    <div>
      <textarea
        aria-label={label}
        {...(problem && { 'aria-invalid': true })}
        rows={rows}
        value={value}
        readOnly={!onChange}
        onChange={(event) => onChange?.(event.currentTarget.value)}
        placeholder={placeholder}
        spellCheck={false}
        className={classNames(inputStyle, 'field-sizing-content h-auto w-full resize-none py-2 font-mono text-sm leading-[19px]')}
      />
      <Problem text={problem} />
    </div>
  )
}

/** What is wrong with the field above. */
export function Problem({ text }: { text: string | undefined }) {
  if (!text) return null
  return (
    <p role="alert" className="mt-1 text-sm break-words text-error">
      {text}
    </p>
  )
}
