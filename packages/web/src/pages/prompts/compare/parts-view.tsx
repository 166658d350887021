import type { PromptContent } from '@signalbox/schema'
import { Equal } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import { SideBySide } from '../diff/side-by-side.tsx'
import { partsOf } from './parts-of.ts'

type Props = {
  before: PromptContent
  after: PromptContent
  /** What stands above each column, where both are worth a line. */
  heads?: [ReactNode, ReactNode]
}

/** What is different between two versions, part by part; parts that are the same are named only. */
export function PartsView({ before, after, heads }: Props) {
  const parts = useMemo(() => partsOf(before, after), [before, after])
  const different = parts.filter((part) => part.before !== part.after)
  const same = [...new Set(parts.filter((part) => part.before === part.after).map(({ title }) => title))]
  return (
    <div className="overflow-hidden rounded-md border border-line bg-surface-1">
      {heads && (
        <div className="grid grid-cols-2 border-b border-line">
          {heads.map((head, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: always the same two.
            <div key={at} className="min-w-0 px-3 py-2 first:border-r first:border-line">
              {head}
            </div>
          ))}
        </div>
      )}
      {different.length === 0 && (
        <p className="flex items-center gap-2 px-3 py-6 text-soft">
          <Equal size={14} aria-hidden /> Nothing is different.
        </p>
      )}
      {different.map(({ title, before: was, after: is }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of two versions never move.
        <section key={at} aria-label={title} className="border-b border-line last:border-b-0">
          <h3 className="bg-surface-0 px-3 py-1 text-sm font-medium text-soft">
            {title}
            {was === null && <span className="font-normal text-ok"> added</span>}
            {is === null && <span className="font-normal text-error"> removed</span>}
          </h3>
          <SideBySide label={title} before={was ?? ''} after={is ?? ''} />
        </section>
      ))}
      {same.length > 0 && <p className="bg-surface-0 px-3 py-1.5 text-sm text-faint">The same in both: {same.join(', ')}.</p>}
    </div>
  )
}
