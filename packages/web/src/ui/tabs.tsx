import { Tabs as Base } from '@base-ui/react/tabs'
import type { ReactNode } from 'react'
import { classNames } from '../lib/class-names.ts'

export type Tab<V extends string> = { value: V; label: ReactNode; content: ReactNode }
type Props<V extends string> = {
  label: string
  tabs: readonly Tab<V>[]
  value: V
  onChange: (value: V) => void
  className?: string
  trailing?: ReactNode
}

/** Views of one thing, one at a time. Only the chosen one is mounted. */
export function Tabs<V extends string>({ label, tabs, value, onChange, className, trailing }: Props<V>) {
  return (
    <Base.Root value={value} onValueChange={(next) => onChange(next as V)} className={classNames('flex min-h-0 flex-col', className)}>
      <div className="flex items-center border-b border-line">
        <Base.List aria-label={label} className="relative flex flex-1 gap-4 px-4">
          {tabs.map((tab) => (
            <Base.Tab
              key={tab.value}
              value={tab.value}
              className="-mb-px flex h-9 items-center gap-1.5 border-b-2 border-transparent whitespace-nowrap text-soft select-none hover:text-text data-active:border-accent data-active:text-text"
            >
              {tab.label}
            </Base.Tab>
          ))}
        </Base.List>
        {trailing && <div className="flex items-center gap-1 pr-3">{trailing}</div>}
      </div>
      {tabs.map((tab) => (
        <Base.Panel key={tab.value} value={tab.value} className="min-h-0 flex-1 overflow-auto outline-none focus-visible:outline-2">
          {tab.value === value && tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  )
}
