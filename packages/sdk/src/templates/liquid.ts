import type { Liquid, LiquidError, Template as LiquidTemplate, TypeGuards } from 'liquidjs'
import { Budget, LIMITS } from './budget.ts'
import { plainParts, renderPlain } from './liquid-plain.ts'
import { type Template, type TemplateVariable, VariableList } from './template.ts'
import { TemplateError } from './template-error.ts'
import { jsonOf, plainCopy, safeName } from './values.ts'

/** Its parser takes more than twice the time for twice the text. */
const LONGEST = 200_000

/** Tags that read other templates. Fragments do that, before the template is read. */
const READING = ['include', 'render', 'layout', 'block']

/**
 * Liquid by the library, once it is loaded: pages load it when a prompt needs it. It is given nothing but a copy of the variables, no files,
 * and limits of time, memory and steps.
 */
export async function loadLiquid(): Promise<(text: string) => Template> {
  const { Liquid, TypeGuards } = await import('liquidjs')
  const engine = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    lenientIf: true,
    relativeReference: false,
    templates: {},
    dynamicPartials: false,
    cache: false,
    timezoneOffset: 0,
    parseLimit: LONGEST,
    renderLimit: LIMITS.ms,
    memoryLimit: LIMITS.output,
    outputEscape: (value: unknown) => (typeof value === 'object' && value !== null ? jsonOf(value, new Budget()) : value),
  } as ConstructorParameters<typeof Liquid>[0])
  for (const name of READING)
    engine.registerTag(name, {
      parse() {
        throw new TemplateError('unsafe', `{% ${name} %} is not supported: it reads other templates. Use a fragment: {{> name@label}}.`)
      },
      render: () => '',
    })
  return (text) => compile(engine, text, TypeGuards)
}

function compile(engine: Liquid, text: string, guards: typeof TypeGuards): Template {
  const templates = guarded(() => engine.parse(text), 'syntax')
  const plain = plainParts(templates, guards)
  let variables: TemplateVariable[] | undefined
  return {
    // The library takes its time for them, and rendering does not need them.
    get variables() {
      variables ??= variablesOf(engine, templates).list()
      return variables
    },
    render(given, { strict = true, limits, now, budget = new Budget({ ...LIMITS, ...limits }, now) } = {}) {
      const written = plain && renderPlain(plain, given, budget)
      if (written !== undefined) {
        budget.look()
        return written
      }
      const all = budget.limits
      const copy = plainCopy(given, budget) as object
      const options = { strictVariables: strict, renderLimit: all.ms, memoryLimit: all.output, templateLimit: all.steps }
      const out = String(guarded(() => engine.renderSync(templates, copy, options), 'type'))
      budget.wrote(out.length)
      budget.look()
      return out
    },
  }
}

function variablesOf(engine: Liquid, templates: LiquidTemplate[]): VariableList {
  const variables = new VariableList()
  const { globals } = guarded(() => engine.analyzeSync(templates, { partials: false }), 'syntax')
  for (const uses of Object.values(globals))
    for (const use of uses) {
      const path = use.segments.filter((one): one is string => typeof one === 'string')
      for (const name of path) safeName(name, use.location.row)
      variables.add(path)
    }
  return variables
}

/** Errors of the library in our words: where, what kind, and about which variable. */
function guarded<T>(work: () => T, otherwise: 'syntax' | 'type'): T {
  try {
    return work()
  } catch (error) {
    const own = (error as { originalError?: unknown }).originalError
    if (error instanceof TemplateError) throw error
    if (own instanceof TemplateError) throw own
    const { message, token } = error as LiquidError & { token?: { getPosition?: () => [number, number] } }
    const line = token?.getPosition?.()[0]
    const words = message.split('\n')[0]?.replace(/, line:.*$/, '') ?? message
    if (/limit exceeded|call stack/i.test(message))
      throw new TemplateError('limit', `The template takes too long or too much: ${words}.`, { line })
    const variable = /undefined variable: (.+)$/.exec(words)?.[1]
    if (variable) throw new TemplateError('missing', `The variable "${variable}" is missing.`, { line, variable })
    throw new TemplateError(otherwise, `${words}.`, { line })
  }
}
