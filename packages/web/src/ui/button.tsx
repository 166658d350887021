import { cva, type VariantProps } from 'class-variance-authority'
import type { ComponentProps } from 'react'
import { classNames } from '../lib/class-names.ts'

/** The look of a button, for links that act like one too. */
export const buttonStyle = cva(
  'inline-flex shrink-0 items-center justify-center gap-1.5 border whitespace-nowrap select-none transition-colors duration-75 disabled:opacity-50 aria-disabled:opacity-50',
  {
    variants: {
      kind: {
        primary: 'border-transparent bg-accent-solid text-on-accent hover:bg-accent-solid-hover',
        secondary: 'border-line-strong bg-surface-1 text-text hover:bg-surface-2',
        /** Only the shape: the colours come from elsewhere. */
        bare: '',
        ghost: 'border-transparent bg-transparent text-soft hover:bg-surface-2 hover:text-text',
        danger: 'border-line-strong bg-surface-1 text-error hover:border-error hover:bg-error-soft',
      },
      size: {
        normal: 'h-8 rounded-md px-3 font-medium',
        /** For bars, where a button says what is set. */
        bar: 'h-8 rounded-md px-2.5',
        small: 'h-6 rounded-sm px-2 text-sm font-medium',
        pill: 'h-8 rounded-full px-3 font-medium',
        icon: 'size-8 rounded-md',
        'small-icon': 'size-6 rounded-sm',
      },
    },
    defaultVariants: { kind: 'secondary', size: 'normal' },
  },
)

type Props = ComponentProps<'button'> & VariantProps<typeof buttonStyle>

/** A button; `type` is `button` unless said otherwise, so that it never submits by surprise. */
export function Button({ kind, size, className, type = 'button', ...rest }: Props) {
  return <button type={type} className={classNames(buttonStyle({ kind, size }), className)} {...rest} />
}

/** A button that is only an icon: the label is read aloud and shown on hover. */
export function IconButton({ label, size = 'icon', kind = 'ghost', ...rest }: Props & { label: string }) {
  return <Button size={size} kind={kind} aria-label={label} data-tip={label} {...rest} />
}
