import { useNavigate, useSearch } from '@tanstack/react-router'
import { useRowKeys } from '../data/use-row-keys.ts'

/** What says in the address which entry of a list is open. */
type Param = 'alias' | 'budget' | 'receipt' | 'repricing' | 'split'
export type Opened = {
  open: string | undefined
  setOpen: (name: string | undefined) => void
  /** The row that the keyboard is on. */
  active: string | undefined
  /** For the panel beside the list. */
  panel: { wide: boolean; onWide: (wide: boolean) => void; onClose: () => void }
}

/** The entry of a list that is open beside it, by the address; `rows` by their keys, as they are shown. */
export function useOpened(param: Param, rows: readonly string[]): Opened {
  const search: Partial<Record<Param | 'wide', string | undefined>> = useSearch({ strict: false })
  const navigate = useNavigate()
  const open = search[param]
  const go = (change: Record<string, string | undefined>, replace: boolean) =>
    void navigate({ to: '.', search: (before: object) => ({ ...before, ...change }), replace })
  const setOpen = (name: string | undefined) =>
    go({ [param]: name, ...(name === undefined && { wide: undefined }) }, open !== undefined && name !== undefined)
  const onClose = () => setOpen(undefined)
  const active = useRowKeys({ rows, open, onOpen: setOpen, onClose })
  return { open, setOpen, active, panel: { wide: search.wide === '1', onWide: (on) => go({ wide: on ? '1' : undefined }, true), onClose } }
}

/** Of two entries of one name, the one that is in use is the row. */
export const rowKeyOf = ({ name, hidden }: { name: string; hidden?: boolean }): string => (hidden ? `${name} hidden` : name)
