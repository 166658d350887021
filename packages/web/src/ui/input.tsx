import type { ComponentProps } from 'react'
import { classNames } from '../lib/class-names.ts'

/** The frame of everything one can type into. */
export const inputStyle =
  'h-8 min-w-0 rounded-md border border-line-strong bg-surface-1 px-2.5 text-text placeholder:text-faint hover:border-faint focus:border-accent focus:outline-2 focus:-outline-offset-1 focus:outline-accent disabled:opacity-60 aria-invalid:border-error'

/** One line of text. */
export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input className={classNames(inputStyle, 'w-full', className)} {...rest} />
}
