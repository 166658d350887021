import { PromptContent, PromptName } from '@signalbox/schema'
import { z } from 'zod'
import { explain, write } from '../../lib/yaml/explain.ts'
import { refusal } from '../../lib/yaml/refusal.ts'
import { type Path, readYaml, type YamlFile } from '../../lib/yaml/yaml.ts'

/** What a file says beside the content of a version: it belongs to the prompt, and makes no new version. */
const PromptHead = z.object({
  name: PromptName,
  description: z.string().max(2000).optional(),
  tags: z.array(z.string().trim().min(1).max(100)).max(100).optional(),
})
const HEAD = Object.keys(PromptHead.shape)

/** A file `NAME.prompt.yaml`, read. */
export type PromptFile = z.output<typeof PromptHead> & {
  file: string
  content: PromptContent
  /** Where something of the content stands, for what is found out about it later. */
  placeOf(path: Path, part?: 'key' | 'value'): string
}

export const EXTENSION = '.prompt.yaml'
const HINT = 'Correct the file and try again. The guide "Prompts in Git" shows one.'

/** Throws one `invalid-request` that names every problem with its line and column. */
export function readPromptFile(text: string, file: string): PromptFile {
  // What a prompt says in ${…} is its own: no variable is put in.
  const yaml = readYaml(text, null, { keepNull: true })
  if (yaml.problems.length > 0) throw refusal(file, yaml.problems, HINT)
  if (!isRecord(yaml.value))
    throw refusal(file, [{ line: 1, column: 1, message: 'The file must be a mapping with a name and a content.' }], HINT)
  const head = Object.fromEntries(Object.entries(yaml.value).filter(([key]) => HEAD.includes(key)))
  const rest = withType(Object.fromEntries(Object.entries(yaml.value).filter(([key]) => !HEAD.includes(key))))
  const first = PromptHead.safeParse(head)
  const second = PromptContent.safeParse(rest)
  const problems = [
    ...(first.success ? [] : explain(first.error.issues, yaml, PromptHead)),
    ...(second.success ? [] : explain(second.error.issues, yaml, PromptContent, { extra: (path) => (path.length === 0 ? HEAD : []) })),
  ]
  if (!first.success || !second.success) throw refusal(file, problems, HINT)
  return { ...first.data, content: second.data, file, placeOf: (path, part) => place(yaml, file, path, part) }
}

/** Which of the two it is shows in what it has. */
const withType = (content: Record<string, unknown>): Record<string, unknown> =>
  'type' in content || !('text' in content || 'messages' in content) ? content : { type: 'text' in content ? 'text' : 'chat', ...content }

function place(yaml: YamlFile, file: string, path: Path, part?: 'key' | 'value'): string {
  const { line, column } = yaml.positionOf(path, part)
  return `${file}:${line}:${column} ${write(path)}`.trim()
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
