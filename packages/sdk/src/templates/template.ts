import type { Budget, Limits } from './budget.ts'

/** How a template is written. `fstring` is there to bring prompts in from elsewhere: braces of JSON break it. */
export const ENGINES = ['mustache', 'liquid', 'jinja', 'fstring'] as const
export type EngineName = (typeof ENGINES)[number]

/** A variable that a template reads. */
export type TemplateVariable = {
  name: string
  /** Everything that is read of it, with dots: `customer.name`. */
  paths: readonly string[]
  /** It need not be given: nothing but a condition, a section or a default asks for it. */
  isOptional: boolean
  /** It may as well be a member of what a section is about: `{{#items}}{{title}}{{/items}}`. */
  isMaybe: boolean
}

export type RenderOptions = {
  /** A variable that is missing is an error and not an empty text. */
  strict?: boolean
  limits?: Partial<Limits>
  /** For tests: milliseconds of a clock that only goes forward. */
  now?: () => number
  /** What is left for several templates together, in place of limits of its own. */
  budget?: Budget
}

/** A template that was read: it can be rendered as often as one likes, and is never changed by it. */
export type Template = {
  render(variables: Readonly<Record<string, unknown>>, options?: RenderOptions): string
  variables: readonly TemplateVariable[]
}

/** Gathers the variables of a template while it is read. */
export class VariableList {
  readonly #found = new Map<string, { paths: Set<string>; isOptional: boolean; isMaybe: boolean }>()

  add(path: readonly string[], { isOptional = false, isMaybe = false } = {}): void {
    const name = path[0]
    if (name === undefined) return
    const one = this.#found.get(name) ?? { paths: new Set(), isOptional: true, isMaybe: true }
    one.paths.add(path.join('.'))
    one.isOptional &&= isOptional
    one.isMaybe &&= isMaybe
    this.#found.set(name, one)
  }

  list(): TemplateVariable[] {
    return [...this.#found].map(([name, { paths, ...rest }]) => ({ name, paths: [...paths].sort(), ...rest }))
  }
}
