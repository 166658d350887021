import type { Dashboard, DashboardVariable, Filter } from '@signalbox/schema'
import { readValue } from '../../lib/filter-search.ts'

/** What was chosen by name of the variable; '' is all values. What is absent is as the dashboard says. */
export type Chosen = Readonly<Record<string, string>>

/** Reads `?vars=model:gpt-4o;tier:gold`. */
export function readChosen(text: string | undefined): Chosen {
  const pairs = (text ?? '').split(';').flatMap((part) => {
    const colon = part.indexOf(':')
    return colon > 0 ? [[part.slice(0, colon), decode(part.slice(colon + 1))] as const] : []
  })
  return Object.fromEntries(pairs)
}

/** The inverse; nothing chosen leaves the address clean. */
export function writeChosen(chosen: Chosen): string | undefined {
  const parts = Object.entries(chosen).map(([name, value]) => `${name}:${value.replace(/[%;]/g, encodeURIComponent)}`)
  return parts.length > 0 ? parts.join(';') : undefined
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The value that a variable has now; '' where it lets everything through. */
export const chosenValue = ({ name, default: preset }: DashboardVariable, chosen: Chosen): string => chosen[name] ?? preset ?? ''

/** The filters of all panels: those of the dashboard, and those that its variables mean now. */
export const filtersOf = ({ filters, variables }: Dashboard, chosen: Chosen): Filter[] => [
  ...filters,
  ...variables.flatMap((variable): Filter[] => {
    const value = chosenValue(variable, chosen)
    const { field } = variable
    return value === '' ? [] : [{ field, op: 'eq', value: readValue(field, 'eq', value) ?? value }]
  }),
]
