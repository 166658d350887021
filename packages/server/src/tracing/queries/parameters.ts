/** Values on their way into a query: the text gets `{p0:String}`, the value travels beside it and is never part of the text. */
export type Parameters = { bind(type: string, value: unknown): string; readonly values: Record<string, unknown> }

export function parameters(): Parameters {
  const values: Record<string, unknown> = {}
  let count = 0
  return {
    values,
    bind(type, value) {
      const name = `p${count++}`
      values[name] = value
      return `{${name}:${type}}`
    },
  }
}
