import type { Expression } from './jinja-expressions.ts'
import type { JinjaNode } from './jinja-parse.ts'
import { VariableList } from './template.ts'

type Locals = ReadonlySet<string>

/** The variables that a template reads and does not set itself. */
export function variablesOfJinja(nodes: readonly JinjaNode[]): VariableList {
  const variables = new VariableList()
  walk(nodes, new Set())
  return variables

  function walk(some: readonly JinjaNode[], outer: Locals): void {
    const locals = new Set(outer)
    for (const node of some) {
      if (typeof node === 'string') continue
      if (node.type === 'value') read(node.value, locals)
      else if (node.type === 'set') {
        read(node.value, locals)
        locals.add(node.name)
      } else if (node.type === 'if') {
        for (const { when, nodes: inner } of node.branches) {
          if (when) read(when, locals, true)
          walk(inner, locals)
          // What a branch sets stays set behind it.
          for (const one of inner) if (typeof one === 'object' && one.type === 'set') locals.add(one.name)
        }
      } else {
        read(node.over, locals)
        const within = new Set([...locals, ...node.names, 'loop'])
        if (node.where) read(node.where, within, true)
        walk(node.nodes, within)
        walk(node.otherwise, locals)
      }
    }
  }

  function read(expression: Expression, locals: Locals, isOptional = false): void {
    const path = pathOf(expression)
    if (path) {
      if (!locals.has(path[0] as string)) variables.add(path, { isOptional })
      return
    }
    switch (expression.type) {
      case 'member':
        return read(expression.of, locals, isOptional)
      case 'index':
        read(expression.of, locals, isOptional)
        return read(expression.index, locals, isOptional)
      case 'list':
        for (const item of expression.items) read(item, locals, isOptional)
        return
      case 'object':
        for (const member of expression.members) for (const one of member) read(one, locals, isOptional)
        return
      case 'filter': {
        read(expression.of, locals, isOptional || expression.name === 'default' || expression.name === 'd')
        for (const one of [...expression.values, ...Object.values(expression.named)]) read(one, locals, isOptional)
        return
      }
      case 'test':
        return read(expression.of, locals, true)
      case 'not':
      case 'minus':
        return read(expression.of, locals, isOptional)
      case 'operation':
        read(expression.left, locals, isOptional)
        return read(expression.right, locals, isOptional)
      case 'choice':
        read(expression.when, locals, true)
        read(expression.value, locals, isOptional)
        if (expression.otherwise) read(expression.otherwise, locals, isOptional)
    }
  }
}

/** `customer.name` as its names; undefined for what is no path. */
function pathOf(expression: Expression): string[] | undefined {
  if (expression.type === 'name') return [expression.name]
  if (expression.type === 'member') {
    const of = pathOf(expression.of)
    return of && [...of, expression.name]
  }
  return undefined
}
