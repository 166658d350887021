import { usePreference } from '../../data/preferences.ts'
import type { GridColumn } from '../../ui/row-grid.tsx'

type Options<R> = {
  /** Under which this browser keeps them. */
  name: 'trace' | 'session' | 'user'
  all: readonly GridColumn<R>[]
  defaults: readonly string[]
  /** Those that the address names. */
  named: string | undefined
  /** Puts them into the address; undefined for the default. */
  onNamed: (ids: string | undefined) => void
}

/** Which columns of a list are shown, how wide, and the ways to change that. */
export function useColumns<R>({ name, all, defaults, named, onNamed }: Options<R>) {
  const [kept, keep] = usePreference(`${name}Columns`, defaults.join(','))
  const [keptWidths, keepWidths] = usePreference(`${name}ColumnWidths`, '{}')
  const widths = readWidths(keptWidths)
  const choose = (ids: readonly string[]) => {
    keep(ids.join(','))
    onNamed(ids.join(',') === defaults.join(',') ? undefined : ids.join(','))
  }
  return {
    all,
    shown: readColumns(all, named ?? kept, defaults),
    widths,
    setWidth: (id: string, width: number) => keepWidths(JSON.stringify({ ...widths, [id]: width })),
    choose,
    reset: () => {
      choose(defaults)
      keepWidths('{}')
    },
  }
}
export type Columns = Pick<ReturnType<typeof useColumns>, 'choose' | 'reset'> &
  Record<'all' | 'shown', readonly { id: string; title: string }[]>

/** The columns that a list of ids names, in the order of the list of all; nonsense names none, so it is the default. */
export function readColumns<C extends { id: string }>(all: readonly C[], ids: string, defaults: readonly string[]): readonly C[] {
  const wanted = new Set(ids.split(','))
  const found = all.filter(({ id }) => wanted.has(id))
  return found.length > 0 ? found : all.filter(({ id }) => defaults.includes(id))
}

function readWidths(text: string): Record<string, number> {
  try {
    return JSON.parse(text) as Record<string, number>
  } catch {
    return {}
  }
}
