import type { ComponentProps } from 'react'
import { classNames } from '../../lib/class-names.ts'
import { inputStyle } from '../../ui/input.tsx'

/** Several lines of text. */
export const TextArea = ({ className, ...rest }: ComponentProps<'textarea'>) => (
  <textarea className={classNames(inputStyle, 'h-auto w-full resize-y py-1.5', className)} {...rest} />
)
