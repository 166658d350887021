import { Budget, LIMITS } from './budget.ts'
import type { Expression } from './jinja-expressions.ts'
import { FILTERS, TESTS } from './jinja-filters.ts'
import { operate } from './jinja-operations.ts'
import { type JinjaNode, parseJinja } from './jinja-parse.ts'
import { holds, kindOf, numberOf, printed } from './jinja-values.ts'
import { variablesOfJinja } from './jinja-variables.ts'
import { missing } from './mustache.ts'
import type { Template } from './template.ts'
import { TemplateError } from './template-error.ts'
import { entriesOf, isObject, itemsOf, MISSING, memberOf, safeName } from './values.ts'

/**
 * The subset of Jinja that prompts need: if, for, set, filters, comparisons. It is interpreted here, has no globals, calls nothing
 * and reads nothing but the variables that it is given.
 */
export function compileJinja(text: string): Template {
  const nodes = parseJinja(text)
  return {
    variables: variablesOfJinja(nodes).list(),
    render: (given, { strict = true, limits, now, budget = new Budget({ ...LIMITS, ...limits }, now) } = {}) =>
      write(nodes, { values: new Map(), outer: given }, { strict, budget }),
  }
}

type Rendering = { strict: boolean; budget: Budget }
/** What is set here, and where it is looked for next: in the scope around it, at last among the given variables. */
type Scope = { values: Map<string, unknown>; outer: Scope | Readonly<Record<string, unknown>> }

function lookUp(name: string, scope: Scope): unknown {
  let at: Scope | Readonly<Record<string, unknown>> = scope
  while (isScope(at)) {
    if (at.values.has(name)) return at.values.get(name)
    at = at.outer
  }
  return memberOf(at, name)
}

const isScope = (at: Scope | Readonly<Record<string, unknown>>): at is Scope => (at as Scope).values instanceof Map

function write(nodes: readonly JinjaNode[], scope: Scope, rendering: Rendering): string {
  const { budget, strict } = rendering
  let out = ''
  for (const node of nodes) {
    if (typeof node === 'string') {
      budget.wrote(node.length)
      out += node
      continue
    }
    budget.step()
    if (node.type === 'value') {
      const value = evaluate(node.value, scope, rendering)
      if (value === MISSING && strict) throw missingOf(node.value)
      const piece = printed(value, budget)
      budget.wrote(piece.length)
      out += piece
    } else if (node.type === 'set') {
      scope.values.set(node.name, evaluate(node.value, scope, rendering))
    } else if (node.type === 'if') {
      const branch = node.branches.find(({ when }) => !when || holds(evaluate(when, scope, rendering)))
      if (branch) out += write(branch.nodes, scope, rendering)
    } else out += writeLoop(node, scope, rendering)
  }
  return out
}

function writeLoop(node: Extract<JinjaNode, { type: 'for' }>, scope: Scope, rendering: Rendering): string {
  const { budget, strict } = rendering
  const over = evaluate(node.over, scope, rendering)
  if (over === MISSING && strict) throw missingOf(node.over)
  const scopes = listOf(over, node.line, budget)
    .map((item): Scope => ({ values: named(node.names, item, { line: node.line, budget }), outer: scope }))
    .filter((inner) => !node.where || holds(evaluate(node.where, inner, rendering)))
  if (scopes.length === 0) return write(node.otherwise, { values: new Map(), outer: scope }, rendering)
  let out = ''
  scopes.forEach((inner, index) => {
    budget.step()
    inner.values.set('loop', {
      index: index + 1,
      index0: index,
      revindex: scopes.length - index,
      first: index === 0,
      last: index === scopes.length - 1,
      length: scopes.length,
    })
    out += write(node.nodes, inner, rendering)
  })
  return out
}

function listOf(value: unknown, line: number, budget: Budget): unknown[] {
  if (Array.isArray(value)) return itemsOf(value, budget)
  if (value === MISSING) return []
  if (isObject(value)) return entriesOf(value, budget).map(([key]) => key)
  if (typeof value !== 'string') throw new TemplateError('type', `A loop cannot go over ${kindOf(value)}.`, { line })
  budget.step(value.length)
  return [...value]
}

