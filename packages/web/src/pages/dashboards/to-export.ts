import type { Dashboard } from '@signalbox/schema'

/** Lists that are empty and words that are not there say nothing. */
const isNothing = (value: unknown): boolean => value === undefined || value === '' || (Array.isArray(value) && value.length === 0)

/** A dashboard as JSON, one panel a line: the same list item as in signalbox.yaml. What has its usual value is left out. */
export function toExport({ panels, ...rest }: Dashboard): string {
  const head = JSON.stringify([trimmed(rest)], null, 2)
    .split('\n')
    .slice(1, -2)
  const lines = panels.map((panel) => `      ${JSON.stringify(trimmed(panel))}`)
  const list = lines.length === 0 ? '    "panels": []' : `    "panels": [\n${lines.join(',\n')}\n    ]`
  return ['[', ...head.slice(0, -1), `${head.at(-1)},`, list, '  }', ']'].join('\n')
}

function trimmed(value: object): object {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      if (isNothing(inner)) return []
      return [[key, key === 'query' ? trimmed(inner as object) : inner]]
    }),
  )
}
