import { Budget, LIMITS } from './budget.ts'
import { type MustacheNode, type Path, parseMustache } from './mustache-parse.ts'
import type { RenderOptions, Template } from './template.ts'
import { TemplateError } from './template-error.ts'
import { itemsOf, MISSING, memberOf, textOf } from './values.ts'

/** Mustache without escaping: what comes out is a prompt and no HTML. Nothing in it is ever called. */
export function compileMustache(text: string): Template {
  const { nodes, variables } = parseMustache(text)
  return {
    variables: variables.list(),
    render: (given, { strict = true, limits, now, budget = new Budget({ ...LIMITS, ...limits }, now) } = {}) =>
      write(nodes, [given], { strict, budget }),
  }
}

type Rendering = Required<Pick<RenderOptions, 'strict'>> & { budget: Budget }

function write(nodes: readonly MustacheNode[], stack: readonly unknown[], rendering: Rendering): string {
  const { strict, budget } = rendering
  let out = ''
  for (const node of nodes) {
    if (typeof node === 'string') {
      budget.wrote(node.length)
      out += node
      continue
    }
    budget.step()
    const value = lookUp(node.path, stack)
    if (!node.section) {
      if (value === MISSING && strict) throw missing(node.path, node.line)
      const piece = textOf(value, budget)
      budget.wrote(piece.length)
      out += piece
      continue
    }
    const inner = node.nodes ?? []
    if (node.section === 'unless') {
      if (!holds(value)) out += write(inner, stack, rendering)
    } else if (Array.isArray(value)) {
      for (const item of itemsOf(value, budget)) {
        budget.step()
        out += write(inner, [...stack, item], rendering)
      }
    } else if (holds(value)) out += write(inner, value === true ? stack : [...stack, value], rendering)
  }
  return out
}

export const missing = (path: Path, line?: number): TemplateError => {
  const name = path.length === 0 ? '.' : path.join('.')
  return new TemplateError('missing', `The variable "${name}" is missing.`, { line, variable: name })
}

const holds = (value: unknown): boolean => value !== MISSING && Boolean(value) && !(Array.isArray(value) && value.length === 0)

/** The first name is looked for outwards, in what each section is about; the rest of it inwards. */
function lookUp(path: Path, stack: readonly unknown[]): unknown {
  const [first, ...rest] = path
  if (first === undefined) return stack.at(-1)
  for (let level = stack.length - 1; level >= 0; level--) {
    const found = memberOf(stack[level], first)
    if (found === MISSING) continue
    let value: unknown = found
    for (const name of rest) {
      value = memberOf(value, name)
      if (value === MISSING) return MISSING
    }
    return value
  }
  return MISSING
}
