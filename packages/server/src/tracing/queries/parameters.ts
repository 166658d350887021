/** Values on their way into a query: the text gets `{p0:String}`, the value travels beside it and is never part of the text. */
export type Parameters = {
  bind(type: string, value: unknown): string
  /** The project that the query sees, bound once; a condition that reads a second table asks for it again without naming it. */
  project(projectId?: string): string
  readonly values: Record<string, unknown>
}

export function parameters(): Parameters {
  const values: Record<string, unknown> = {}
  let count = 0
  let project: string | undefined
  const bind = (type: string, value: unknown) => {
    const name = `p${count++}`
    values[name] = value
    return `{${name}:${type}}`
  }
  return {
    values,
    bind,
    project(projectId) {
      if (projectId !== undefined) project ??= bind('String', projectId)
      if (project === undefined) throw new Error('a query asked for its project before it had one')
      return project
    },
  }
}
