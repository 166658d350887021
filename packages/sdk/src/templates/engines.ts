import { LIMITS } from './budget.ts'
import { mustacheOfFstring } from './fstring.ts'
import { compileJinja } from './jinja.ts'
import { loadLiquid } from './liquid.ts'
import { compileMustache } from './mustache.ts'
import type { EngineName, Template } from './template.ts'
import { TemplateError } from './template-error.ts'

type Compile = (text: string) => Template

const compilers: { [engine in EngineName]?: Compile } = {
  mustache: compileMustache,
  jinja: compileJinja,
  fstring: (text) => compileMustache(mustacheOfFstring(text)),
}

/** Makes an engine ready. Only `liquid` has to be waited for; asking twice costs nothing. */
export async function loadEngine(engine: EngineName): Promise<void> {
  if (engine === 'liquid') compilers.liquid ??= await loadLiquid()
}

export const isLoaded = (engine: EngineName): boolean => compilers[engine] !== undefined

/** What was compiled last, by text: the same texts come again and again. */
const kept = new Map<string, Template>()
const KEPT = 500
const LONGEST = 100_000

/** Reads a template. Throws `TemplateError` where it is none. `liquid` has to be loaded before. */
export function compileTemplate(engine: EngineName, text: string): Template {
  const key = `${engine}\n${text}`
  const known = kept.get(key)
  if (known) {
    kept.delete(key)
    kept.set(key, known)
    return known
  }
  if (text.length > LIMITS.template) throw new TemplateError('limit', `The template is longer than ${LIMITS.template} characters.`)
  const compile = compilers[engine]
  if (!compile) throw new TemplateError('type', `The engine "${engine}" is not loaded.`)
  const template = compile(text)
  if (text.length <= LONGEST) {
    kept.set(key, template)
    if (kept.size > KEPT) kept.delete(kept.keys().next().value as string)
  }
  return template
}
