import { FRAGMENT_DEPTH, fragmentsIn, type PromptContent, readPromptRef, writePromptRef } from '@signalbox/schema'
import { compileTemplate, loadEngine, TemplateError } from '@signalbox/sdk/templates'
import { didYouMean } from '../../lib/yaml/nearest.ts'
import type { Path } from '../../lib/yaml/yaml.ts'
import type { PromptFile } from './prompt-file.ts'

export type LintProblem = { severity: 'error' | 'warning'; message: string }
type Report = (severity: LintProblem['severity'], path: Path, message: string, part?: 'key' | 'value') => void

/**
 * What is wrong with prompts that nobody has tried yet: templates that are none, variables that the schema does not know, fragments that
 * nobody has, circles of fragments. `elsewhere` are names that are known to be on the server.
 */
export async function lintPrompts(files: readonly PromptFile[], elsewhere: ReadonlySet<string> = new Set()): Promise<LintProblem[]> {
  const problems: LintProblem[] = []
  const byName = new Map(files.map((file) => [file.name, file]))
  for (const file of files) {
    const report: Report = (severity, path, message, part) =>
      problems.push({ severity, message: `${file.placeOf(path, part)} ${message}`.trim() })
    await loadEngine(file.content.engine)
    lintVariables(file.content, report)
    lintFragments(file, { byName, elsewhere, report })
  }
  return problems
}

/** Every template of a version with its path. */
export function* templatesOf(content: PromptContent): Generator<{ path: Path; text: string }> {
  const texts = [{ at: [] as Path, of: content as Pick<PromptContent, 'text' | 'messages'> }]
  for (const [index, variant] of (content.variants ?? []).entries()) texts.push({ at: ['variants', index], of: variant })
  for (const { at, of } of texts) {
    if (of.text !== undefined) yield { path: [...at, 'text'], text: of.text }
    for (const [index, message] of (of.messages ?? []).entries()) {
      if (message.type === 'placeholder') continue
      const path = [...at, 'messages', index, 'content']
      for (const [call, { arguments: text }] of (message.toolCalls ?? []).entries())
        yield { path: [...at, 'messages', index, 'toolCalls', call, 'arguments'], text }
      if (typeof message.content === 'string') yield { path, text: message.content }
      else
        for (const [part, one] of message.content.entries()) {
          if (one.type === 'text') yield { path: [...path, part, 'text'], text: one.text }
          else if (!one.url.startsWith('data:')) yield { path: [...path, part, 'url'], text: one.url }
        }
    }
  }
  if (Array.isArray(content.examples))
    for (const [index, { input, output }] of content.examples.entries()) {
      yield { path: ['examples', index, 'input'], text: input }
      yield { path: ['examples', index, 'output'], text: output }
    }
}

function lintVariables(content: PromptContent, report: Report): void {
  const { properties, required } = (content.input?.schema ?? {}) as { properties?: unknown; required?: unknown }
  const described = typeof properties === 'object' && properties !== null ? Object.keys(properties) : []
  const used = new Set<string>()
  let isBroken = false
  for (const { path, text } of templatesOf(content)) {
    try {
      for (const { name, isMaybe } of compileTemplate(content.engine, withoutFragments(text)).variables) {
        used.add(name)
        if (content.input && !isMaybe && !described.includes(name))
          report('error', path, `uses {{${name}}}, which input.schema does not describe.${didYouMean(name, described)}`)
      }
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      isBroken = true
      report('error', path, `is no ${content.engine} template. ${error.message}`)
    }
  }
  for (const message of content.messages ?? []) if (message.type === 'placeholder') used.add(message.name)
  for (const name of Array.isArray(required) ? required.map(String) : [])
    if (!described.includes(name))
      report('error', ['input', 'schema', 'required'], `names ${name}, which properties do not describe.${didYouMean(name, described)}`)
  // A fragment may use what the text itself does not.
  if (isBroken || fragmentsIn(content).refs.length > 0) return
  for (const name of described)
    if (!used.has(name)) report('warning', ['input', 'schema', 'properties', name], 'is described, and no text uses it.', 'key')
}

/** What stands in braces of its own is no variable, and an engine other than mustache would not read it. */
const withoutFragments = (text: string): string => text.replace(/\{\{>[^}]*\}\}|@@@langfusePrompt:.*?@@@/g, '')

type Known = { byName: ReadonlyMap<string, PromptFile>; elsewhere: ReadonlySet<string>; report: Report }

function lintFragments(file: PromptFile, { byName, elsewhere, report }: Known): void {
  for (const { path, text } of templatesOf(file.content)) {
    const { refs, broken } = fragmentsIn({ ...EMPTY, text })
    for (const { tag, problem } of broken) report('error', path, `${tag}: ${problem}.`)
    for (const ref of refs) {
      const names = [...byName.keys(), ...elsewhere]
      if (!names.includes(ref.name))
        report('error', path, `includes ${writePromptRef(ref)}, and there is no prompt ${ref.name}.${didYouMean(ref.name, names)}`)
      else if (byName.get(ref.name)?.content.type === 'chat')
        report('error', path, `includes ${writePromptRef(ref)}, which is a chat: only texts can be included.`)
    }
  }
  const circle = circleFrom(file.name, byName)
  if (circle) report('error', [], `includes itself: ${circle.join(' → ')}.`)
  else if (depthOf(file.name, byName) > FRAGMENT_DEPTH) report('error', [], `includes fragments more than ${FRAGMENT_DEPTH} deep.`)
}
const EMPTY = { type: 'text', engine: 'mustache' } as const

const includedBy = (name: string, byName: ReadonlyMap<string, PromptFile>): string[] => {
  const file = byName.get(name)
  return file ? fragmentsIn(file.content).refs.map((ref) => readPromptRef(writePromptRef(ref)).name) : []
}

/** The way from a prompt back to itself. */
function circleFrom(start: string, byName: ReadonlyMap<string, PromptFile>): string[] | undefined {
  const seen = new Set<string>()
  const walk = (name: string, way: string[]): string[] | undefined => {
    for (const next of includedBy(name, byName)) {
      if (next === start) return [...way, next]
      if (seen.has(next)) continue
      seen.add(next)
      const found = walk(next, [...way, next])
      if (found) return found
    }
    return undefined
  }
  return walk(start, [start])
}

/** Only asked where there is no circle through it; others stop at the limit. */
function depthOf(name: string, byName: ReadonlyMap<string, PromptFile>, depth = 0): number {
  if (depth > FRAGMENT_DEPTH) return depth
  return Math.max(depth, ...includedBy(name, byName).map((next) => depthOf(next, byName, depth + 1)))
}