function named(names: readonly string[], item: unknown, { line, budget }: { line: number; budget: Budget }): Map<string, unknown> {
  if (names.length === 1) return new Map([[names[0] as string, item]])
  const items = Array.isArray(item) ? itemsOf(item, budget) : []
  if (items.length !== names.length)
    throw new TemplateError('type', `The loop needs ${names.length} values for ${names.join(', ')}.`, { line })
  return new Map(names.map((name, index) => [name, items[index]]))
}

function missingOf(expression: Expression): TemplateError {
  const path: string[] = []
  let at = expression
  while (at.type !== 'name') {
    if (at.type === 'member') path.unshift(at.name)
    if (at.type === 'index' && at.index.type === 'value') path.unshift(String(at.index.value))
    if (!('of' in at)) return new TemplateError('missing', 'A value is missing.', { line: expression.line })
    at = at.of
  }
  return missing([at.name, ...path], expression.line)
}

function evaluate(expression: Expression, scope: Scope, rendering: Rendering): unknown {
  const { budget, strict } = rendering
  budget.step()
  switch (expression.type) {
    case 'value':
      return expression.value
    case 'name':
      return lookUp(expression.name, scope)
    case 'member':
      return memberOf(evaluate(expression.of, scope, rendering), expression.name)
    case 'index':
      return indexed(evaluate(expression.of, scope, rendering), evaluate(expression.index, scope, rendering), expression.line)
    case 'list':
      return expression.items.map((item) => evaluate(item, scope, rendering))
    case 'object':
      return objectOf(expression, scope, rendering)
    case 'not':
      return !holds(evaluate(expression.of, scope, rendering))
    case 'minus':
      return -numberOf(evaluate(expression.of, scope, rendering), '-', expression.line)
    case 'test':
      return (TESTS.get(expression.name) as (value: unknown) => boolean)(evaluate(expression.of, scope, rendering))
    case 'choice': {
      if (holds(evaluate(expression.when, scope, rendering))) return evaluate(expression.value, scope, rendering)
      return expression.otherwise ? evaluate(expression.otherwise, scope, rendering) : ''
    }
    case 'filter': {
      const value = evaluate(expression.of, scope, rendering)
      if (value === MISSING && strict && expression.name !== 'default' && expression.name !== 'd') throw missingOf(expression.of)
      const values = expression.values.map((one) => evaluate(one, scope, rendering))
      const names = Object.keys(expression.named)
      const given: Record<string, unknown> = Object.create(null)
      for (const name of names) given[name] = evaluate(expression.named[name] as Expression, scope, rendering)
      return FILTERS.get(expression.name)?.(value, { values, named: given, budget, line: expression.line })
    }
    case 'operation': {
      const left = evaluate(expression.left, scope, rendering)
      if (expression.operator === 'and') return holds(left) ? evaluate(expression.right, scope, rendering) : left
      if (expression.operator === 'or') return holds(left) ? left : evaluate(expression.right, scope, rendering)
      const right = evaluate(expression.right, scope, rendering)
      if (strict && expression.operator !== '==' && expression.operator !== '!=') {
        if (left === MISSING) throw missingOf(expression.left)
        if (right === MISSING) throw missingOf(expression.right)
      }
      return operate(expression.operator, left, right, { budget, line: expression.line })
    }
  }
}

function indexed(of: unknown, index: unknown, line: number): unknown {
  if (typeof index === 'number') {
    const at = Array.isArray(of) && index < 0 ? of.length + index : index
    if (typeof of === 'string') return [...of].at(index) ?? MISSING
    return memberOf(of, String(at))
  }
  if (typeof index !== 'string') throw new TemplateError('type', `A value cannot be taken by ${kindOf(index)}.`, { line })
  return memberOf(of, safeName(index, line))
}

function objectOf({ members, line }: Extract<Expression, { type: 'object' }>, scope: Scope, rendering: Rendering): Record<string, unknown> {
  const object: Record<string, unknown> = Object.create(null)
  for (const [key, value] of members) {
    const name = evaluate(key, scope, rendering)
    if (typeof name !== 'string') throw new TemplateError('type', `The name of a member is a text and not ${kindOf(name)}.`, { line })
    object[safeName(name, line)] = evaluate(value, scope, rendering)
  }
  return object
}
