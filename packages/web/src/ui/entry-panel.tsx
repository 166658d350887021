import { Lock, Pencil, Trash2, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Badge } from './badge.tsx'
import { IconButton } from './button.tsx'
import { EmptyState } from './empty-state.tsx'
import { SidePanel } from './side-panel.tsx'

type Entry = { name: string; from: string }
type OfList = { panel: { wide: boolean; onWide: (wide: boolean) => void; onClose: () => void } }
/** What the page of the list hands on to the panel of one of its entries. */
export type EntryPanelProps<T> = OfList & { mayChange: boolean; onChange: (entry: T) => void; onRemove: (entry: T) => void }

type Props<T extends Entry> = EntryPanelProps<T> & {
  /** As people call one: `alias`. */
  noun: string
  entry: T
  /** In place of its name. */
  title?: ReactNode
  /** Beside the name. */
  state?: ReactNode
  about: ReactNode
  actions?: ReactNode
  /** Where it comes from and why it cannot be changed here, if it was not added here. */
  readOnly: { from: string; why: ReactNode } | undefined
  /** What of it does not work. */
  warnings?: readonly (string | null | false)[]
  children: ReactNode
}

/** One entry beside the list that it was opened from: what it is, what is wrong with it, and the ways to change it. */
export function EntryPanel<T extends Entry>(props: Props<T>) {
  const { noun, entry, title = entry.name, state, about, actions, readOnly, warnings = [], panel, mayChange, children } = props
  return (
    <SidePanel
      {...panel}
      label={labelOf(noun)}
      head={
        <>
          <div className="flex items-center gap-2">
            <h2 className="min-w-0 truncate text-lg font-semibold">{title}</h2>
            {state}
            {readOnly && <Badge icon={<Lock size={11} aria-hidden />}>{readOnly.from}</Badge>}
          </div>
          <p className="text-soft">{about}</p>
        </>
      }
      actions={
        <>
          {actions}
          {!readOnly && mayChange && (
            <>
              <IconButton label={`Change ${entry.name}`} size="small-icon" onClick={() => props.onChange(entry)}>
                <Pencil size={14} />
              </IconButton>
              <IconButton label={`Remove ${entry.name}`} size="small-icon" onClick={() => props.onRemove(entry)}>
                <Trash2 size={14} />
              </IconButton>
            </>
          )}
        </>
      }
    >
      {readOnly && (
        <p className="flex items-start gap-2 border-b border-line bg-surface-0 px-4 py-2 text-soft">
          <Lock size={13} className="mt-1 shrink-0 text-faint" aria-hidden /> <span>{readOnly.why}</span>
        </p>
      )}
      {warnings.map(
        (warning) =>
          warning && (
            <p key={warning} className="flex items-start gap-2 border-b border-line bg-warning-soft px-4 py-2 text-warning">
              <TriangleAlert size={14} className="mt-0.5 shrink-0" aria-hidden /> {warning}
            </p>
          ),
      )}
      {children}
    </SidePanel>
  )
}

/** In its place where there is none of the name in the address. */
export function NoEntry({ noun, name, panel }: { noun: string; name: string } & OfList) {
  return (
    <SidePanel {...panel} label={labelOf(noun)} head={<h2 className="truncate text-lg font-semibold">{name}</h2>}>
      <EmptyState icon={TriangleAlert} title={`No such ${noun}`}>
        It may have been removed, or renamed in signalbox.yaml.
      </EmptyState>
    </SidePanel>
  )
}

const labelOf = (noun: string) => `${noun.charAt(0).toUpperCase()}${noun.slice(1)}`
