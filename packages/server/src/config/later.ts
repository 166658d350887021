import type { Path, Problem, YamlFile } from '../lib/yaml/yaml.ts'

/**
 * What the documentation of `signalbox.yaml` names and this version does not do yet. Such a file starts, and each of
 * these places is a warning: never an error, since the file is right, and never silent, since nothing happens.
 */
const PROJECT_KEYS = ['guardrails']
const MODEL_KEYS = ['guardrails']

/** Names that are known at a path beside those of the schema. */
export const laterKeysAt = (path: Path): readonly string[] => (isProject(path) ? PROJECT_KEYS : isModel(path) ? MODEL_KEYS : [])

/** Takes them out of the value, and tells where they stood. */
export function withoutLater(value: unknown, file: YamlFile): { value: unknown; warnings: Problem[] } {
  const warnings: Problem[] = []
  const strip = (inner: unknown, path: Path): unknown => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    const later = laterKeysAt(path)
    return Object.fromEntries(
      Object.entries(inner).flatMap(([key, entry]) => {
        if (!later.includes(key)) return [[key, strip(entry, [...path, key])]]
        const name = [...path, key].join('.')
        warnings.push({
          ...file.positionOf([...path, key], 'key'),
          message: `${name} is not supported by this version yet and has no effect.`,
        })
        return []
      }),
    )
  }
  return { value: strip(value, []), warnings }
}

const inProject = (path: Path): Path => (path[0] === 'projects' ? path.slice(2) : path)
const isProject = (path: Path): boolean => path.length === 0 || (path[0] === 'projects' && path.length === 2)
const isModel = (path: Path): boolean => {
  const inner = inProject(path)
  return inner[0] === 'models' && inner.length === 2
}
