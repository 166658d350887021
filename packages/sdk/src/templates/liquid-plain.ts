import type { Template as LiquidTemplate, Token, TypeGuards } from 'liquidjs'
import type { Budget } from './budget.ts'
import { isUnsafe, MISSING, memberOf } from './values.ts'

/** What is written of a template without filters and conditions. */
/** The library's own, which is loaded when it is needed. */
type Guards = typeof TypeGuards
type Node = string | { path: readonly string[] } | { each: string; of: readonly string[]; body: readonly Node[] }
type Scope = { name: string; value: unknown; outer: Scope } | null

/** Words with which Liquid reads more than a member. */
const SPECIAL = new Set(['size', 'first', 'last', 'forloop', 'tablerowloop', 'empty', 'blank', 'nil', 'null', 'true', 'false'])

/**
 * Templates that are text, plain outputs (`{{ customer.name }}`) and plain loops over lists: most of those that people write. They are filled in
 * here, several times faster than by the library. Undefined where there is more in it.
 */
export function plainParts(templates: readonly LiquidTemplate[], guards: Guards): readonly Node[] | undefined {
  const nodes: Node[] = []
  for (const template of templates as readonly Parsed[]) {
    const node = nodeOf(template, guards)
    if (node === undefined) return undefined
    nodes.push(node)
  }
  return nodes
}

/**
 * The text, or undefined where a value is not a plain one, is missing, or is read in a way of Liquid's own: then the library says what comes of
 * it. Nothing has been done by then.
 */
export function renderPlain(nodes: readonly Node[], variables: Readonly<Record<string, unknown>>, budget: Budget): string | undefined {
  return renderIn(nodes, { variables, scope: null, budget })
}

function renderIn(nodes: readonly Node[], at: { variables: object; scope: Scope; budget: Budget }): string | undefined {
  const { budget } = at
  budget.step(nodes.length)
  let out = ''
  for (const node of nodes) {
    if (typeof node === 'string') out += node
    else if ('path' in node) {
      const value = valueAt(node.path, at)
      if (typeof value === 'string') out += value
      else if (typeof value === 'number' || typeof value === 'boolean') out += String(value)
      else if (value !== null) return undefined
    } else {
      const list = valueAt(node.of, at)
      if (!Array.isArray(list)) return undefined
      for (let index = 0; index < list.length; index++) {
        const value = memberOf(list, String(index))
        if (value === MISSING) return undefined
        const inner = renderIn(node.body, { ...at, scope: { name: node.each, value, outer: at.scope } })
        if (inner === undefined) return undefined
        out += inner
      }
    }
  }
  budget.wrote(out.length)
  return out
}

function valueAt([name = '', ...members]: readonly string[], { variables, scope }: { variables: object; scope: Scope }): unknown {
  let found = scope
  while (found && found.name !== name) found = found.outer
  let value = found ? found.value : memberOf(variables, name)
  for (const member of members) value = Array.isArray(value) ? MISSING : memberOf(value, member)
  return value
}

/** What the parser made, as far as it is read here. */
type Parsed = LiquidTemplate & {
  str?: unknown
  value?: { filters: readonly { token: Token }[]; initial: { postfix: readonly Token[] } }
  variable?: string
  collection?: Token
  hash?: { hash: object }
  templates?: LiquidTemplate[]
  elseTemplates?: readonly unknown[]
}

function nodeOf({ token, str, value, variable, collection, hash, templates, elseTemplates }: Parsed, guards: Guards): Node | undefined {
  if (guards.isHTMLToken(token)) return typeof str === 'string' ? str : undefined
  if (guards.isOutputToken(token)) {
    const path =
      value && !value.filters.some(isWritten) && value.initial.postfix.length === 1 ? pathOf(value.initial.postfix[0], guards) : undefined
    return path && { path }
  }
  const isLoop = guards.isTagToken(token) && token.name === 'for' && variable !== undefined && templates !== undefined
  if (!isLoop || SPECIAL.has(variable) || (elseTemplates ?? []).length > 0 || !hash || Object.keys(hash.hash).length > 0) return undefined
  const of = pathOf(collection, guards)
  const body = of && plainParts(templates, guards)
  return of && body && { each: variable, of, body }
}

/** The filter that writes objects as JSON is put behind every output by the library itself, and stands nowhere in the text. */
const isWritten = ({ token }: { token: Token }): boolean => token.end > token.begin

/** The names of `a.b.c`. */
function pathOf(token: Token | undefined, guards: Guards): readonly string[] | undefined {
  if (!token || !guards.isPropertyAccessToken(token) || token.variable !== undefined) return undefined
  const names = token.props.map((prop) => (guards.isWordToken(prop) ? prop.content : undefined))
  return names.every((name) => name !== undefined && !SPECIAL.has(name) && !isUnsafe(name)) ? (names as string[]) : undefined
}
