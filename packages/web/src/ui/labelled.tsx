import { type ReactNode, useId } from 'react'

export type Given = { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }
type Props = {
  title: string
  /** Said behind the title, quietly. */
  aside?: string | false
  help?: string | false | undefined
  problem?: string | undefined
  /** Spread what is given on the control. */
  children: (given: Given) => ReactNode
}

/** A control with its label, its help and what is wrong with it. */
export function Labelled({ title, aside, help, problem, children }: Props) {
  const id = useId()
  const described = [help && `${id}-help`, problem && `${id}-problem`].filter(Boolean).join(' ')
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1 block font-medium">
        {title} {aside && <span className="font-normal text-faint">({aside})</span>}
      </label>
      {children({ id, ...(described && { 'aria-describedby': described }), ...(problem && { 'aria-invalid': true }) })}
      {help && (
        <p id={`${id}-help`} className="mt-1 text-sm text-faint">
          {help}
        </p>
      )}
      {problem && (
        <p id={`${id}-problem`} role="alert" className="mt-1 text-sm text-error">
          {problem}
        </p>
      )}
    </div>
  )
}
