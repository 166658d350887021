import { Menu as Base } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { classNames } from '../lib/class-names.ts'

type MenuProps = { trigger: ReactElement; children: ReactNode; align?: 'start' | 'end'; side?: 'top' | 'bottom' | 'right' }

/** A list of actions behind a button. */
export function Menu({ trigger, children, align = 'start', side = 'bottom' }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} side={side} sideOffset={4} className="z-50 outline-none">
          <Base.Popup className="floating max-h-(--available-height) min-w-44 overflow-y-auto p-1">{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

const itemStyle =
  'flex min-h-8 items-center gap-2 rounded-sm px-2 outline-none select-none data-highlighted:bg-surface-2 data-disabled:opacity-50'

type ItemProps = { children: ReactNode; onClick: () => void; icon?: ReactNode; danger?: boolean; disabled?: boolean; trailing?: ReactNode }
/** One action of a menu. */
export function MenuItem({ children, onClick, icon, danger = false, disabled = false, trailing }: ItemProps) {
  return (
    <Base.Item onClick={onClick} disabled={disabled} className={classNames(itemStyle, danger && 'text-error')}>
      {icon && <span className="text-faint">{icon}</span>}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {trailing}
    </Base.Item>
  )
}

type CheckProps = { children: ReactNode; checked: boolean; onChange: (checked: boolean) => void; disabled?: boolean; closes?: boolean }
/** A menu entry that is on or off; the menu stays open unless it `closes`. */
export function MenuCheck({ children, checked, onChange, disabled = false, closes = false }: CheckProps) {
  return (
    <Base.CheckboxItem
      checked={checked}
      onCheckedChange={(next) => onChange(next)}
      closeOnClick={closes}
      disabled={disabled}
      className={itemStyle}
    >
      <span className="flex w-4 justify-center text-accent">{checked && <Check size={14} />}</span>
      <span className="flex-1 truncate">{children}</span>
    </Base.CheckboxItem>
  )
}

/** A quiet heading within a menu. */
export function MenuHeading({ children }: { children: ReactNode }) {
  return <div className="px-2 pt-1.5 pb-1 text-xs font-medium text-faint">{children}</div>
}

/** A line between two groups of entries. */
export function MenuLine() {
  return <Base.Separator className="mx-1 my-1 h-px bg-line" />
}
