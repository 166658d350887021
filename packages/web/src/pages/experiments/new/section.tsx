import type { ReactNode } from 'react'
import type { Problems } from '../../../ui/save-form.tsx'
import type { Draft } from './draft.ts'

/** What every part of the form is given. */
export type SectionProps = { draft: Draft; problems: Problems; onChange: (next: Partial<Draft>) => void }

/** A part of the form: what it decides, and its fields. */
export function Section({ title, says, children }: { title: string; says: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title} className="rounded-md border border-line bg-surface-1">
      <header className="border-b border-line px-4 py-2">
        <h2 className="font-medium">{title}</h2>
        <p className="text-sm text-faint">{says}</p>
      </header>
      <div className="flex flex-col gap-4 p-4">{children}</div>
    </section>
  )
}

/** What is wrong with a whole part. */
export const Problem = ({ children }: { children: ReactNode }) =>
  children ? (
    <p role="alert" className="text-sm text-error">
      {children}
    </p>
  ) : null
