import { type ComponentProps, useState } from 'react'
import { classNames } from '../lib/class-names.ts'
import { inputStyle } from './input.tsx'

type Props = Omit<ComponentProps<'textarea'>, 'value' | 'onChange'> & {
  onChange: (headers: Record<string, string> | undefined) => void
}

/** Headers, one `Name: value` per line. A line without a colon is a name without a value. */
export function HeaderLines({ onChange, className, ...rest }: Props) {
  const [text, setText] = useState('')
  return (
    <textarea
      rows={2}
      value={text}
      onChange={(event) => {
        setText(event.target.value)
        onChange(readHeaders(event.target.value))
      }}
      spellCheck={false}
      autoComplete="off"
      className={classNames(inputStyle, 'h-auto w-full py-1.5 font-mono text-sm', className)}
      {...rest}
    />
  )
}

/** `undefined` where nothing is written. */
export function readHeaders(text: string): Record<string, string> | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length === 0) return undefined
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return colon === -1 ? [line, ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
    }),
  )
}
