import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import { protect, reveal, substitute } from './variables.ts'

export type Path = readonly (string | number)[]
/** Where something stands, counted from 1. */
export type Position = { line: number; column: number }
export type Problem = Position & { message: string }

export type YamlFile = {
  /** Plain values, variables put in. An entry with an empty value (`providers:` and nothing below) is left out. */
  value: unknown
  problems: Problem[]
  /** Texts that had a `${NAME}` whose variable is not set; they are left out of `value`. */
  unset: { path: Path; name: string }[]
  /** True where the value came from a variable: it may be a secret and is never printed. */
  fromVariable(path: Path): boolean
  /** Of the key or the value at the path; where there is none, of the nearest thing around it. */
  positionOf(path: Path, part?: 'key' | 'value'): Position
}

/**
 * Reads YAML 1.2 with variables, keeping lines and columns. It never throws: what is wrong is in `problems`. Without variables (null)
 * `${…}` stays as it is written.
 */
export function readYaml(
  text: string,
  variables: Record<string, string | undefined> | null,
  { keepNull = false }: { /** An entry with an empty value is null, as JSON has it. */ keepNull?: boolean } = {},
): YamlFile {
  const lines = new LineCounter()
  const document = parseDocument(protect(text), { lineCounter: lines, prettyErrors: false, merge: true, logLevel: 'error' })
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const positionOf = (path: Path, part: 'key' | 'value' = 'value') => at(offsetOf(document.contents, path, part))
  const problems: Problem[] = [...document.errors, ...document.warnings].map((error) => ({
    ...at(error.pos[0]),
    message: reveal(error.message),
  }))
  const unset: YamlFile['unset'] = []
  const fromVariables = new Set<string>()

  const fill = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((entry, index) => fill(entry, [...path, index]))
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value).map(([key, entry]) => [reveal(key), fill(entry, [...path, reveal(key)])] as const)
      return Object.fromEntries(entries.filter(([, entry]) => (keepNull || entry !== null) && entry !== undefined))
    }
    if (typeof value !== 'string') return value
    if (variables === null) return reveal(value)
    const result = substitute(reveal(value), variables)
    if (result.used.length > 0) fromVariables.add(JSON.stringify(path))
    for (const message of result.refused) problems.push({ ...positionOf(path), message })
    for (const name of result.unset) unset.push({ path, name })
    return result.unset.length > 0 ? undefined : result.text
  }

  let value: unknown
  if (problems.length === 0) {
    try {
      value = fill(document.toJS() ?? {}, [])
    } catch (error) {
      // An alias without its anchor, or one that expands without end.
      problems.push({ line: 1, column: 1, message: error instanceof Error ? error.message : String(error) })
    }
  }
  return { value, problems, unset, fromVariable: (path) => fromVariables.has(JSON.stringify(path)), positionOf }
}

function offsetOf(root: unknown, path: Path, part: 'key' | 'value'): number {
  let node = root
  let pair: Pair | undefined
  for (const [depth, step] of path.entries()) {
    const next = child(node, step)
    if (next === undefined) return start(pair?.key) ?? start(node) ?? 0
    pair = isPair(next) ? next : undefined
    node = isPair(next) ? next.value : next
    if (depth === path.length - 1 && part === 'key' && pair) return start(pair.key) ?? 0
  }
  return start(node) ?? start(pair?.key) ?? 0
}

const child = (node: unknown, step: string | number): unknown => {
  if (isMap(node)) return node.items.find((pair) => reveal(String(isScalar(pair.key) ? pair.key.value : pair.key)) === String(step))
  return isSeq(node) ? node.items[Number(step)] : undefined
}

const start = (node: unknown): number | undefined => (node as Node | null | undefined)?.range?.[0]
