import { globSync, readFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { AppError } from '@signalbox/schema/errors'
import { readYaml } from '../../lib/yaml/yaml.ts'

/** What the configuration may read: files below or beside it, named as `file://…` or plainly. */
export class Files {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  path(named: string): string {
    const plain = named.replace(/^file:\/\//, '')
    return isAbsolute(plain) ? plain : join(this.folder, plain)
  }

  /** One path, or those that a pattern finds, in the order of their names. */
  paths(named: string): string[] {
    const path = this.path(named)
    if (!/[*?{[]/.test(path)) return [path]
    const found = globSync(path).sort()
    if (found.length === 0)
      throw new AppError('invalid-request', `${named} finds no file.`, { hint: `It is looked for in ${this.folder}.` })
    return found
  }

  text(named: string): string {
    try {
      return readFileSync(this.path(named), 'utf8')
    } catch (cause) {
      throw new AppError('invalid-request', `${named} cannot be read (${(cause as NodeJS.ErrnoException).code}).`, {
        hint: 'Paths are relative to the configuration.',
        cause,
      })
    }
  }

  /** JSON or YAML by its ending; all else is text. */
  value(named: string): unknown {
    const text = this.text(named)
    if (/\.(json|ya?ml)$/.test(named)) return parseData(text, named)
    if (named.endsWith('.jsonl'))
      return text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => parseData(line, named))
    return text.replace(/\n$/, '')
  }
}

/** JSON is quicker to read than the YAML that it also is. */
export function parseData(text: string, name: string): unknown {
  if (/^\s*[[{]/.test(text)) {
    try {
      return JSON.parse(text)
    } catch {
      // A list or mapping in YAML's own short form.
    }
  }
  const { value, problems } = readYaml(text, null)
  const [first] = problems
  if (first) throw new AppError('invalid-request', `${name}:${first.line}:${first.column} ${first.message}`)
  return value
}
