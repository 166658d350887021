export type Axes = {
  /** Versions of the prompt; none where the input of a row is sent as it is. */
  versions: readonly number[]
  /** Aliases or provider/model; none: the one that the version names. */
  models: readonly string[]
  /** Sets of parameters by name; none: those of the version. */
  parameters: readonly { name: string; values: Record<string, unknown> }[]
}
export type Cell = { id: string; version: number | undefined; model: string | undefined; parameters: Record<string, unknown> | undefined }

/** Every version with every model with every set of parameters. What only one axis tells apart is in the name only where it does. */
export function matrixOf({ versions, models, parameters }: Axes): Cell[] {
  const cells = orNothing(versions).flatMap((version) =>
    orNothing(models).flatMap((model) => orNothing(parameters).map((set) => ({ version, model, set }))),
  )
  return cells.map(({ version, model, set }) => {
    const parts = [
      version !== undefined && `v${version}`,
      model !== undefined && (models.length > 1 || version === undefined) && model,
      set !== undefined && parameters.length > 1 && set.name,
    ]
    return { id: parts.filter(Boolean).join(' - ') || 'as it is', version, model, parameters: set?.values }
  })
}

const orNothing = <T>(values: readonly T[]): readonly (T | undefined)[] => (values.length === 0 ? [undefined] : values)
