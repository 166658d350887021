import { compileTemplate } from '@signalbox/sdk/templates'
import { textOf } from '../../evaluators/row.ts'
import { isRecord, type Json } from './types.ts'

/** `{{ name }}` alone is what nearly all templates have; the rest goes to the engine. */
const PLAIN = /\{\{-?\s*([A-Za-z_]\w*)\s*-?\}\}/g

/**
 * Renders a template of Nunjucks as far as Jinja is the same language: names, members, filters, `if`, `for` and `set`. What is missing is
 * empty, and nothing is escaped, as promptfoo has it.
 */
export function render(template: string, vars: Json): string {
  if (!template.includes('{{') && !template.includes('{%') && !template.includes('{#')) return template
  if (!template.includes('{%') && !template.includes('{#') && template.replace(PLAIN, '').indexOf('{{') === -1)
    return template.replace(PLAIN, (_, name: string) => (Object.hasOwn(vars, name) ? textOf(vars[name]) : ''))
  return compileTemplate('jinja', template.replace(/\|\s*dump\b/g, '| tojson').replace(/\|\s*safe\b/g, '')).render(vars, { strict: false })
}

/** Every text of a structure. */
export function renderAll(value: unknown, vars: Json): unknown {
  if (typeof value === 'string') return render(value, vars)
  if (Array.isArray(value)) return value.map((one) => renderAll(one, vars))
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, renderAll(member, vars)]))
  return value
}
