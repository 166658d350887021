/** Spans that do the same: of one kind and one name. */
export type SpanGroup = { kind: string; name: string }

export const groupOf = ({ kind, name }: SpanGroup): SpanGroup => ({ kind, name })
export const isInGroup = (span: SpanGroup, group: SpanGroup): boolean => span.kind === group.kind && span.name === group.name

/** As it stands in an address: `tool:lookup_order`. */
export const writeGroup = ({ kind, name }: SpanGroup): string => `${kind}:${name}`

export function parseGroup(text: string | undefined): SpanGroup | undefined {
  const found = /^(\w+):(.*)$/s.exec(text ?? '')
  return found ? { kind: found[1] ?? '', name: found[2] ?? '' } : undefined
}
