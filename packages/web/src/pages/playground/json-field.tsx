import { useEffect, useId, useState } from 'react'
import { classNames } from '../../lib/class-names.ts'
import { inputStyle } from '../../ui/input.tsx'

type Props = {
  label: string
  help: string
  placeholder: string
  value: unknown
  /** Says what is wrong with it; nothing where it is taken. `undefined`: the box is empty. */
  onChange: (value: unknown) => string | undefined
}

/** A box for JSON. What is half written stays as it is, and counts from when it can be read. */
export function JsonField({ label, help, placeholder, value, onChange }: Props) {
  const id = useId()
  const given = value === undefined ? '' : JSON.stringify(value, null, 2)
  const [text, setText] = useState(given)
  const [problem, setProblem] = useState<string>()
  // What changed from elsewhere is shown; what was only spaced differently is left as it was typed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new value from outside counts.
  useEffect(() => {
    if (written(read(text)) !== given) setText(given)
  }, [given])

  function change(next: string) {
    setText(next)
    const found = read(next)
    setProblem(found instanceof SyntaxError ? `This is no JSON: ${found.message}` : onChange(found))
  }
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      <textarea
        id={id}
        aria-describedby={`${id}-help`}
        {...(problem && { 'aria-invalid': true })}
        rows={3}
        value={text}
        placeholder={placeholder}
        onChange={({ target }) => change(target.value)}
        spellCheck={false}
        className={classNames(inputStyle, 'field-sizing-content h-auto max-h-80 w-full resize-none py-2 font-mono text-sm leading-[19px]')}
      />
      <p
        id={`${id}-help`}
        className={classNames('mt-0.5 text-sm', problem ? 'text-error' : 'text-faint')}
        {...(problem && { role: 'alert' })}
      >
        {problem ?? help}
      </p>
    </div>
  )
}

function read(text: string): unknown {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    return error as SyntaxError
  }
}
const written = (value: unknown): string => (value === undefined || value instanceof SyntaxError ? '' : JSON.stringify(value, null, 2))
