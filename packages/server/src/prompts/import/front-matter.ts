import { readYaml } from '../../lib/yaml/yaml.ts'
import { cannotImport, isRecord } from './imported.ts'

/** A file that begins with YAML between two lines of `---`, and goes on with a template. */
export function frontMatter(text: string, file: string): { head: Record<string, unknown>; body: string } {
  const whole = text.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n')
  const match = /^\s*---[ \t]*\n([\s\S]*?)(?:^|\n)---[ \t]*(?:\n|$)/.exec(whole)
  if (!match) return { head: {}, body: whole }
  const { value, problems } = readYaml(match[1] ?? '', null)
  const [problem] = problems
  // The line of the file, not of what stands between the marks.
  if (problem) throw cannotImport(file, `line ${problem.line + 1}: ${problem.message}`)
  if (!isRecord(value)) throw cannotImport(file, 'what stands between the lines of --- is no mapping.')
  return { head: value, body: whole.slice(match[0].length) }
}
