/**
 * `syntax`: the template is not one. `missing`: it reads a variable that was not given, and rendering is strict. `unsafe`: it reaches for
 * what is nobody's variable. `limit`: it takes more steps, depth, text or time than it may. `type`: a value cannot be used so.
 */
export type TemplateProblem = 'syntax' | 'missing' | 'unsafe' | 'limit' | 'type'

/** Why a template cannot be read or rendered, in words for whoever wrote it. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
  readonly problem: TemplateProblem
  /** Of the template, from 1. */
  readonly line: number | undefined
  /** The variable or name that it is about. */
  readonly variable: string | undefined

  constructor(
    problem: TemplateProblem,
    message: string,
    { line, variable }: { line?: number | undefined; variable?: string | undefined } = {},
  ) {
    super(line === undefined ? message : `Line ${line}: ${message}`)
    this.problem = problem
    this.line = line
    this.variable = variable
  }
}

export const lineAt = (text: string, index: number): number => {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) line++
  return line
}

/** The lines of places in a text that are asked for in order, so that a long template is read in one go. */
export class LineCount {
  readonly #text: string
  #seen = 0
  #line = 1

  constructor(text: string) {
    this.#text = text
  }

  at(index: number): number {
    for (let next = this.#text.indexOf('\n', this.#seen); next >= 0 && next < index; next = this.#text.indexOf('\n', next + 1)) {
      this.#line++
      this.#seen = next + 1
    }
    return this.#line
  }
}
