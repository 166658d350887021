import type { ReactNode } from 'react'
import { classNames } from '../lib/class-names.ts'
import { CopyButton } from './copy.tsx'

type Props = {
  code: string
  label: string
  className?: string
  /** Copied instead of what is shown, where a secret is masked. */
  copy?: string
  trailing?: ReactNode
}

/** Code to read and to copy. */
export function CodeBlock({ code, label, className, copy = code, trailing }: Props) {
  return (
    <div className={classNames('relative rounded-md border border-line bg-surface-0', className)}>
      <div className="absolute top-1 right-1 z-10 flex items-center gap-1 rounded-sm bg-surface-0">
        {trailing}
        <CopyButton text={copy} label={`Copy ${label}`} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section aria-label={label} tabIndex={0} className="overflow-x-auto rounded-md p-3 pr-10">
        <pre className="font-mono text-sm leading-[19px]">{code}</pre>
      </section>
    </div>
  )
}
