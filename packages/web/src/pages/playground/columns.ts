import { MOST_COLUMNS, type PlaygroundColumn, type PlaygroundState, PromptContent, type PromptVersion } from '@signalbox/schema'

/** A column on the page. The key stays when others come and go; the version it came from is kept, to see what was changed. */
export type Column = PlaygroundColumn & { key: string; saved?: Saved }
/** The version that a column comes from, and which labels point to it. */
export type Saved = Pick<PromptVersion, 'content' | 'labels'>
export type Playground = { columns: readonly Column[]; variables: Readonly<Record<string, string>> }

let last = 0
const nextKey = () => `c${++last}`
export const keyed = (column: PlaygroundColumn): Column => ({ ...column, key: nextKey() })
export const open = ({ columns, variables }: PlaygroundState): Playground => ({ columns: columns.map(keyed), variables })

/** As it is kept and handed on. */
export const close = ({ columns, variables }: Playground): PlaygroundState => ({
  columns: columns.map(({ key: _, saved: __, ...column }) => column),
  variables: Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== '')),
})

export const emptyColumn = (route: string): PlaygroundColumn => ({
  content: PromptContent.parse({
    type: 'chat',
    messages: [{ role: 'user', content: '' }],
    ...(route && { model: { route } }),
  }),
  mocks: {},
})

/** With a copy behind a column: what is compared is mostly the same. */
export function duplicated(columns: readonly Column[], key: string): Column[] {
  if (columns.length >= MOST_COLUMNS) return [...columns]
  return columns.flatMap((column) => (column.key === key ? [column, { ...column, key: nextKey() }] : [column]))
}
export const without = (columns: readonly Column[], key: string): Column[] =>
  columns.length === 1 ? [...columns] : columns.filter((column) => column.key !== key)

/** Whether a column says exactly what the version says that it comes from. The model may be another one. */
export function isUnchanged({ prompt, saved, content }: Column): boolean {
  if (!prompt || !saved) return false
  const said = ({ model, ...rest }: PromptContent) => JSON.stringify(sorted({ ...rest, parameters: model?.parameters ?? {} }))
  return said(content) === said(saved.content)
}

/**
 * Whether the gateway itself can render the version, so that the run is linked to it. What follows a text is another text than what stands alone, so one with tools is sent as it is written.
 */
export const isLinked = (column: Column): boolean =>
  isUnchanged(column) && (column.content.type === 'chat' || (column.content.tools ?? []).length === 0)

const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([, one]) => one !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, one]) => [name, sorted(one)]),
        )
      : value

/** A, B, … as they stand. */
export const letterOf = (at: number): string => String.fromCharCode(65 + at)
